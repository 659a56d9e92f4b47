/** What a script adds to pages that work without one: they follow what happens, and keys send an answer. */

const page = document.body.dataset.page;
const list = document.getElementById("messages");
const log = document.getElementById("log");
const answer = document.querySelector("[data-send]");
let leaving = false; // A page that is being left is not made again: that would call the way back.
document.addEventListener("submit", () => (leaving = true));
document.addEventListener("click", (event) => (leaving ||= Boolean(event.target.closest("a[href]"))));

/** Listen to the desk; the server ends the stream when one is signed out. */
function listen() {
  const query = list ? `?talk=${list.dataset.talk}&after=${list.dataset.after}` : "";
  const events = new EventSource(`/console/events${query}`);
  let known;
  events.addEventListener("desk", (event) => {
    const desk = JSON.parse(event.data);
    showCount(desk.waiting.length);
    // A page that shows the queue is made again when the queue has changed; nobody writes anything on it.
    if (known !== undefined && known !== event.data && !leaving && (page === "queue" || page === "desk")) location.reload();
    known = event.data;
  });
  events.addEventListener("message", (event) => showMessage(JSON.parse(event.data)));
  events.addEventListener("over", () => {
    events.close();
    if (list) announce(list.dataset.over, true);
    else location.reload();
  });
}

function showCount(count) {
  for (const badge of document.querySelectorAll("[data-count]")) {
    badge.textContent = String(count);
    badge.hidden = count === 0;
  }
}

function showMessage({ author, text, at }) {
  if (!list) return;
  const by = element("p", "by", element("b", "", list.dataset[author]), " ", element("time", "", clock(at)));
  list.append(element("li", `message ${author}`, by, element("p", "words", text)));
  log.scrollTop = log.scrollHeight;
}

function clock(at) {
  const zone = list.dataset.zone; // Of the office, as in the lines that the server wrote.
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

/** Say something to who listens to the page, and, where it is shown, to who looks at it. */
export function announce(words, shown) {
  const place = document.querySelector("[data-announce]");
  place.classList.toggle("unseen", !shown);
  place.classList.toggle("refusal", shown);
  place.textContent = words;
}

function element(name, classes, ...children) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

if (document.querySelector("[data-count]")) {
  listen();
  setInterval(() => fetch("/console/here").catch(() => null), 20_000);
}

if (log) log.scrollTop = log.scrollHeight;

if (answer) {
  document.querySelector("[data-hint]").hidden = false;
  answer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    answer.form.requestSubmit();
  });
  // Sent aside, so that the page stays as it is; the message comes back by the stream like everybody's.
  answer.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(answer.form));
    const response = await fetch(answer.form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    // The page that the server leads to is this one. Any other answer is a refusal: the form shows it as without us.
    if (response?.type !== "opaqueredirect") {
      HTMLFormElement.prototype.submit.call(answer.form);
      return;
    }
    answer.value = "";
    answer.focus();
  });
}

// A ready answer, or a reason with what becomes of the request, comes to where one writes, without leaving the page.
const insert = document.querySelector("[data-insert]");
insert?.addEventListener("click", (event) => {
  event.preventDefault();
  const place = document.getElementById(insert.dataset.insert);
  const chosen = document.getElementById("canned").selectedOptions[0];
  place.setRangeText(chosen.dataset.text, place.selectionStart, place.selectionEnd, "end");
  const becomes = document.getElementById(insert.dataset.becomes ?? "to");
  if (becomes && chosen.dataset.to) becomes.value = chosen.dataset.to;
  place.focus();
});

// Choosing several lines: all at once, and how many are chosen.
const all = document.querySelector("input[data-all]");
if (all) {
  const chosen = document.querySelector("[data-chosen]");
  const boxes = [...document.querySelectorAll('input[name="reference"]')];
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    chosen.textContent = ticked ? chosen.dataset.words.replace("#", ticked) : "";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

// One-letter keys, for those who want them (WCAG 2.2, 2.1.4: they are off until they are turned on). A page that is made
// for the keyboard has them on from the beginning; one can turn them off.
const offered = () => document.querySelector("[data-keys]");
const on = () => (localStorage.getItem("guichet-keys") ?? offered().dataset.keys) === "on";

/** Show the switch of the keys, on a page that has some. */
export function offerKeys() {
  const box = offered()?.querySelector("[data-keys-on]");
  if (!box) return;
  offered().hidden = false;
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem("guichet-keys", box.checked ? "on" : "off"));
}

offerKeys();
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || !offered() || !on()) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
});

/** Follow a training run: how far it is, and the page anew when it is over. */
const live = document.querySelector("[data-live]");
if (live) {
  const state = live.querySelector("[data-run-state]");
  const events = new EventSource("/admin/models/events");
  events.addEventListener("run", (event) => {
    const run = JSON.parse(event.data);
    state.textContent = state.dataset[run.state] ?? run.state;
    live.querySelector("[data-run-done]").value = run.done;
  });
  events.addEventListener("over", () => {
    events.close();
    if (!leaving) location.reload();
  });
}
