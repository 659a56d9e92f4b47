/** The element `<guichet-chat>`: attributes in, events out, and what each button of the panel does. */
import { Gateway } from "./api.js";
import { Conversation } from "./conversation.js";
import { ask } from "./dialog.js";
import { formatDate, h, icon, ICONS } from "./dom.js";
import { Panel } from "./panel.js";
import { choices, Store } from "./store.js";
import { strings, supported } from "./strings.js";
import { sheet, SHEET_QUERY } from "./styles.js";

/**
 * The conversational counter, as a button that opens a panel.
 *
 * Nothing is stored, and the gateway is not called, before the citizen opens it. docs/widget.md describes attributes,
 * methods, events and custom properties.
 */
export class GuichetChat extends HTMLElement {
  static observedAttributes = ["language", "title", "open"];

  #root = this.attachShadow({ mode: "open" });
  #launcher;
  #news = h("span", { class: "spoken", role: "status" });
  #panel = null;
  #gateway;
  #store;
  #conversation = null;
  #unread = 0;
  #life;

  connectedCallback() {
    this.#life = new AbortController();
    this.#root.adoptedStyleSheets = [sheet()];
    this.#gateway = new Gateway(this.#base);
    this.#store = new Store(this.#base, this.getAttribute("storage"));
    if (!this.#launcher) this.#build();
    this.#speak();
    const { signal } = this.#life;
    document.addEventListener("keydown", (event) => this.#escape(event), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
    window.visualViewport?.addEventListener("scroll", () => this.#fit(), { signal });
    // What the citizen did on the page before counts for more than what this page asks for.
    const open = choices.open ?? this.isOpen;
    if (open !== this.isOpen) this.toggleAttribute("open", open);
    else if (open) this.#toggle();
    // An agent may be about to answer: the conversation goes on from page to page, even with the panel closed.
    if ((this.#store.read()?.mode ?? "bot") !== "bot") this.#begin();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#conversation?.stop();
    this.#conversation = null;
    this.#panel?.node.remove();
    this.#panel = null;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#launcher || !this.isConnected || before === after) return;
    if (name === "language") choices.language = null;
    if (name === "open") {
      if ((before === null) !== (after === null)) this.#toggle();
    } else this.#speak();
  }

  /** Whether the panel is open. */
  get isOpen() {
    return this.hasAttribute("open");
  }

  /** Language of the interface: what the citizen chose, else the attribute, else the page's. */
  get language() {
    return supported(choices.language ?? (this.getAttribute("language") || document.documentElement.lang));
  }

  set language(value) {
    this.setAttribute("language", value);
  }

  /** Open the panel and go to it. */
  open() {
    if (this.isOpen) return;
    this.setAttribute("open", "");
    this.#panel?.focus();
  }

  /** Close the panel; the focus, when it was in it, returns to the button. */
  close() {
    if (!this.isOpen) return;
    const inside = this.#root.activeElement;
    this.removeAttribute("open");
    if (inside) this.#launcher.focus();
  }

  /**
   * Say something in the citizen's name, opening the panel if need be.
   *
   * @param {string} text
   */
  send(text) {
    this.open();
    this.#conversation?.send(String(text));
  }

  get #base() {
    const given = this.getAttribute("endpoint") ?? this.getAttribute("src");
    if (!given) return new URL("..", import.meta.url).href; // This file is <gateway>/widget/element.js.
    return new URL(given.replace(/\/*$/, "/"), document.baseURI).href;
  }

  #build() {
    this.#launcher = h(
      "button",
      {
        type: "button",
        class: "launcher",
        part: "launcher",
        title: "",
        "aria-expanded": "false",
        onclick: () => this.open(),
      },
      icon(ICONS.speech),
      h("span", { class: "words" }),
      h("span", { class: "count" }),
    );
    this.#root.append(this.#launcher, this.#news);
  }

  #speak() {
    const words = strings(this.language);
    this.#launcher.lang = this.#news.lang = this.language;
    this.#launcher.dir = words.direction; // The page may be written from right to left.
    this.#launcher.querySelector(".words").textContent = words.launcher;
    this.#panel?.speak(words, this.language, this.getAttribute("title") || words.title);
  }

  #toggle() {
    const open = this.isOpen;
    choices.open = open;
    if (open) this.#begin();
    this.#panel?.closeMenu();
    if (this.#panel) this.#panel.node.hidden = !open;
    this.#launcher.hidden = open;
    this.#launcher.setAttribute("aria-expanded", String(open));
    if (open) this.#count(0);
    this.dispatchEvent(new CustomEvent(open ? "guichet-open" : "guichet-close", { bubbles: true, composed: true }));
  }

  /** Make the panel and enter the conversation, once. */
  #begin() {
    if (!this.#panel) {
      this.#panel = new Panel(this.#base, {
        send: (text, shown) => this.#conversation.send(text, shown),
        close: () => this.close(),
        switchLanguage: () => this.#switchLanguage(),
        about: () => this.#about(),
        download: () => this.#download(),
        restart: () => this.#restart(),
        erase: () => this.#erase(),
      });
      this.#panel.node.addEventListener("focusout", (event) => this.#left(event));
      this.#root.append(this.#panel.node);
      this.#speak();
    }
    if (!this.#conversation) this.#enter();
  }

  #enter() {
    const panel = this.#panel;
    const view = {
      show: (message, live) => {
        panel.show(message, live);
        if (live) this.#tell(message);
      },
    };
    for (const name of ["mark", "busy", "mode", "online", "resumed", "gone", "failed"]) {
      view[name] = (...values) => panel[name](...values);
    }
    const service = this.getAttribute("service") || undefined;
    const subject = { language: this.language, origin: location.origin, service };
    this.#conversation = new Conversation(this.#gateway, this.#store, view, subject);
    this.#conversation.begin();
  }

  /** Forget the conversation and enter another. */
  #renew() {
    this.#conversation.leave();
    this.#panel.clear();
    this.#enter();
  }

  /** Tell the page that a message was shown: who said it, never what, which is nobody else's business. */
  #tell({ id, author }) {
    if (!this.isOpen && author !== "citizen") this.#count(this.#unread + 1);
    const detail = { id: String(id), author };
    this.dispatchEvent(new CustomEvent("guichet-message", { bubbles: true, composed: true, detail }));
  }

  #count(unread) {
    this.#unread = unread;
    const text = unread ? strings(this.language).unread(unread) : "";
    this.#launcher.querySelector(".count").textContent = text;
    this.#news.textContent = text;
  }

  #switchLanguage() {
    choices.language = this.language === "en" ? "fr" : "en";
    this.#speak();
    // As long as nothing was said, the assistant's first words can simply be said again in the other language.
    if (!this.#conversation.touched) this.#renew();
  }

  #about() {
    const words = strings(this.language);
    const notice = this.#panel.notice;
    const body = [words.aboutText, ...(notice ? [h("blockquote", {}, notice)] : []), words.aboutStored];
    return ask(this.#root, { title: words.aboutTitle, body, close: words.ok });
  }

  #download() {
    const blob = new Blob([this.#panel.transcript()], { type: "text/plain;charset=utf-8" });
    const address = URL.createObjectURL(blob);
    const name = `${strings(this.language).transcript}-${new Date().toISOString().slice(0, 10)}.txt`;
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  async #restart() {
    const words = strings(this.language);
    const question = { title: words.restartTitle, body: [words.restartText], close: words.cancel };
    if (await ask(this.#root, { ...question, confirm: words.restartItem })) this.#renew();
  }

  async #erase() {
    const words = strings(this.language);
    const question = { title: words.eraseTitle, body: [words.eraseText], close: words.cancel };
    if (!(await ask(this.#root, { ...question, confirm: words.erase, danger: true }))) return;
    try {
      const receipt = await this.#conversation.erase();
      this.#conversation = null;
      this.#panel.clear();
      await ask(this.#root, { title: words.erasedTitle, body: this.#receipt(receipt), close: words.ok });
      this.close();
    } catch (error) {
      const body = [error.detail || words.unreachable];
      await ask(this.#root, { title: words.failedTitle, body, close: words.ok });
    }
  }

  /** The receipt's own entries, whatever the gateway puts in it. */
  #receipt(receipt) {
    const words = strings(this.language);
    const style = { dateStyle: "long", timeStyle: "short" };
    const write = (value) =>
      /^\d{4}-\d\d-\d\dT/.test(value) ? formatDate(value, this.language, style) : String(value);
    const pairs = Object.entries(receipt).map(([name, value]) =>
      h("div", {}, h("dt", {}, words.receiptOf[name] ?? name.replaceAll("_", " ")), h("dd", {}, write(value))),
    );
    return pairs.length ? [words.erasedText, h("dl", {}, ...pairs)] : [];
  }

  #escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !this.isOpen) return;
    if (this.#root.querySelector("dialog")) return; // The dialog closes itself.
    if (this.#panel.closeMenu()) this.#root.getElementById("menu").previousElementSibling.focus();
    else this.close();
  }

  /** On a small screen the panel covers the page: a focus that goes on to the page would be hidden, so it closes. */
  #left({ relatedTarget }) {
    if (relatedTarget && !this.#root.contains(relatedTarget) && matchMedia(SHEET_QUERY).matches) this.close();
  }

  /** Keep the sheet above a phone's keyboard, which does not change the size of the page. */
  #fit() {
    const { scale, height, offsetTop } = window.visualViewport;
    if (!this.#panel || scale > 1) return; // Zoomed with two fingers: the person looks where they want.
    this.#panel.node.style.setProperty("--_height", `${height}px`);
    this.#panel.node.style.setProperty("--_top", `${offsetTop}px`);
  }
}
