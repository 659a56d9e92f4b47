/** The panel: its header with the way to a person, its menu, the messages, the state of things and the composer. */
import { Composer } from "./composer.js";
import { h, icon, ICONS, spoken, translate } from "./dom.js";
import { Log } from "./log.js";
import { iconButton } from "./render.js";

/** An answer that comes sooner than this (ms) needs no "is preparing its answer". */
const PATIENCE = 500;
const MENU = ["times", "aloud", "download", "end", "restart", "erase"];

/** @implements {import("./conversation.js").View} */
export class Panel {
  #act;
  #words;
  #language;
  #base;
  #mode = "bot";
  #busy;
  #online = true;
  #asked = null;
  #shown = null;
  #log = new Log();
  #composer;
  #title = h("h2", { id: "title" });
  #who = h("span");
  #said = spoken("", { role: "status" });
  #person;
  #banner = h("p");
  #state = h("p", { class: "status", role: "status" });
  #menu;
  #menuButton;

  /**
   * @param {string} base address of the gateway.
   * @param {Record<string, Function>} act what the buttons do: `send(text, shown)`, `upload(file)`, `close`,
   *   `switchLanguage`, `about`, and for the menu `aloud` (says whether it is on), `download`, `restart`, `erase`.
   */
  constructor(base, act) {
    this.#base = base;
    this.#act = { ...act, times: () => this.#log.toggleTimes(), end: () => this.#say("end") };
    this.#composer = new Composer((text, shown) => act.send(text, shown), act.upload);
    this.#person = h(
      "button",
      { type: "button", class: "person", onclick: () => this.#say("person") },
      icon(ICONS.person),
      h("span", { "data-text": "person" }),
    );
    const notice = h(
      "button",
      { type: "button", class: "mode", onclick: act.about },
      icon(ICONS.about),
      this.#who,
      spoken("", { "data-text": "aboutLabel" }),
    );
    const announcement = h("div", { class: "banner", hidden: true }, this.#banner);
    announcement.append(iconButton("close", "hide", () => (announcement.hidden = true)));
    // Not a <header>: inside a panel that is not modal, that would be a second banner of the page.
    const header = h(
      "div",
      { class: "head" },
      h(
        "div",
        { class: "bar" },
        this.#title,
        h("button", { type: "button", class: "tongue", "data-text": "otherLanguage", onclick: act.switchLanguage }),
        this.#makeMenu(),
        iconButton("close", "close", act.close),
      ),
      h("div", { class: "who" }, notice, this.#person, this.#said),
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
        dir: "ltr",
        hidden: true,
      },
      header,
      announcement,
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
    this.#asked = null;
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

  /** Show what the office announces, or nothing. */
  announce(text) {
    this.#banner.textContent = text ?? "";
    this.#banner.parentNode.hidden = !text;
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
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#tell();
    this.#said.textContent = this.#who.textContent;
  }

  online(online) {
    if (this.#online === online) return;
    this.#online = online;
    this.#tell();
  }

  resumed(talked) {
    const words = this.#words;
    const button = (title, act) => {
      const press = () => {
        for (const each of line) each.remove();
        this.#composer.focus();
        act();
      };
      return h("button", { type: "button", class: "plain", onclick: press }, title);
    };
    const line = talked ? [button(words.goOn, () => {}), button(words.restartItem, () => this.#act.restart())] : [];
    this.#log.divide(words.resumed, false, ...line);
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

  #say(key) {
    this.#act.send(this.#words[`${key}Text`]);
  }

  /** Ask what is awaited. Who was answering goes on to the next question; who reads or chose elsewhere is left there. */
  #ask() {
    const { input = null, buttons, language } = this.#asked ?? {};
    const active = this.node.getRootNode().activeElement;
    const answering = this.#composer.node.contains(active) || active?.matches("[aria-pressed][aria-disabled]");
    const changed = input !== this.#shown;
    this.#shown = input;
    this.#composer.ask(input, buttons, language);
    if (!changed || !answering || !input) return;
    if (this.#composer.elsewhere) this.#log.focusChoices();
    else if (matchMedia("(pointer: fine)").matches || active.matches("input, textarea")) this.#composer.focus();
  }

  /** Say who answers, and what is being waited for. */
  #tell(typing = false) {
    const words = this.#words;
    const write = (node, text) => node.textContent === text || (node.textContent = text);
    const agent = { waiting: words.waiting, agent: words.agent, person: words.agent };
    write(this.#who, agent[this.#mode] ?? words.machine);
    this.#person.hidden = this.#mode !== "bot";
    write(this.#state, this.#online === true ? (typing && this.#mode === "bot" ? words.typing : "") : (this.#online ?? words.offline));
  }

  #makeMenu() {
    const toggle = () => {
      const open = this.closeMenu();
      this.#menu.hidden = open;
      this.#menuButton.setAttribute("aria-expanded", String(!open));
      // Only a voice of this device reads: the browser may have found one since the page was loaded.
      this.#menu.querySelector("[data-text=aloudItem]").parentNode.hidden = !this.#act.canRead();
    };
    this.#menuButton = iconButton("menu", "menu", toggle, { "aria-expanded": "false", "aria-controls": "menu" });
    const items = MENU.map((name) => {
      const press = () => {
        this.closeMenu();
        this.#menuButton.focus();
        const on = this.#act[name]();
        if (typeof on === "boolean") item.setAttribute("aria-pressed", String(on));
      };
      const pressed = ["times", "aloud"].includes(name) && "false";
      const item = h("button", { type: "button", "data-text": `${name}Item`, "aria-pressed": pressed, onclick: press });
      return h("li", {}, item);
    });
    this.#menu = h("ul", { id: "menu", class: "menu", hidden: true }, ...items);
    const box = h("div", { class: "options" }, this.#menuButton, this.#menu);
    box.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !box.contains(relatedTarget)) this.closeMenu();
    });
    return box;
  }
}
