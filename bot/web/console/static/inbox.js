/** The inbox: another meaning is found by typing some letters of it, and Enter takes the first one that is left. */

const label = document.querySelector("[data-label]");

if (label) {
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

  // A key held down, or pressed while the next message comes, labels nothing twice.
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => (sent = false));
}
