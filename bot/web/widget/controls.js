/** The control that suits each kind of answer (`input.type` of the contract). */
import { formatDate, h } from "./dom.js";

/**
 * A control of the composer.
 *
 * @typedef {object} Control
 * @property {HTMLElement} node
 * @property {HTMLElement} [focus] what takes the focus; the first field when not given.
 * @property {() => {text: string, shown?: string}} read what is sent, and what is shown when it differs.
 * @property {boolean} [grouped] the node names itself (a legend), so that no label is needed.
 * @property {boolean} [direct] pressing one of its buttons is the answer.
 * @property {string} [missing] the word that explains an empty answer.
 */

// What a phone proposes for each type when the service does not say better (RGAA 11.13).
const LINES = {
  text: {},
  number: { inputmode: "decimal" },
  money: { inputmode: "decimal" },
  email: { type: "email", inputmode: "email", autocomplete: "email", spellcheck: "false", autocapitalize: "off" },
  phone: { type: "tel", inputmode: "tel", autocomplete: "tel" },
  commune: { autocomplete: "address-level2" },
};

/**
 * Make the control for an awaited answer; an unknown type, or none, is a text.
 *
 * @param {object|null} input as in the contract.
 * @param {object} context
 * @param {Record<string, any>} context.words
 * @param {string} context.language
 * @param {(text: string) => void} context.answer sends an answer made of one press.
 * @param {string[]} context.offered titles that the message already offers as buttons, not offered twice.
 * @returns {Control}
 */
export function makeControl(input, context) {
  const type = input?.type;
  if (type === "date") return dateControl(input, context);
  if (type === "choices") return checkboxes(input, context);
  if (["choice", "boolean", "confirm"].includes(type)) return pressable(input, context) ?? lines({});
  if (type in LINES) return line(input);
  return lines(type === "address" ? { autocomplete: input.autocomplete ?? "street-address" } : {});
}

/** A text of any length, which grows with what is written. */
export function lines(attributes) {
  const grow = () => {
    node.style.height = "auto";
    node.style.height = `${node.scrollHeight + node.offsetHeight - node.clientHeight}px`;
  };
  const node = h("textarea", { rows: 1, autocomplete: "off", ...attributes, oninput: grow });
  return { node, read: () => ({ text: node.value.trim() }) };
}

function line(input) {
  const own = input.autocomplete && { autocomplete: input.autocomplete };
  const node = h("input", { type: "text", autocomplete: "off", ...LINES[input.type], ...own });
  return { node, read: () => ({ text: node.value.trim() }) };
}

function dateControl({ autocomplete }, { words, language }) {
  const node = h("input", { type: "date", autocomplete: autocomplete ?? "off", max: "9999-12-31" });
  const read = () => ({
    text: node.value,
    shown: node.value && formatDate(node.value, language, { dateStyle: "long" }),
  });
  return { node, read, missing: words.missingDate };
}

function checkboxes({ label, choices = [] }, { words }) {
  const boxes = choices.map(({ title }) => h("input", { type: "checkbox", value: title }));
  const rows = boxes.map((box) => h("label", { class: "box" }, box, box.value));
  const node = h("fieldset", {}, h("legend", {}, label), ...rows);
  const read = () => ({
    text: boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(", "),
  });
  return { node, read, grouped: true, focus: boxes[0], missing: words.missingChoice };
}

/** Buttons of which one is pressed, or null when the message itself offers them all. */
function pressable({ label, choices }, { words, answer, offered }) {
  // A message with buttons of its own ("Confirmer et envoyer") says better than yes and no what can be answered.
  const titles = choices?.length ? choices.map(({ title }) => title) : offered.length ? [] : [words.yes, words.no];
  const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;
  const left = titles.filter((title) => !offered.some((other) => same(title, other)));
  if (!left.length) return null;
  const buttons = left.map((title) =>
    h("button", { type: "button", class: "choice", onclick: () => answer(title) }, title),
  );
  const node = h("fieldset", { class: "choices" }, h("legend", {}, label), ...buttons);
  return { node, read: () => ({ text: "" }), grouped: true, direct: true, focus: buttons[0] };
}
