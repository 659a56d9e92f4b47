/** Building elements without markup in strings, as Trusted Types require. */

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `onclick` and the like are listeners; `true` is an empty attribute;
 *   `false`, `null` and `undefined` are left out.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null && child !== false).map(tied));
  return node;
}

/** French marks must not begin a line: a no-break space before them, and after «. */
const tied = (child) => child.replace?.(/ (?=[:;?!»€%])/g, "\u00a0").replaceAll("« ", "«\u00a0") ?? child;

/** Text for screen readers only. */
export function spoken(text, attributes = {}) {
  return h("span", { ...attributes, class: "spoken" }, text);
}

/**
 * Make a decorative icon, hidden from assistive technology.
 *
 * @param {string} path the `d` of an SVG path drawn with a stroke in a 24 × 24 box.
 */
export function icon(path) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const ROUND = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z";
const EYES = "M9 9.5v.01M15 9.5v.01";

/** The icons of the widget, and the faces that it draws itself: not every device has a font for them. */
export const ICONS = {
  speech: "M4 5h16v11H11l-5 4v-4H4z",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5",
  about: `${ROUND}M12 11v5M12 8v.01`,
  "🙂": `${ROUND}${EYES}M8.5 14q3.5 3.5 7 0`,
  "😐": `${ROUND}${EYES}M8.5 15h7`,
  "🙁": `${ROUND}${EYES}M8.5 16q3.5-3 7 0`,
  menu: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 20V5M6 11l6-6 6 6",
};

/**
 * Write the interface's words into the elements that carry `data-text` (content) or `data-label` (accessible name).
 *
 * @param {ParentNode} root
 * @param {Record<string, string>} words one language of `strings.js`.
 */
export function translate(root, words) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = words[node.dataset.text];
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", words[node.dataset.label]);
}

/** A date and a time, short. */
export const WHEN = { dateStyle: "short", timeStyle: "short" };

/**
 * Write a date the way the language does.
 *
 * @param {string} value an ISO date or date and time.
 * @param {string} language `fr` or `en`.
 * @param {Intl.DateTimeFormatOptions} [style]
 * @returns {string} the value itself when it is not a date.
 */
export function formatDate(value, language, style = { dateStyle: "short" }) {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  // A date without a time is read as midnight UTC; west of Greenwich it would be shown as the day before.
  const zone = /^\d{4}-\d{2}-\d{2}$/.test(value) ? { timeZone: "UTC" } : {};
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "fr-FR", { ...style, ...zone }).format(date);
}

/**
 * Show a question or a notice that needs an answer before going on, in the browser's own modal dialog, and wait for it to be closed. Escape refuses; the focus returns to where it was.
 *
 * @param {ParentNode} root where the dialog is added.
 * @param {object} dialog
 * @param {string} dialog.title
 * @param {(Node|string)[]} dialog.body paragraphs; a string becomes one.
 * @param {string} dialog.close the word that leaves without doing anything.
 * @param {string} [dialog.confirm] the word that goes ahead; without it the dialog only informs.
 * @param {boolean} [dialog.danger] whether going ahead destroys something.
 * @returns {Promise<boolean>} whether the person went ahead.
 */
export function ask(root, { title, body, close, confirm, danger }) {
  const paragraphs = body.map((part) => (typeof part === "string" ? h("p", {}, part) : part));
  const go = confirm && h("button", { value: "yes", class: danger ? "danger" : "main" }, confirm);
  const node = h(
    "dialog",
    { "aria-labelledby": "dialog-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      ...paragraphs,
      h("div", { class: "ways" }, h("button", { value: "no", class: "choice" }, close), go),
    ),
  );
  root.append(node);
  node.showModal();
  return new Promise((resolve) => {
    node.addEventListener("close", () => {
      node.remove();
      resolve(node.returnValue === "yes");
    });
  });
}
