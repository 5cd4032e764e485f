"use strict";
const bar = document.querySelector(".bar"), group = document.querySelector("#group");
let wanted = "";
function show() {
  for (const each of document.querySelectorAll("[data-group]")) {
    each.hidden = (wanted && each.dataset.change !== wanted) || (group.value && each.dataset.group !== group.value);
  }
  for (const section of document.querySelectorAll("section.list, .cause")) {
    section.hidden = !section.querySelector("[data-group]:not([hidden])");
    if (wanted && section.querySelector("details.folded")) section.querySelector("details.folded").open = true;
  }
}
if (bar) {
  bar.hidden = false;
  group.addEventListener("change", show);
  for (const button of bar.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      wanted = wanted === button.dataset.wanted ? "" : button.dataset.wanted;
      for (const other of bar.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other.dataset.wanted === wanted));
      show();
    });
  }
}
function open() {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  if (named.matches(".cause")) named.querySelector("details").open = true;
  for (let each = named; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  named.scrollIntoView();
}
addEventListener("hashchange", open);
open();
