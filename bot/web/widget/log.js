/** The list of messages: what is shown, where it scrolls, what is read aloud, what can be downloaded. */
import { formatDate, h, WHEN } from "./dom.js";
import { OPEN, renderMark, renderMessage, retire } from "./render.js";

/** Messages that follow each other within this time (ms) are one answer: its beginning is what must be seen. */
const ONE_ANSWER = 1500;

export class Log {
  #nodes = new Map();
  #said = new WeakMap();
  #firstLive = null;
  #anchor = null;
  #lastAdded = 0;
  #following = true;
  #asking = false;
  #quiet;

  constructor() {
    // Focusable, so that the keyboard can scroll it.
    this.node = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" });
    // A composer that grows, or a phone's keyboard, must not cover the question that was just asked.
    new ResizeObserver(() => this.#following && this.reveal()).observe(this.node);
  }

  /**
   * Add a message at the end; one of the history goes before what this page has already shown.
   *
   * @param {object} message
   * @param {boolean} live whether it is read aloud and scrolled to: the history is not.
   * @param {import("./render.js").Context} context
   */
  add(message, live, context) {
    if (message.author === "citizen") this.#close(message.text);
    this.#following = !live || message.author === "citizen" || this.#atEnd;
    const node = renderMessage(message, context);
    this.#nodes.set(String(message.id), node);
    this.#said.set(node, message);
    if (live) this.#firstLive ??= node;
    else this.#hush();
    this.node.insertBefore(node, live ? null : this.#firstLive);
    if (message.author === "citizen" || Date.now() - this.#lastAdded > ONE_ANSWER) this.#anchor = node;
    this.#lastAdded = Date.now();
    this.#asking = Boolean(message.input);
    if (this.#following) this.reveal(live);
  }

  /** Show what became of a message of the citizen. */
  mark(id, state, detail, retry, words) {
    const node = this.#nodes.get(id);
    if (!node) return;
    const mark = renderMark(state, detail, retry, words);
    const former = node.querySelector(".mark");
    // Said once, however many tries fail.
    if (former && mark && former.textContent === mark.textContent) return;
    former?.remove();
    if (mark) node.append(mark);
    this.reveal(true);
  }

  /** Add a line between messages that nobody says ("Reprise de votre conversation"), with what can be done about it. */
  divide(text, live, ...buttons) {
    if (!live) this.#hush();
    const line = h("div", { class: "divider" }, h("p", {}, text), ...buttons);
    this.node.insertBefore(line, live ? null : this.#firstLive);
    this.reveal(live);
  }

  /** Show the time of each message, or hide it again; says which. */
  toggleTimes() {
    return this.node.classList.toggle("timed");
  }

  /** Put the focus on the last choices offered; says whether there are some. */
  focusChoices() {
    const group = [...this.node.querySelectorAll(".choices")].at(-1);
    group?.focus({ preventScroll: true });
    return Boolean(group);
  }

  clear() {
    this.node.replaceChildren();
    this.#nodes.clear();
    this.#firstLive = this.#anchor = null;
    this.#lastAdded = 0;
  }

  /** The first words of the conversation: the notice that this is a machine. */
  get notice() {
    return this.#all()[0]?.text;
  }

  /** The conversation as plain text, one message after the other. */
  transcript(words, language) {
    return this.#all()
      .map(({ author, at, text, sources = [], request }) => {
        const when = at ? `[${formatDate(at, language, WHEN)}] ` : "";
        const more = sources.map(({ title, url }) => `\n${words.source}${title} ${url}`);
        if (request) more.push(`\n${words.reference}${words.colon}${request.reference}`);
        return when + (words.by[author] ?? words.by.system) + text + more.join("");
      })
      .join("\n\n");
  }

  /** Scroll so that the last answer is seen from its beginning; the history is left at its end. */
  reveal(live = true) {
    // On a very low screen the panel scrolls as a whole (see styles.js).
    const scroller = getComputedStyle(this.node).overflowY === "visible" ? this.node.parentNode : this.node;
    if (!scroller) return;
    const start = this.#anchor?.offsetTop - 16;
    const top = live && this.#anchor ? Math.max(start, this.#question(scroller)) : scroller.scrollHeight;
    scroller.scrollTo({ top, behavior: live ? "auto" : "instant" });
  }

  /** The place from which the choices that are offered can be seen, or at least the question from its beginning. */
  #question({ clientHeight }) {
    if (!this.#asking) return 0;
    const last = this.node.lastElementChild;
    return Math.min(last.offsetTop - 16, last.offsetTop + last.offsetHeight + 16 - clientHeight);
  }

  get #atEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    return scrollTop + clientHeight > scrollHeight - 120 || Date.now() - this.#lastAdded < ONE_ANSWER;
  }

  #all() {
    return [...this.node.querySelectorAll(".message")].map((node) => this.#said.get(node));
  }

  /** An answer was given: earlier suggestions no longer apply. The one whose words were said is marked. */
  #close(text) {
    const open = [...this.node.querySelectorAll(OPEN)];
    retire(
      this.node,
      open.reverse().find(({ value }) => value === text),
    );
  }

  /** Keep screen readers silent while the history is added. */
  #hush() {
    this.node.setAttribute("aria-live", "off");
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.node.setAttribute("aria-live", "polite"), 500);
  }
}
