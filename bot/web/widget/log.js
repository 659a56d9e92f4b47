/** The list of messages: what is shown, where it scrolls, what is read aloud, what can be downloaded. */
import { formatDate, h } from "./dom.js";
import { renderMark, renderMessage, retire } from "./render.js";

/** Messages that follow each other within this time (ms) are one answer: its beginning is what must be seen. */
const ONE_ANSWER = 1500;

export class Log {
  #messages = [];
  #titles = new Map();
  #nodes = new Map();
  #firstLive = null;
  #anchor = null;
  #lastAdded = 0;
  #following = true;
  #quiet;

  constructor() {
    // Focusable, so that the keyboard can scroll it.
    this.node = h("div", { class: "log", role: "log", "aria-live": "polite", "data-label": "log", tabindex: "0" });
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
    const said = { ...message, text: this.#titles.get(message.text) ?? message.text };
    for (const { payload, title } of message.buttons ?? []) this.#titles.set(payload, title);
    if (message.author === "citizen") this.#close(said.text);
    this.#following = !live || message.author === "citizen" || this.#atEnd;
    const node = renderMessage(said, context);
    this.#nodes.set(String(message.id), node);
    if (live) {
      this.#firstLive ??= node;
      this.#messages.push(said);
      this.node.append(node);
    } else {
      this.#hush();
      this.#messages.splice(this.#messages.length - this.#liveCount(), 0, said);
      this.node.insertBefore(node, this.#firstLive);
    }
    if (message.author === "citizen" || Date.now() - this.#lastAdded > ONE_ANSWER) this.#anchor = node;
    this.#lastAdded = Date.now();
    if (this.#following) this.reveal(live);
  }

  /** Show what became of a message of the citizen. */
  mark(id, state, detail, retry, words) {
    const node = this.#nodes.get(id);
    if (!node) return;
    const mark = renderMark(state, detail, retry, words);
    const former = node.querySelector(".mark");
    if (former && mark && former.textContent === mark.textContent) return; // Said once, however many tries fail.
    former?.remove();
    if (mark) node.append(mark);
    this.reveal(true);
  }

  /** Add a line between messages that nobody says ("Reprise de votre conversation"). */
  divide(text, live) {
    if (!live) this.#hush();
    this.node.insertBefore(h("p", { class: "divider" }, text), live ? null : this.#firstLive);
    this.reveal(live);
  }

  clear() {
    this.node.replaceChildren();
    this.#messages = [];
    this.#nodes.clear();
    this.#titles.clear();
    this.#firstLive = this.#anchor = null;
    this.#lastAdded = 0;
  }

  /** The first words of the conversation: the notice that this is a machine. */
  get notice() {
    const [first] = this.#messages;
    return first && first.author !== "citizen" ? first.text : "";
  }

  /** The conversation as plain text, one message after the other. */
  transcript(words, language) {
    const style = { dateStyle: "short", timeStyle: "short" };
    return this.#messages
      .map(({ author, at, text, sources = [], request }) => {
        const when = at ? `[${formatDate(at, language, style)}] ` : "";
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
    const top = live && this.#anchor ? this.#anchor.offsetTop - 16 : scroller.scrollHeight;
    scroller.scrollTo({ top, behavior: live ? "auto" : "instant" });
  }

  get #atEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    return scrollTop + clientHeight > scrollHeight - 120 || Date.now() - this.#lastAdded < ONE_ANSWER;
  }

  #liveCount() {
    let count = 0;
    for (let node = this.#firstLive; node; node = node.nextElementSibling) if (node.matches(".message")) count++;
    return count;
  }

  /** An answer was given: earlier suggestions no longer apply. The one whose words were said is marked. */
  #close(text) {
    const open = [...this.node.querySelectorAll(".choice:not([aria-disabled], :disabled)")];
    retire(
      this.node,
      open.reverse().find((button) => button.textContent === text),
    );
  }

  /** Keep screen readers silent while the history is added. */
  #hush() {
    this.node.setAttribute("aria-live", "off");
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.node.setAttribute("aria-live", "polite"), 500);
  }
}
