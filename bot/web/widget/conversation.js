/** One conversation with the gateway: begin or resume it, send without ever losing, receive each message once. */
import { backOff } from "./api.js";

/**
 * What the conversation tells the screen.
 *
 * @typedef {object} View
 * @property {(message: object, live: boolean) => void} show a message, live or from the history.
 * @property {(id: string, state: "sent"|"pending"|"refused", detail?: string, retry?: () => void) => void} mark
 *   what became of a message of the citizen.
 * @property {(busy: boolean) => void} busy whether an answer is being prepared.
 * @property {(mode: "bot"|"waiting"|"agent"|"person") => void} mode who answers.
 * @property {(online: true|string|undefined) => void} online whether the gateway takes our calls; a text says why not yet.
 * @property {(talked: boolean) => void} resumed the history has been shown; whether the citizen is in it.
 * @property {() => void} gone the conversation no longer exists; a new one takes its place.
 * @property {(detail?: string) => void} failed no conversation can begin.
 */

export class Conversation {
  #gateway;
  #store;
  #view;
  #subject;
  #saved = null;
  #outbox = [];
  #seen = new Set();
  #life = new AbortController();
  #open = false;
  #running = false;
  #spoken = false;
  #lastEvent = "";

  /**
   * @param {import("./api.js").Gateway} gateway
   * @param {import("./store.js").Store} store
   * @param {View} view
   * @param {{language: string, origin: string, service?: string}} subject what a new conversation is told.
   */
  constructor(gateway, store, view, subject) {
    this.#gateway = gateway;
    this.#store = store;
    this.#view = view;
    this.#subject = subject;
  }

  /** Whether the citizen has said something, now or before this page; not known before the gateway answered. */
  get touched() {
    return this.#spoken || !this.#open;
  }

  /** Resume the saved conversation or begin one, trying until the gateway answers. */
  begin() {
    return this.#run();
  }

  /**
   * Say something.
   *
   * @param {string} text what a person typed, or the payload of a button.
   * @param {string} [shown] what the citizen sees instead of a payload.
   */
  send(text, shown = text) {
    const entry = { id: uuid(), text, shown };
    this.#outbox.push(entry);
    this.#save();
    this.#announce(entry);
    this.#run();
  }

  /** Have the answers in another language, once what was said before is answered. */
  speak(language) {
    this.#outbox.push({ id: uuid(), language });
    this.#save();
    this.#run();
  }

