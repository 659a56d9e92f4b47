/** A message of the contract as elements. Text is only ever text: nothing of it is read as markup. */
import { formatDate, h, icon, ICONS, spoken, WHEN } from "./dom.js";

/** States after which nothing more is to be expected. */
const OVER = ["accepted", "refused", "closed", "withdrawn"];
/** What the gateway keeps of an answer to a request, or has not read yet of a button: that it was given. */
const KEPT = /^(\[réponse : .*\]|b-[0-9a-f]{16})$/;

/** The answers that can still be chosen. */
export const OPEN = ":is(.choice, .edit):not([aria-disabled], :disabled)";

/**
 * What a message needs of its surroundings.
 *
 * @typedef {object} Context
 * @property {Record<string, any>} words one language of `strings.js`.
 * @property {string} language `fr` or `en`.
 * @property {string} base address of the gateway, for relative links.
 * @property {(button: {title: string, payload: string}) => void} choose a suggested answer was chosen.
 */

/**
 * Draw a message with its author, time, sources, request and suggested answers.
 *
 * @param {object} message as in the contract.
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function renderMessage(message, context) {
  const { words } = context;
  const author = words.by[message.author] ? message.author : "system";
  const own = author === "citizen";
  // Their own words are in whichever language they like: nobody knows which.
  const lang = own ? null : (message.language ?? context.language);
  const buttons = offered(message);
  const kept = own && KEPT.test(message.text);
  return h(
    "div",
    { class: `message ${author}`, lang },
    h(
      "div",
      { class: kept ? "bubble kept" : "bubble", dir: own && "auto" },
      spoken(words.by[author]),
      ...renderText(kept ? words.kept : own ? faced(message.text)[1] : told(message), words, edits(message, context)),
      pressed(message) && message.input.help && h("p", { class: "help" }, message.input.help),
      message.request && renderRequest(message.request, context),
      message.sources?.length > 0 && renderSources(message.sources, context),
    ),
    message.at &&
      h("time", { class: "at", datetime: message.at }, formatDate(message.at, context.language, WHEN)),
    buttons.length > 0 && renderButtons(buttons, message.input?.label, context),
  );
}

/** The text without the lines whose numbers the card below repeats: nobody needs to read or hear them twice. */
function told({ text = "", request }) {
  if (!request?.access_code) return text;
  const numbers = [request.reference, request.access_code];
  const lines = text.split("\n").filter((line) => !numbers.some((number) => line.includes(number)));
  return lines.join("\n").replace(/\s*:$/m, ".");
}

/** The buttons to show: boxes are ticked, and a summary is confirmed, in the composer (see controls.js). */
function offered({ buttons = [], input }) {
  return ["choices", "confirm"].includes(input?.type) ? [] : buttons;
}

/** Whether the question is answered with the buttons under it. */
export function pressed({ buttons, input }) {
  return ["choice", "boolean"].includes(input?.type) && buttons?.length > 0;
}

/** What goes at the end of each line of a summary: the button that changes that line. */
function edits({ input }, { words, choose }) {
  if (input?.type !== "confirm") return undefined;
  return (line, drawn) => {
    const [label] = line.split(/\s*:\s/);
    const payload = `${words.edit}${words.colon}${label}`;
    const press = () => {
      if (button.getAttribute("aria-disabled")) return;
      retire(button.closest("ul"), button);
      choose({ title: payload, payload });
    };
    const button = h("button", { type: "button", class: "plain edit", onclick: press }, words.edit, spoken(` ${label}`));
    return [h("span", { class: "line" }, ...drawn), button];
  };
}

/** Draw text: paragraphs at empty lines, lists of lines that begin with "- ", https links. */
export function renderText(text, words, after = (_, line) => line) {
  const blocks = [];
  for (const line of String(text).split(/\r?\n/)) {
    const item = /^\s*- (.*)$/.exec(line);
    const kind = item ? "ul" : "p";
    const last = blocks.at(-1);
    if (!line.trim()) blocks.push(null);
    else if (last?.localName !== kind) blocks.push(h(kind));
    else if (!item) last.append(h("br"));
    if (item) blocks.at(-1).append(h("li", {}, ...after(item[1], linked(item[1], words))));
    else if (line.trim()) blocks.at(-1).append(...linked(line, words));
  }
  return blocks.filter(Boolean);
}

