/** The element `<guichet-chat>`: attributes in, events out, the button, and the panel that it opens. */
import { Counter } from "./counter.js";
import { h, icon, ICONS } from "./dom.js";
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
  #counter = null;
  #unread = 0;
  #life;

  connectedCallback() {
    this.#life = new AbortController();
    this.#root.adoptedStyleSheets = [sheet()];
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
    const { mode = "bot" } = new Store(this.#base, this.getAttribute("storage")).read() ?? {};
    if (mode !== "bot") this.#begin();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#counter?.leave();
    this.#counter = null;
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
    this.#counter?.panel.focus();
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
    this.#counter?.send(String(text));
  }

  get #base() {
    const given = this.getAttribute("endpoint") ?? this.getAttribute("src");
    // This file is <gateway>/widget/element.js.
    if (!given) return new URL("..", import.meta.url).href;
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
        // The page may be written from right to left.
        dir: "ltr",
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
    this.#launcher.querySelector(".words").textContent = words.launcher;
    this.#counter?.speak(words, this.language, this.getAttribute("title") || words.title);
  }

  #toggle() {
    const open = this.isOpen;
    choices.open = open;
    if (open) this.#begin();
    else this.#counter?.hush();
    this.#counter?.panel.closeMenu();
    if (this.#counter) this.#counter.panel.node.hidden = !open;
    this.#launcher.hidden = open;
    this.#launcher.setAttribute("aria-expanded", String(open));
    if (open) this.#count(0);
    this.dispatchEvent(new CustomEvent(open ? "guichet-open" : "guichet-close", { bubbles: true, composed: true }));
  }

  /** Make the panel, once, and enter the conversation. */
  #begin() {
    if (!this.#counter) {
      this.#counter = new Counter({
        root: this.#root,
        base: this.#base,
        service: this.getAttribute("service") || undefined,
        storage: this.getAttribute("storage"),
        close: () => this.close(),
        switchLanguage: () => {
          choices.language = this.language === "en" ? "fr" : "en";
          this.#speak();
        },
        tell: (message) => this.#tell(message),
      });
      this.#counter.panel.node.addEventListener("focusout", (event) => this.#left(event));
      this.#speak();
    }
    this.#counter.begin();
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

  #escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !this.isOpen) return;
    // The dialog closes itself.
    if (this.#root.querySelector("dialog")) return;
    if (this.#counter.panel.closeMenu()) this.#root.getElementById("menu").previousElementSibling.focus();
    else this.close();
  }

  /** On a small screen the panel covers the page: a focus that goes on to the page would be hidden, so it closes. */
  #left({ relatedTarget }) {
    if (relatedTarget && !this.#root.contains(relatedTarget) && matchMedia(SHEET_QUERY).matches) this.close();
  }

  /** Keep the sheet above a phone's keyboard, which does not change the size of the page. */
  #fit() {
    const { scale, height, offsetTop } = window.visualViewport;
    // Zoomed with two fingers: the person looks where they want.
    if (!this.#counter || scale > 1) return;
    this.#counter.panel.node.style.setProperty("--_height", `${height}px`);
    this.#counter.panel.node.style.setProperty("--_top", `${offsetTop}px`);
  }
}
