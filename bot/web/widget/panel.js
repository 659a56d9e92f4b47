/** The panel: its header with the way to a person, its menu, the messages, the state of things and the composer. */
import { Composer } from "./composer.js";
import { h, icon, ICONS, translate } from "./dom.js";
import { Log } from "./log.js";
import { iconButton } from "./render.js";

/** An answer that comes sooner than this (ms) needs no "is preparing its answer". */
const PATIENCE = 500;
const MENU = ["about", "download", "end", "restart", "erase"];

/** @implements {import("./conversation.js").View} */
export class Panel {
  #act;
  #words;
  #language;
  #base;
  #mode = "bot";
  #busy;
  #trouble = "";
  #asked = null;
  #log = new Log();
  #composer;
  #title = h("h2", { id: "title" });
  #who = h("p", { class: "mode", role: "status" });
  #person;
  #state = h("p", { class: "status", role: "status" });
  #menu;
  #menuButton;

  /**
   * @param {string} base address of the gateway.
   * @param {Record<string, Function>} act what the buttons do: `send(text, shown)`, `close`, `switchLanguage`, and one
   *   function for each item of the menu.
   */
  constructor(base, act) {
    this.#base = base;
    this.#act = act;
    this.#composer = new Composer((text, shown) => act.send(text, shown));
    const say = (key) => act.send(this.#words[`${key}Text`]);
    this.#person = h(
      "button",
      { type: "button", class: "person", onclick: () => say("person") },
      icon(ICONS.person),
      h("span", { "data-text": "person" }),
    );
    // Not a <header>: inside a panel that is not modal, that would be a second banner of the page.
    const header = h(
      "div",
      { class: "head" },
      h(
        "div",
        { class: "bar" },
        this.#title,
        h("button", { type: "button", class: "tongue", "data-text": "otherLanguage", onclick: act.switchLanguage }),
        this.#makeMenu(say),
        iconButton("close", "close", act.close),
      ),
      h("div", { class: "who" }, this.#who, this.#person),
    );
    this.node = h(
      "section",
      // An empty title keeps the host's `title` attribute from becoming a tooltip over everything.
      {
        class: "panel",
        part: "panel",
        role: "dialog",
        "aria-labelledby": "title",
        tabindex: "-1",
        title: "",
        hidden: true,
      },
      header,
      this.#log.node,
      this.#state,
      this.#composer.node,
    );
  }

  /** Set the words, the language and the title of the interface. Messages already shown keep their language. */
  speak(words, language, title) {
    this.#words = words;
    this.#language = language;
    this.node.lang = language;
    this.node.dir = words.direction;
    translate(this.node, words);
    this.node.querySelector(".tongue").lang = language === "en" ? "fr" : "en";
    this.#title.textContent = title;
    this.#composer.speak(words, language);
    this.#tell();
  }

  /** Put the focus in the composer, or on the panel where that would raise a keyboard over what is to be read. */
  focus() {
    this.#log.reveal();
    if (matchMedia("(hover: hover) and (pointer: fine)").matches) this.#composer.focus();
    else this.node.focus();
  }

  clear() {
    this.#log.clear();
    this.#composer.ask(null);
    this.mode("bot");
  }

  get notice() {
    return this.#log.notice;
  }

  transcript() {
    return this.#log.transcript(this.#words, this.#language);
  }

  // What the conversation tells (see View in conversation.js).

  show(message, live) {
    const choose = ({ title, payload }) => this.#act.send(payload, title);
    this.#log.add(message, live, { words: this.#words, language: this.#language, base: this.#base, choose });
    // The question that counts is the last one asked since the citizen last spoke.
    if (message.author === "citizen") this.#asked = null;
    else if (message.input) this.#asked = message;
    if (!this.#busy && message.author !== "citizen") this.#ask();
  }

  mark(id, state, detail, retry) {
    this.#log.mark(id, state, detail, retry, this.#words);
    if (state !== "sent") this.#composer.ask(null);
  }

  busy(busy) {
    clearTimeout(this.#busy);
    this.#busy = busy ? setTimeout(() => this.#tell(true), PATIENCE) : undefined;
    if (busy) return;
    this.#tell();
    this.#ask();
  }

  mode(mode) {
    this.#mode = mode;
    this.#tell();
  }

  online(online, crowded) {
    const trouble = online ? "" : crowded ? "crowded" : "offline";
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#tell();
  }

  resumed() {
    this.#log.divide(this.#words.resumed, false);
  }

  gone() {
    this.#log.divide(this.#words.gone, true);
    this.mode("bot");
  }

  failed(detail) {
    this.#log.divide(detail || this.#words.unreachable, true);
  }

  /** Close the menu; says whether it was open. */
  closeMenu() {
    const open = !this.#menu.hidden;
    this.#menu.hidden = true;
    this.#menuButton.setAttribute("aria-expanded", "false");
    return open;
  }

  #ask() {
    const titles = this.#asked?.buttons?.map(({ title }) => title);
    this.#composer.ask(this.#asked?.input ?? null, titles);
  }

  /** Say who answers, and what is being waited for. */
  #tell(typing = false) {
    const words = this.#words;
    const write = (node, text) => node.textContent === text || (node.textContent = text);
    write(this.#who, { waiting: words.waiting, agent: words.agent }[this.#mode] ?? words.machine);
    this.#person.hidden = this.#mode !== "bot";
    this.#state.classList.toggle("typing", typing && this.#mode === "bot");
    write(this.#state, this.#trouble ? words[this.#trouble] : typing && this.#mode === "bot" ? words.typing : "");
  }

  #makeMenu(say) {
    const toggle = () => {
      const open = this.closeMenu();
      this.#menu.hidden = open;
      this.#menuButton.setAttribute("aria-expanded", String(!open));
    };
    this.#menuButton = iconButton("menu", "menu", toggle, { "aria-expanded": "false", "aria-controls": "menu" });
    const items = MENU.map((name) => {
      const press = () => {
        this.closeMenu();
        this.#menuButton.focus();
        if (name === "end") say("end");
        else this.#act[name]();
      };
      return h("li", {}, h("button", { type: "button", "data-text": `${name}Item`, onclick: press }));
    });
    this.#menu = h("ul", { id: "menu", class: "menu", hidden: true });
    this.#menu.append(...items);
    const box = h("div", { class: "options" }, this.#menuButton, this.#menu);
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !box.contains(relatedTarget)) this.closeMenu();
    });
    return box;
  }
}
