/**
 * The inbox: another meaning is found by typing some letters of it, and Enter takes the first one that is left. An answer
 * is sent aside and the next message put in the place of this one: to load the page anew took most of the wait.
 */

import { announce, offerKeys } from "./console.js";

const main = document.getElementById("main");
let sending = false;

/** Send a form aside; what comes is the page that the server leads to, or nothing when no answer came. */
function send(address, body) {
  return new Promise((resolve) => {
    // The one way to get a page as a document: no text of ours becomes markup (Trusted Types).
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.onloadend = () => resolve(request);
    request.send(body);
  });
}

/** Put another page of the server in the place of this one. */
function show(next, address) {
  main.replaceChildren(...next.getElementById("main").childNodes);
  document.title = next.title;
  history.replaceState(null, "", address);
  scrollTo(0, 0);
  offerKeys();
  begin();
  (main.querySelector("[autofocus]") ?? main).focus();
  const said = [main.querySelector("[role=status]"), main.querySelector(".asked") ?? main.querySelector("h1")];
  announce(said.map((part) => part?.textContent.trim() ?? "").join(" "), false);
}

document.addEventListener("submit", async (event) => {
  if (!main.contains(event.target) || event.target.dataset.plain) return;
  event.preventDefault();
  // A key held down, or pressed while the next message comes, labels nothing twice.
  if (sending) return;
  sending = true;
  const { target: form, submitter } = event;
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const answered = await send(address, body);
  sending = false;
  if (answered.response) {
    show(answered.response, answered.responseURL);
  } else {
    // Without an answer the browser sends it as without us, and tells in its own words what is wrong.
    form.dataset.plain = "yes";
    form.requestSubmit(submitter);
  }
});

function begin() {
  const label = document.querySelector("[data-label]");
  if (!label) return;
  for (const part of label.querySelectorAll("[data-filter], [data-all-do]")) part.hidden = false;
  const filter = document.getElementById("filter");
  const choices = [...label.querySelectorAll(".choice")];
  const name = document.getElementById("name");

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const left = () => choices.filter((choice) => !choice.hidden);

  const narrow = () => {
    const wanted = folded(filter.value).split(/\s+/).filter(Boolean);
    for (const choice of choices) {
      const words = folded(choice.dataset.words);
      choice.hidden = !wanted.every((each) => words.includes(each));
    }
    for (const family of label.querySelectorAll(".choose fieldset")) {
      family.hidden = !family.querySelector(".choice:not([hidden])");
    }
    left().forEach((choice, place) => choice.classList.toggle("first", place === 0 && wanted.length > 0));
  };

  filter.addEventListener("input", narrow);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (filter.value.trim()) left()[0]?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      left()[0]?.focus();
    }
  });

  for (const choice of choices) {
    choice.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      (left()[left().indexOf(choice) + step] ?? filter).focus();
    });
  }

  for (const part of label.querySelectorAll("[data-choose]")) {
    // At once, and not when the browser tells that it has opened: the next letters are already for the field.
    part.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      part.open = !part.open;
      if (part.open) part.querySelector("input").focus();
    });
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      part.open = false;
      part.querySelector("summary").focus();
    });
  }

  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (name.value.trim()) label.querySelector("[value=new]").click();
  });

  label.querySelector("[data-all-do] button")?.addEventListener("click", () => {
    const boxes = [...label.querySelectorAll("[name=also]")];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}

begin();