function linked(text, words) {
  // Odd pieces are the links; a mark of punctuation at the end belongs to the sentence.
  return text
    .split(/(https:\/\/[^\s<>"«»]*[^\s<>"«».,;:!?)\]'’])/)
    .map((piece, index) => (index % 2 ? link(piece, piece.replace(/^https:\/\/(www\.)?/, ""), words) : piece));
}

/** Draw a link to a page of the web, and plain words when the address is `javascript:` or the like. */
function link(address, title, words, base) {
  let url;
  try {
    url = new URL(address, base);
  } catch {
    return title;
  }
  if (!/^https?:$/.test(url.protocol)) return title;
  return h(
    "a",
    { href: url.href, rel: "noopener", target: "_blank" },
    title,
    h("span", { class: "away", "aria-hidden": "true" }, "\u00a0↗"),
    spoken(words.newWindow),
  );
}

function renderSources(sources, { words, language, base }) {
  const lines = sources.map((source) =>
    h(
      "li",
      {},
      words.source,
      link(source.url, source.title, words, base),
      source.checked && `, ${words.checked(formatDate(source.checked, language))}`,
      source.note && h("span", { class: "note" }, `. ${source.note}`),
    ),
  );
  return h("ul", { class: "sources" }, ...lines);
}

/** Draw a request: its numbers to keep, its state, and its life as a timeline that ends with what is awaited. */
function renderRequest(request, { words, language, base }) {
  const named = (name) => words.states[name] ?? String(name).replaceAll("_", " ");
  const long = (value) => formatDate(value, language, { dateStyle: "long" });
  const pair = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const steps = (request.history ?? []).map(({ state, at, reason }) =>
    h(
      "li",
      {},
      h("strong", {}, named(state)),
      at && h("time", { datetime: at }, long(at)),
      reason && h("span", { class: "note" }, reason),
    ),
  );
  if (request.due && !OVER.includes(request.state))
    steps.push(h("li", { class: "next" }, words.due, h("time", { datetime: request.due }, long(request.due))));
  return h(
    "div",
    { class: "request", role: "group", "aria-label": `${words.request} ${request.reference}` },
    h(
      "dl",
      {},
      pair(words.reference, h("code", {}, request.reference)),
      request.access_code && pair(words.accessCode, h("code", {}, request.access_code)),
      pair(words.state, h("strong", { class: "state" }, named(request.state))),
    ),
    request.access_code && renderCopy(request, words),
    steps.length > 0 && h("ol", { class: "steps", "aria-label": words.history }, ...steps),
    request.receipt_url && h("p", {}, link(request.receipt_url, words.receipt, words, base)),
  );
}

/** The advice to keep the reference and the code, with a button that copies both where the browser allows it. */
function renderCopy({ reference, access_code: code }, words) {
  const done = h("span", { role: "status" });
  const copy = async () => {
    const lines = [words.reference + words.colon + reference, words.accessCode + words.colon + code];
    await navigator.clipboard.writeText(lines.join("\n"));
    done.textContent = words.copied;
  };
  const button = navigator.clipboard && h("button", { type: "button", class: "plain", onclick: copy }, words.copy);
  return h("p", { class: "keep" }, h("span", { class: "note" }, words.keep), button, done);
}

function renderButtons(buttons, label, { words, choose }) {
  const group = h("div", { class: "choices", role: "group", tabindex: "-1", "aria-label": label ?? words.suggestions });
  for (const { title, payload } of buttons) {
    const press = () => {
      if (button.getAttribute("aria-disabled")) return;
      retire(group, button);
      choose({ title, payload });
    };
    const [face, words] = faced(title);
    const button = h("button", { type: "button", class: "choice", value: title, onclick: press }, face, words);
    group.append(button);
  }
  return group;
}

/** A text with the face that it begins with drawn, if it does. */
function faced(text) {
  const [face] = /^[🙂😐🙁]/u.exec(text) ?? [];
  return face ? [icon(ICONS[face]), text.slice(face.length).trim()] : [null, text];
}

/**
 * Close the suggested answers under a node: they stay readable, the chosen one is marked.
 *
 * The chosen button keeps the focus it has (a disabled one would lose it, and the reader's place in the page with it).
 *
 * @param {Element} root
 * @param {HTMLButtonElement} [chosen]
 */
export function retire(root, chosen) {
  for (const button of root.querySelectorAll(OPEN)) {
    if (button === chosen) {
      button.setAttribute("aria-pressed", "true");
      button.setAttribute("aria-disabled", "true");
      button.addEventListener("blur", () => (button.disabled = true), { once: true });
    } else {
      button.disabled = true;
    }
  }
}

/** Draw the mark under a message of the citizen: waiting, or refused with its reason and a way to try again. */
export function renderMark(state, detail, retry, words) {
  if (state === "sent") return null;
  if (state === "pending") return h("p", { class: "mark" }, words.pending);
  const reason = detail ? words.refused + words.colon + detail : words.refused;
  const again = h("button", { type: "button", class: "plain", onclick: retry }, words.retry);
  return h("p", { class: "mark refused" }, reason, " ", again);
}

/** A button with an icon and an accessible name that follows the language. */
export function iconButton(name, label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "icon", "data-label": label, onclick, ...attributes }, icon(ICONS[name]));
}
