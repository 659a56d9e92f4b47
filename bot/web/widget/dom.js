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
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

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

/** The icons of the widget. */
export const ICONS = {
  speech: "M4 5h16v11H11l-5 4v-4H4z",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5",
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
