/** Where the citizen answers: a text, or the control that the awaited answer calls for. */
import { lines, makeControl } from "./controls.js";
import { h, spoken } from "./dom.js";
import { iconButton } from "./render.js";

/** Longest message that the gateway takes, in characters. */
const LIMIT = 2000;
const MEGABYTE = 1_000_000;

export class Composer {
  #send;
  #upload;
  #words;
  #language;
  #input = null;
  #buttons = [];
  #lang;
  #control;
  #locked = false;
  #written = false;
  #error = h("p", { class: "error", id: "error", role: "alert" });
  #said = spoken("", { role: "status" });

  /**
   * @param {(text: string, shown?: string) => void} send
   * @param {(file: File) => Promise<string>} upload hands a file in and returns what answers the question.
   */
  constructor(send, upload) {
    this.#send = send;
    this.#upload = upload;
    this.node = h("form", {
      class: "composer",
      tabindex: "-1",
      novalidate: true,
      onsubmit: (event) => this.#submit(event),
    });
    this.node.addEventListener("input", () => this.#forgive());
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Change the language, keeping what is being written. */
  speak(words, language) {
    const text = this.#control?.read().text ?? "";
    this.#words = words;
    this.#language = language;
    this.#draw();
    const { node } = this.#control;
    if (text && node && "value" in node) node.value = text;
  }

  /**
   * Ask for an answer.
   *
   * @param {object|null} input the awaited answer; null for a free text.
   * @param {{title: string, payload: string}[]} [buttons] what the message offers.
   * @param {string} [lang] language of the question.
   */
  ask(input, buttons = [], lang = null) {
    this.#unlock();
    // A free text stays as it is, with the words being written in it.
    if (input === this.#input && !input) return;
    this.#input = input;
    this.#buttons = buttons;
    this.#lang = lang;
    this.#written = false;
    this.#draw();
  }

  /** Whether the answer is given with the buttons under the question. */
  get elsewhere() {
    return !this.#control.node;
  }

  /** Put the focus where the answer is given. */
  focus() {
    (this.#control.focus ?? this.#control.node ?? this.node).focus();
  }

  #draw() {
    const words = this.#words;
    const input = this.#input;
    const active = this.node.getRootNode().activeElement;
    const before = this.node.contains(active) ? active : null;
    const answer = (text, shown) => this.#answer(text, shown);
    const context = { words, language: this.#language, answer, buttons: this.#buttons };
    this.#control = this.#written ? lines({}) : makeControl(input, context);
    const { node, grouped, direct } = this.#control;
    const help = node && !direct && input?.help && h("p", { class: "help", id: "help", lang: this.#lang }, input.help);
    if (node) {
      node.id = "answer";
      node.setAttribute("aria-describedby", help ? "help error" : "error");
      if (grouped) node.lang = this.#lang ?? "";
      if (!input) node.setAttribute("placeholder", words.message);
    }
    const row =
      node && h("div", { class: "row" }, node, !direct && iconButton("send", "send", null, { type: "submit", class: "icon send", "aria-label": words.send }));
    this.node.replaceChildren(
      ...[
        this.#steps(),
        !grouped && this.#label(),
        help,
        row,
        this.#error,
        this.#said,
        this.#aids(),
      ].filter(Boolean),
    );
    this.#forgive();
    if (before) this.#refocus(before);
  }

  /** The control that had the focus is gone; the next one takes it, without raising a phone's keyboard unasked. */
  #refocus(before) {
    const typing = before.matches("textarea, input") || matchMedia("(pointer: fine)").matches;
    if (typing) this.focus();
    else this.node.focus();
  }

  #steps() {
    const { step, steps } = this.#input ?? {};
    if (!step || !steps || steps < 2 || this.#control.confirms) return null;
    const text = this.#words.step(step, steps);
    return h(
      "div",
      { class: "step" },
      h("span", {}, text),
      h("progress", { max: steps, value: step, "aria-label": text }),
    );
  }

  #label() {
    if (!this.#input) return h("label", { for: "answer", class: "spoken" }, this.#words.message);
    const { label = this.#words.message, required } = this.#input;
    const said = required !== false || label.includes(this.#words.optional);
    const note = !said && h("span", { class: "note" }, ` (${this.#words.optional})`);
    return h("label", { for: "answer", lang: this.#lang }, label, note);
  }

  /** The ways out of a question: in writing, pass, back, stop. */
  #aids() {
    const words = this.#words;
    const input = this.#input;
    if (!input) return null;
    const button = (title, onclick) => h("button", { type: "button", class: "plain", onclick }, title);
    const say = (key) => button(words[key], () => this.#answer(words[`${key}Text`], words[key]));
    const special = !this.#written && (this.#control.grouped || input.type === "date");
    const write = () => {
      this.#written = true;
      this.#draw();
      this.focus();
    };
    const writing = special && button(words.write, write);
    if (this.#control.confirms) return void this.#control.node.append(writing);
    return h("div", { class: "aids" }, writing, !input.required && say("skip"), input.step > 1 && say("back"), say("stop"));
  }

  #submit(event) {
    event.preventDefault();
    if (this.#control.files) return this.#attach();
    const { text, shown } = this.#control.read();
    const over = [...text].length - LIMIT;
    if (over > 0) this.#fail(this.#words.tooLong(over));
    else if (text) this.#answer(text, shown);
    else if (this.#control.missing) this.#fail(this.#control.missing);
    else this.focus();
  }

  /** Hand the chosen files in, then answer with what came back. */
  async #attach() {
    const words = this.#words;
    const files = this.#control.files();
    const { max_bytes: most = Infinity, max_files: many = 1 } = this.#input;
    const large = files.find(({ size }) => size > most);
    if (this.#locked) return;
    if (!files.length) return this.#fail(this.#control.missing);
    if (files.length > many) return this.#fail(words.tooMany(many));
    if (large) return this.#fail(words.tooLarge(large.name, Math.floor(most / MEGABYTE)));
    this.#lock();
    this.#error.textContent = "";
    this.#said.textContent = words.uploading;
    try {
      const payloads = [];
      for (const file of files) payloads.push(await this.#upload(file));
      this.#unlock();
      this.#answer(payloads.join(" ; "), files.map(({ name }) => name).join(", "));
    } catch (error) {
      this.#unlock();
      this.#fail(error.detail || words.unreachable);
    }
  }

  #fail(reason) {
    // Emptied first, so that the same reason given twice is announced twice.
    this.#error.textContent = "";
    requestAnimationFrame(() => (this.#error.textContent = reason));
    this.#control.node.setAttribute("aria-invalid", "true");
    this.focus();
  }

  #lock() {
    this.#locked = true;
    this.node.setAttribute("aria-busy", "true");
  }

  #unlock() {
    this.#locked = false;
    this.node.removeAttribute("aria-busy");
  }

  /** Send, unless the answer to this question is already on its way. */
  #answer(text, shown = text) {
    if (this.#locked) return;
    if (this.#input) this.#lock();
    this.#send(text, shown);
    const { node } = this.#control;
    if (this.#locked || !node) return;
    node.value = "";
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  /** What is being corrected is no longer wrong. */
  #forgive() {
    this.#control.node?.removeAttribute("aria-invalid");
    this.#error.textContent = "";
  }
}
