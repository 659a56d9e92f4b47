/** A message of the contract as elements. Text is only ever text: nothing of it is read as markup. */
import { formatDate, h, icon, ICONS, spoken } from "./dom.js";

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
 * Draw a message with its author, sources, request and suggested answers.
 *
 * @param {object} message as in the contract.
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function renderMessage(message, context) {
  const { words } = context;
  const author = words.by[message.author] ? message.author : "system";
  const lang = message.language ?? context.language;
  const buttons = offered(message);
  return h(
    "div",
    { class: `message ${author}`, lang },
    h(
      "div",
      { class: "bubble", dir: author === "citizen" && "auto" },
      spoken(words.by[author]),
      ...renderText(message.text ?? "", words),
      message.request && renderRequest(message.request, context),
      message.sources?.length > 0 && renderSources(message.sources, context),
    ),
    buttons.length > 0 && renderButtons(buttons, context),
  );
}

/** The buttons to show: where several answers may be ticked, one that answers at once would forbid the others. */
function offered({ buttons = [], input }) {
  if (input?.type !== "choices") return buttons;
  const titles = input.choices?.map(({ title }) => title) ?? [];
  return buttons.filter(({ title }) => !titles.includes(title));
}

/** Draw text: paragraphs at empty lines, lists of lines that begin with "- ", https links. */
export function renderText(text, words) {
  const blocks = [];
  for (const line of String(text).split(/\r?\n/)) {
    const item = /^\s*- (.*)$/.exec(line);
    const kind = item ? "ul" : "p";
    const last = blocks.at(-1);
    if (!line.trim()) blocks.push(null);
    else if (last?.localName !== kind) blocks.push(h(kind));
    else if (!item) last.append(h("br"));
    if (item) blocks.at(-1).append(h("li", {}, ...linked(item[1], words)));
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

function link(address, title, words, lang) {
  return h(
    "a",
    { href: address, rel: "noopener", target: "_blank", lang },
    title,
    h("span", { class: "away", "aria-hidden": "true" }, "\u00a0↗"),
    spoken(words.newWindow),
  );
}

/** Return the absolute address when it is one of the web, null for `javascript:` and the like. */
function webAddress(address, base) {
  try {
    const url = new URL(address, base);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function renderSources(sources, { words, language, base }) {
  const lines = sources.map((source) => {
    const address = webAddress(source.url, base);
    return h(
      "li",
      {},
      words.source,
      address ? link(address, source.title, words) : source.title,
      source.checked && `, ${words.checked(formatDate(source.checked, language))}`,
      source.note && h("span", { class: "note" }, ` ${source.note}`),
    );
  });
  return h("ul", { class: "sources" }, ...lines);
}

function renderRequest(request, context) {
  const { words, language, base } = context;
  const state = (name) => words.states[name] ?? String(name).replaceAll("_", " ");
  const long = (value) => formatDate(value, language, { dateStyle: "long" });
  const pair = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const receipt = request.receipt_url && webAddress(request.receipt_url, base);
  const steps = (request.history ?? []).map((step) =>
    h(
      "li",
      {},
      h("strong", {}, state(step.state)),
      step.at && h("time", { datetime: step.at }, long(step.at)),
      step.reason && h("span", { class: "note" }, step.reason),
    ),
  );
  return h(
    "div",
    { class: "request", role: "group", "aria-label": `${words.request} ${request.reference}` },
    h(
      "dl",
      {},
      pair(words.reference, h("code", {}, request.reference)),
      request.access_code && pair(words.accessCode, h("code", {}, request.access_code)),
      pair(words.state, h("strong", { class: "state" }, state(request.state))),
      request.due && pair(words.due, long(request.due)),
    ),
    request.access_code && renderCopy(request, words),
    steps.length > 0 && h("ol", { class: "steps", "aria-label": words.history }, ...steps),
    receipt && h("p", {}, link(receipt, words.receipt, words)),
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

function renderButtons(buttons, { words, choose }) {
  const group = h("div", { class: "choices", role: "group", "aria-label": words.suggestions });
  for (const { title, payload } of buttons) {
    const press = () => {
      if (button.getAttribute("aria-disabled")) return;
      retire(group, button);
      choose({ title, payload });
    };
    const button = h("button", { type: "button", class: "choice", onclick: press }, title);
    group.append(button);
  }
  return group;
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
  for (const button of root.querySelectorAll(".choice:not([aria-disabled], :disabled)")) {
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
