/** Where the citizen answers: a text, or the control that the awaited answer calls for. */
import { lines, makeControl } from "./controls.js";
import { h } from "./dom.js";
import { iconButton } from "./render.js";

/** Longest message that the gateway takes, in characters. */
const LIMIT = 2000;
/** The counter shows from this many characters before the limit. */
const NEAR = 200;

export class Composer {
  #send;
  #words;
  #language;
  #input = null;
  #offered = [];
  #control;
  #locked = false;
  #written = false;
  #error = h("p", { class: "error", id: "error", role: "alert" });
  #counter = h("p", { class: "counter", id: "counter", hidden: true });
  #said = h("p", { class: "spoken", role: "status" });

  /** @param {(text: string, shown?: string) => void} send */
  constructor(send) {
    this.#send = send;
    this.node = h("form", {
      class: "composer",
      tabindex: "-1",
      novalidate: true,
      onsubmit: (event) => this.#submit(event),
    });
    this.node.addEventListener("input", () => this.#count());
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Change the language, keeping what is being written. */
  speak(words, language) {
    const text = this.#control?.read().text ?? "";
    this.#words = words;
    this.#language = language;
    this.#draw();
    if ("value" in this.#control.node) this.#control.node.value = text;
  }

  /**
   * Ask for an answer.
   *
   * @param {object|null} input the awaited answer; null for a free text.
   * @param {string[]} [offered] titles of the buttons that the message already offers.
   */
  ask(input, offered = []) {
    this.#locked = false;
    this.node.removeAttribute("aria-busy");
    // A free text stays as it is, with the words being written in it.
    if (input === this.#input && !input) return;
    this.#input = input;
    this.#offered = offered;
    this.#written = false;
    this.#draw();
  }

  /** Put the focus where the answer is given. */
  focus() {
    (this.#control.focus ?? this.#control.node).focus();
  }

  #draw() {
    const words = this.#words;
    const input = this.#input;
    const active = this.node.getRootNode().activeElement;
    const before = this.node.contains(active) ? active : null;
    const answer = (text) => this.#answer(text);
    const context = { words, language: this.#language, answer, offered: this.#offered };
    this.#control = this.#written ? lines({}) : makeControl(input, context);
    const { node, grouped, direct } = this.#control;
    node.id = "answer";
    const help = input?.help && h("p", { class: "help", id: "help" }, input.help);
    node.setAttribute("aria-describedby", help ? "help error counter" : "error counter");
    if (!input && !grouped) node.setAttribute("placeholder", words.placeholder);
    const row = h(
      "div",
      { class: "row" },
      node,
      !direct && iconButton("send", "send", null, { type: "submit", class: "icon send", "aria-label": words.send }),
    );
    this.node.replaceChildren(
      ...[
        this.#steps(),
        !grouped && this.#label(),
        help,
        row,
        this.#error,
        this.#counter,
        this.#said,
        this.#aids(),
      ].filter(Boolean),
    );
    this.#error.textContent = "";
    this.#count();
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
    if (!step || !steps || steps < 2) return null;
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
    return h("label", { for: "answer" }, label, !said && h("span", { class: "note" }, ` (${this.#words.optional})`));
  }

  /** The ways out of a question: in writing, pass, back, stop. */
  #aids() {
    const words = this.#words;
    const input = this.#input;
    if (!input) return null;
    const button = (title, onclick) => h("button", { type: "button", class: "plain", onclick }, title);
    const say = (key) => button(words[key], () => this.#answer(words[`${key}Text`], words[key]));
    const special = !this.#written && !["TEXTAREA", "INPUT"].includes(this.#control.node.tagName);
    const dated = !this.#written && input.type === "date";
    const write = () => {
      this.#written = true;
      this.#draw();
      this.focus();
    };
    return h(
      "div",
      { class: "aids" },
      (special || dated) && button(words.write, write),
      input.required === false && say("skip"),
      input.step > 1 && say("back"),
      say("stop"),
    );
  }

  #submit(event) {
    event.preventDefault();
    const { text, shown } = this.#control.read();
    const over = [...text].length - LIMIT;
    if (over > 0) this.#fail(this.#words.tooLong(over));
    else if (text) this.#answer(text, shown);
    else if (this.#control.missing) this.#fail(this.#control.missing);
    else this.focus();
  }

  #fail(reason) {
    // Emptied first, so that the same reason given twice is announced twice.
    this.#error.textContent = "";
    requestAnimationFrame(() => (this.#error.textContent = reason));
    this.#control.node.setAttribute("aria-invalid", "true");
    this.focus();
  }

  /** Send, unless the answer to this question is already on its way. */
  #answer(text, shown = text) {
    if (this.#locked) return;
    this.#locked = this.#input !== null;
    if (this.#locked) this.node.setAttribute("aria-busy", "true");
    this.#send(text, shown);
    if (!this.#locked && "value" in this.#control.node) {
      this.#control.node.value = "";
      this.#control.node.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #count() {
    const left = LIMIT - [...this.#control.read().text].length;
    this.#counter.hidden = left > NEAR;
    this.#counter.textContent = left >= 0 ? this.#words.left(left) : this.#words.tooLong(-left);
    this.#counter.classList.toggle("over", left < 0);
    // Spoken now and then only: a counter read at every key would cover what the person is writing.
    if (left <= NEAR && left % 50 === 0) this.#said.textContent = this.#counter.textContent;
    if (left >= 0) {
      this.#control.node.removeAttribute("aria-invalid");
      this.#error.textContent = "";
    }
  }
}
