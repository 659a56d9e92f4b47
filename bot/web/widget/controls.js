/** The control that suits each kind of answer (`input.type` of the contract). */
import { formatDate, h } from "./dom.js";

/**
 * A control of the composer.
 *
 * @typedef {object} Control
 * @property {HTMLElement} [node] not there when the answer is one of the buttons under the message.
 * @property {HTMLElement} [focus] what takes the focus; the node itself when not given.
 * @property {() => {text: string, shown?: string}} read what is sent, and what is shown when it differs.
 * @property {() => File[]} [files] what must be handed in first.
 * @property {boolean} [grouped] the node names itself (a legend), so that no label is needed.
 * @property {boolean} [direct] pressing a button is the answer.
 * @property {boolean} [confirms] the answer files the request.
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
/** The control of an answer that is pressed: nothing of it is written. */
const NOTHING = () => ({ text: "" });

/**
 * Make the control for an awaited answer; an unknown type, or none, is a text.
 *
 * @param {object|null} input as in the contract.
 * @param {object} context
 * @param {Record<string, any>} context.words
 * @param {string} context.language
 * @param {(text: string, shown?: string) => void} context.answer sends an answer made of one press.
 * @param {{title: string, payload: string}[]} context.buttons what the message offers.
 * @returns {Control}
 */
export function makeControl(input, context) {
  const type = input?.type;
  if (type === "date") return dateControl(input, context);
  if (type === "period") return period(input, context);
  if (type === "file") return fileControl(input, context);
  if (type === "choices") return checkboxes(input, context);
  if (type === "confirm" && context.buttons.length) return confirmation(context);
  if (["choice", "boolean"].includes(type) && context.buttons.length) return { read: NOTHING, grouped: true };
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

function day(attributes) {
  return h("input", { type: "date", autocomplete: "off", max: "9999-12-31", ...attributes });
}

const long = (value, language) => formatDate(value, language, { dateStyle: "long" });

function dateControl({ autocomplete }, { words, language }) {
  const node = day(autocomplete && { autocomplete });
  const read = () => ({ text: node.value, shown: node.value && long(node.value, language) });
  return { node, read, missing: words.missingDate };
}

function period({ label }, { words, language }) {
  const [from, to] = [day(), day()];
  const node = h(
    "fieldset",
    { class: "period" },
    h("legend", {}, label),
    h("label", {}, words.from, from),
    h("label", {}, words.to, to),
  );
  const read = () =>
    from.value && from.value <= to.value
      ? {
          text: `${from.value} / ${to.value}`,
          shown: `${words.from} ${long(from.value, language)} ${words.to} ${long(to.value, language)}`,
        }
      : NOTHING();
  return { node, read, grouped: true, focus: from, missing: words.missingPeriod };
}

function fileControl({ accept = [], max_files: most = 1 }, { words }) {
  const node = h("input", { type: "file", accept: accept.join(","), multiple: most > 1 });
  return { node, read: NOTHING, files: () => [...node.files], missing: words.missingFile };
}

function checkboxes({ label, choices = [] }, { words }) {
  const boxes = choices.map(({ title }) => h("input", { type: "checkbox", value: title }));
  const rows = boxes.map((box) => h("label", { class: "box" }, box, box.value));
  const node = h("fieldset", {}, h("legend", {}, label), ...rows);
  const ticked = (separator) =>
    boxes
      .filter((box) => box.checked)
      .map((box) => box.value)
      .join(separator);
  const read = () => ({ text: ticked(" ; "), shown: ticked(", ") });
  return { node, read, grouped: true, focus: boxes[0], missing: words.missingChoice };
}

/** The ways on from a summary, always in sight; the first is the one that files. The group takes the focus, so that
 * nobody files by pressing Enter once too often. */
function confirmation({ words, buttons, answer }) {
  // "Modifier" stands on each line of the summary.
  const left = buttons.filter(({ title }) => title !== words.edit);
  const ways = left.map(({ title, payload }, index) =>
    h("button", { type: "button", class: index ? "plain" : "main", onclick: () => answer(payload, title) }, title),
  );
  const node = h("fieldset", { class: "confirm", tabindex: "-1" }, h("legend", {}, words.check), ...ways);
  return { node, read: NOTHING, grouped: true, direct: true, confirms: true };
}
