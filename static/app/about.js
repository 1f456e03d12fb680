/** "About this study": what the list knows of it, filled into sentences that hold for every study. */
import { keptList, refresh } from "./list.js";
import { fill, one } from "./page.js";

/** @typedef {import("./list.js").List} List */

/** @param {string} selector @param {boolean} seen */
function reveal(selector, seen) {
  for (const each of document.querySelectorAll(selector)) {
    /** @type {HTMLElement} */ (each).hidden = !seen;
  }
}

/** @param {List} list */
function show({ study, outside, help, words }) {
  for (const [name, value] of Object.entries(study ?? {})) {
    reveal(`[data-has="${name}"]`, !!value);
    fill(name, String(value));
  }
  reveal("[data-guides]", true);
  fill("guides", words.guides);
  reveal("[data-outside]", !!outside?.name);
  fill("outside", [outside?.name, outside?.role].filter(Boolean).join(", "));
  call("team", help.team);
  call("ethics", { ...outside?.ethics, hours: "" });
}

/** @param {string} whom @param {{ name?: string, phone?: string, hours?: string }} contact */
function call(whom, { name = "", phone = "", hours = "" }) {
  const line = one(`[data-call="${whom}"]`);
  line.hidden = !phone;
  one("a", line).setAttribute("href", `tel:${phone.replaceAll(" ", "")}`);
  one("span", line).textContent = name;
  one("b", line).textContent = phone;
  if (hours) one("p", line).textContent = hours;
}

async function start() {
  const known = await keptList();
  if (known) show(known);
  const { list } = await refresh();
  if (list) show(list);
}

start();