  /** Hand a file in and return the payload that answers the question. */
  async upload(file) {
    return (await this.#gateway.upload(this.#saved, file)).payload;
  }

  /**
   * Erase the conversation for good.
   *
   * @returns {Promise<object>} the receipt; empty when nothing was kept, or nothing any more.
   */
  async erase() {
    let receipt = {};
    try {
      if (this.#saved) ({ receipt } = await this.#gateway.erase(this.#saved));
    } catch (error) {
      if (!error.gone) throw error;
    }
    this.leave();
    return receipt;
  }

  /** Leave the conversation and forget it in this browser. */
  leave() {
    this.stop();
    this.#store.clear();
  }

  /** Stop listening and trying, keeping what a later page needs to resume. */
  stop() {
    this.#life.abort();
  }

  get #stopped() {
    return this.#life.signal.aborted;
  }

  /** Begin if need be, then deliver the outbox in order, one message at a time. */
  async #run() {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#stopped && (!this.#open || this.#outbox.length)) {
        if (this.#open) await this.#deliver(this.#outbox[0]);
        else await this.#enter();
      }
    } catch (error) {
      if (!this.#stopped) {
        if (!this.#outbox.length) this.#view.failed(error.detail);
        for (const entry of this.#outbox.splice(0)) this.#refuse(entry, error.detail);
      }
    } finally {
      this.#running = false;
    }
  }

  async #enter() {
    this.#saved ??= this.#store.read();
    this.#outbox.unshift(...(this.#saved?.outbox ?? []));
    await this.#reach(() => (this.#saved ? this.#resume() : this.#create()));
    if (this.#stopped) return;
    this.#open = true;
    for (const entry of this.#outbox) this.#announce(entry);
    this.#listen();
  }

  async #create() {
    let begun;
    try {
      begun = await this.#gateway.create(this.#subject);
    } catch (error) {
      if (error.temporary || !this.#subject.service) throw error;
      // A service that the catalogue does not know (any more) must not close the counter.
      this.#subject = { ...this.#subject, service: undefined };
      return this.#create();
    }
    if (this.#stopped) return;
    const { id, token, messages } = begun;
    this.#saved = { id, token, mode: "bot" };
    this.#save();
    for (const message of messages) this.#receive(message, true);
  }

  async #resume() {
    try {
      await this.#sync(false);
      this.#view.mode(this.#saved.mode);
      this.#view.resumed(this.#spoken);
    } catch (error) {
      if (!error.gone) throw error;
      this.#lose();
      await this.#create();
    }
  }

  /** Show what the gateway knows of the conversation and this page does not. */
  async #sync(live) {
    const { messages, mode } = await this.#gateway.read(this.#saved);
    if (this.#stopped) return;
    for (const message of messages) this.#receive(message, live);
    this.#changeMode(mode);
  }

  /** The conversation expired or was erased elsewhere: what waits must not be said to another one unasked. */
  #lose() {
    this.#store.clear();
    this.#saved = null;
    this.#open = false;
    this.#lastEvent = "";
    this.#view.gone();
    for (const entry of this.#outbox.splice(0)) this.#refuse(entry);
  }

  #refuse(entry, detail) {
    if (entry.language) return;
    this.#announce(entry);
    this.#view.mark(entry.id, "refused", detail, () => {
      this.#view.mark(entry.id, "sent");
      this.#outbox.push(entry);
      this.#save();
      this.#run();
    });
  }

  /** Show a message of the outbox, unless it did arrive before a reload and the history has it. */
  #announce(entry) {
    if (entry.language || this.#seen.has(entry.id)) return;
    this.#seen.add(entry.id);
    this.#spoken = true;
    this.#view.show({ id: entry.id, author: "citizen", text: entry.shown, at: new Date().toISOString() }, true);
  }

  async #deliver(entry) {
    this.#view.busy(true);
    try {
      const { messages } = await this.#reach(
        () =>
          entry.language ? this.#gateway.speak(this.#saved, entry.language) : this.#gateway.send(this.#saved, entry),
        () => {
          this.#view.busy(false);
          this.#view.mark(entry.id, "pending");
        },
      );
      if (this.#stopped) return;
      this.#outbox.shift();
      this.#save();
      this.#view.mark(entry.id, "sent");
      for (const message of messages) this.#receive(message, true);
    } catch (error) {
      if (this.#stopped) return;
      if (error.gone) {
        this.#lose();
      } else {
        this.#outbox.shift();
        this.#save();
        this.#refuse(entry, error.detail);
      }
    } finally {
      this.#view.busy(false);
    }
  }

  /**
   * Make a call until the gateway answers; a refusal for good is thrown.
   *
   * @param {() => Promise<any>} call
   * @param {() => void} [failed] told after each try that failed.
   */
  async #reach(call, failed = () => {}) {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await call();
        if (!this.#stopped) this.#view.online(true);
        return answer;
      } catch (error) {
        if (this.#stopped || !error.temporary) throw error;
        // In the line, its place is shown, and the ticket keeps it.
        this.#subject.ticket = error.ticket;
        this.#view.online(error.ticket && error.detail);
        failed();
        await backOff(error.ticket ? 0 : attempt, this.#life.signal, error.retryAfter);
        if (this.#stopped) throw error;
      }
    }
  }

  /** Listen to what is pushed, reconnecting until the page goes. */
  async #listen() {
    const listened = this.#saved.id;
    let failures = 0;
    while (!this.#stopped && this.#saved?.id === listened) {
      try {
        for await (const event of this.#gateway.events(this.#saved, this.#lastEvent, this.#life.signal)) {
          failures = 0;
          if (this.#saved?.id !== listened) return;
          // Without a last event to resume from, what was said before the connection stood must be asked for.
          if (event.name === "open" && !this.#lastEvent) await this.#sync(true);
          this.#lastEvent = event.id ?? this.#lastEvent;
          if (event.name === "message") this.#receive(event.data, true);
          if (event.name === "mode") this.#changeMode(event.data.mode);
        }
      } catch (error) {
        // The next message sent finds out and begins another conversation.
        if (error.gone || this.#stopped) return;
      }
      await backOff(failures++, this.#life.signal);
    }
  }

  #receive(message, live) {
    const known = this.#seen.has(String(message.id)) || this.#seen.has(message.client_id);
    this.#seen.add(String(message.id));
    if (message.client_id) this.#seen.add(message.client_id);
    if (known) return;
    if (message.author === "citizen") this.#spoken = true;
    this.#view.show(message, live);
  }

  #changeMode(mode) {
    if (!mode || mode === this.#saved.mode) return;
    this.#saved.mode = mode;
    this.#save();
    this.#view.mode(mode);
  }

  #save() {
    if (this.#saved && !this.#stopped) this.#store.write({ ...this.#saved, outbox: this.#outbox });
  }
}

/** A random identifier; `crypto.randomUUID` does not exist on a page served without TLS. */
function uuid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
