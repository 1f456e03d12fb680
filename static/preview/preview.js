/** A form tried at a desk: shows and hides as the phone does, and asks the server what it would score. */
import { readConditions, shown } from "../app/expression.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("#form"));
const scores = /** @type {HTMLElement} */ (document.querySelector("#scores"));
const items = /** @type {HTMLElement[]} */ (Array.from(form.querySelectorAll("[data-item]")));
const conditions = readConditions(items);
let asked = 0;

/** @param {HTMLElement} item @returns {unknown} */
function read(item) {
  const inputs = /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ (
    Array.from(item.querySelectorAll("[name]"))
  );
  const ticked = inputs.filter((input) => "checked" in input && input.checked);
  const typed = inputs[0]?.value.trim() ?? "";
  switch (item.dataset.kind) {
    case "choice":
    case "yes-no":
      return ticked[0] && Number(ticked[0].value);
    case "multi-choice":
      return ticked.length ? ticked.map(({ value }) => Number(value)) : undefined;
    case "number":
    case "scale":
      return typed ? number(typed) : undefined;
    default:
      return typed || undefined;
  }
}

/** What is no number goes as it stands: the server says so under its question. @param {string} typed */
function number(typed) {
  const found = Number(typed.replace(",", "."));
  return Number.isNaN(found) ? typed : found;
}

async function refresh() {
  const values = Object.fromEntries(items.map((item) => [item.dataset.item ?? "", read(item)]));
  const found = shown(conditions, values);
  for (const item of items) item.hidden = !found.has(item.dataset.item ?? "");
  const answers = Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([item, value]) => [item, { state: "answered", value }]),
  );
  asked += 1;
  const mine = asked;
  const { score = "", token = "" } = form.dataset;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const response = await fetch(score, { method: "POST", headers, body: JSON.stringify(answers) });
  const told = await response.json();
  // A slow answer to an earlier question must not overwrite a later one.
  if (mine === asked) tell(told);
}

/** @typedef {{ label: string, value: number | string | null, range: string, band: string, reason: string }} Line */
/** @param {{ scores: Line[], wrong: Record<string, string> }} told */
function tell(told) {
  for (const item of items) complain(item, told.wrong[item.dataset.item ?? ""] ?? "");
  const rows = told.scores.map(({ label, value, range, band, reason }) => {
    const row = document.createElement("li");
    const name = document.createElement("strong");
    const why = document.createElement("p");
    name.textContent = label;
    why.className = "quiet";
    why.textContent = [band, reason].filter(Boolean).join(". ");
    row.append(name, value === null ? ": –" : `: ${value}${range && ` (${range})`}`);
    if (why.textContent) row.append(why);
    return row;
  });
  scores.replaceChildren(...rows);
}

/** Say under a question what is wrong with its answer. @param {HTMLElement} item @param {string} why */
function complain(item, why) {
  item.querySelector(":scope > .error")?.remove();
  if (!why) return;
  const told = document.createElement("p");
  told.className = "error";
  told.textContent = why;
  item.append(told);
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", refresh);
if (form.querySelector("[data-scale]")) (await import("../app/scale.js")).lines(form);
refresh();
