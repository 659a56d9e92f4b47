/** Questions and notices that need an answer before going on: the browser's own modal dialog. */
import { h } from "./dom.js";

/**
 * Show a dialog and wait for it to be closed. Escape refuses; the focus returns to where it was.
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
