/** Behind the button: the panel, the conversation, and what each button of the panel does. */
import { Gateway } from "./api.js";
import { Conversation } from "./conversation.js";
import { ask, formatDate, h } from "./dom.js";
import { Panel } from "./panel.js";
import { Store } from "./store.js";

/**
 * What the counter needs of the element that it belongs to.
 *
 * @typedef {object} Host
 * @property {ShadowRoot} root
 * @property {string} base address of the gateway.
 * @property {string} [service] identifier of the service that a new conversation opens on.
 * @property {string|null} storage `local` or `session`.
 * @property {() => void} close
 * @property {() => void} switchLanguage
 * @property {(message: object) => void} tell a message was shown, live.
 */

export class Counter {
  #host;
  #words;
  #language;
  #aloud = new Aloud();
  #gateway;
  #store;
  #conversation;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.#gateway = new Gateway(host.base);
    this.#store = new Store(host.base, host.storage);
    this.panel = new Panel(host.base, {
      send: (text, shown) => this.send(text, shown),
      upload: (file) => this.#conversation.upload(file),
      close: host.close,
      switchLanguage: host.switchLanguage,
      about: () => this.#about(),
      canRead: () => Boolean(this.#aloud.voice(this.#language)),
      aloud: () => this.#aloud.toggle(),
      download: () => this.#download(),
      restart: () => this.#restart(),
      erase: () => this.#erase(),
    });
    host.root.append(this.panel.node);
  }

  /** Enter the conversation, once, and ask what the office announces. */
  begin() {
    if (this.#conversation) return;
    this.#enter();
    this.#announce();
  }

  /** Set the words of the interface. */
  speak(words, language, title) {
    const before = this.#language;
    this.#words = words;
    this.#language = language;
    this.panel.speak(words, language, title);
    if (!this.#conversation || before === language) return;
    this.#announce();
    // As long as nothing was said, the assistant's first words can simply be said again in the other language.
    if (this.#conversation.touched) this.#conversation.speak(language);
    else this.#renew();
  }

  send(text, shown) {
    this.#conversation.send(text, shown);
  }

  /** Stop reading aloud: nobody looks any more. */
  hush() {
    this.#aloud.hush();
  }

  /** Leave the page. */
  leave() {
    this.hush();
    this.#conversation?.stop();
    this.panel.node.remove();
  }

  #enter() {
    const { panel } = this;
    const view = {
      show: (message, live) => {
        panel.show(message, live);
        if (!live) return;
        this.#host.tell(message);
        if (message.author !== "citizen") this.#aloud.read(message, message.language ?? this.#language);
      },
    };
    for (const name of ["mark", "busy", "mode", "online", "resumed", "gone", "failed"]) {
      view[name] = (...values) => panel[name](...values);
    }
    const subject = { language: this.#language, origin: location.origin, service: this.#host.service };
    this.#conversation = new Conversation(this.#gateway, this.#store, view, subject);
    this.#conversation.begin();
  }

  /** Forget the conversation and enter another. */
  #renew() {
    this.#conversation.leave();
    this.panel.clear();
    this.#enter();
  }

  async #announce() {
    // An announcement that cannot be read is no reason to trouble anybody.
    const { text } = await this.#gateway.banner(this.#language).catch(() => ({}));
    this.panel.announce(text);
  }

  #ask(dialog) {
    return ask(this.#host.root, { close: this.#words.cancel, ...dialog });
  }

  #about() {
    const words = this.#words;
    const { notice } = this.panel;
    const body = [h("blockquote", {}, notice), words.aboutText];
    return this.#ask({ title: words.aboutTitle, body, close: words.ok });
  }

  #download() {
    const blob = new Blob([this.panel.transcript()], { type: "text/plain;charset=utf-8" });
    const address = URL.createObjectURL(blob);
    const name = `conversation-${new Date().toISOString().slice(0, 10)}.txt`;
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  async #restart() {
    const words = this.#words;
    const question = { title: words.restartTitle, body: [words.restartText], confirm: words.restartItem };
    if (await this.#ask(question)) this.#renew();
  }

  async #erase() {
    const words = this.#words;
    const question = { title: words.eraseTitle, body: [words.eraseText], confirm: words.erase, danger: true };
    if (!(await this.#ask(question))) return;
    try {
      const receipt = await this.#conversation.erase();
      this.#conversation = null;
      this.panel.clear();
      await this.#ask({ title: words.erasedTitle, body: this.#receipt(receipt), close: words.ok });
      this.#host.close();
    } catch (error) {
      await this.#ask({ title: words.failedTitle, body: [error.detail || words.unreachable], close: words.ok });
    }
  }

  /** The receipt's own entries, whatever the gateway puts in it. */
  #receipt(receipt) {
    const words = this.#words;
    const style = { dateStyle: "long", timeStyle: "short" };
    const write = (value) =>
      /^\d{4}-\d\d-\d\dT/.test(value) ? formatDate(value, this.#language, style) : String(value);
    const pairs = Object.entries(receipt).map(([name, value]) =>
      h("div", {}, h("dt", {}, words.receiptOf[name] ?? name.replaceAll("_", " ")), h("dd", {}, write(value))),
    );
    return pairs.length ? [words.erasedText, h("dl", {}, ...pairs)] : [];
  }
}

/** Reading aloud, by the voices of the device: what is said never leaves it. Off until the citizen asks for it. */
class Aloud {
  on = false;

  /** A voice of that language that needs no server, or nothing; the browser may list its voices late. */
  voice(language) {
    const voices = window.speechSynthesis?.getVoices() ?? [];
    return voices.find(({ localService, lang }) => localService && lang.startsWith(language));
  }

  /** Turn it on or off, and return which; off, it falls silent at once. */
  toggle() {
    this.on = !this.on;
    if (!this.on) this.hush();
    return this.on;
  }

  /** Read a message, after those that are being read. Addresses of pages are left out. */
  read({ text, buttons = [] }, language) {
    const voice = this.on && this.voice(language);
    if (!voice) return;
    const said = [text.replace(/https:\S+/g, ""), ...buttons.map(({ title }) => title)].join(".\n");
    const speech = new SpeechSynthesisUtterance(said);
    speech.voice = voice;
    speech.lang = voice.lang;
    window.speechSynthesis.speak(speech);
  }

  hush() {
    window.speechSynthesis?.cancel();
  }
}
