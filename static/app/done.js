/** "Done": what was sent and when; what stands in it only after the PIN, and for some minutes. */
import { clock } from "./dates.js";
import { keptList, refresh } from "./list.js";
import { records, stateOf } from "./outbox.js";
import { copy, fill, one } from "./page.js";
import { openReading } from "./pin.js";
import { keepDelivering } from "./sync.js";

/** @typedef {import("./list.js").List} List */

let wanted = "";

/** @param {List} list */
async function show(list) {
  // What has arrived while its receipt was lost on the way stands in the list already.
  const there = new Set(list.done.map(({ id }) => id));
  const waiting = (await records()).filter(
    (each) =>
      list.titles[each.assessment] && stateOf(each, Date.now()) !== "sent" && !there.has(each.id),
  );
  const rows = waiting.map((each) => {
    const { title, name } = list.titles[each.assessment] ?? { title: "", name: "" };
    return row(title, name, clock(each.sealedAt, list.zone), "phone");
  });
  for (const each of list.done) {
    const state = each.copied ? "copied" : "sent";
    const shown = row(each.title, each.name, clock(each.at, list.zone), state);
    const button = one("button", shown);
    button.hidden = !list.pin;
    button.onclick = () => read(each.id);
    rows.push(shown);
  }
  one("#list").replaceChildren(...rows);
  one("#nothing").hidden = rows.length > 0;
  one("#by-pin").hidden = !list.pin;
  one("#none").hidden = list.pin || !rows.length;
  one("#done").hidden = false;
}

/** @param {string} title @param {string} name @param {string} when @param {string} state */
function row(title, name, when, state) {
  const shown = copy("row");
  one("strong", shown).textContent = title;
  one(".about", shown).hidden = !name;
  fill("about", name, shown);
  one(".quiet", shown).textContent = when;
  // What is on the phone only cannot be read back: it is sealed.
  one("button", shown).hidden = state === "phone";
  for (const each of shown.querySelectorAll("[data-state]")) {
    if (each.getAttribute("data-state") !== state) each.remove();
  }
  return shown;
}

/** @param {string} id */
async function read(id) {
  wanted = id;
  const response = await fetch(`/api/sent/${id}`, { cache: "no-store" }).catch(() => undefined);
  one("#unreachable").hidden = !!response && response.status !== 404;
  if (response?.status === 423) return ask();
  if (!response?.ok) return;
  const { title, answers } = await response.json();
  one("#what h2").textContent = title;
  const lines = answers.map((/** @type {{ asked: string, given: string }} */ each) => {
    const line = copy("line");
    one("dt", line).textContent = each.asked;
    if (each.given) one("dd", line).textContent = each.given;
    return line;
  });
  one("#what dl").replaceChildren(...lines);
  one("#pin-form").hidden = true;
  one("#what").hidden = false;
  one("#what h2").focus();
}

function ask() {
  one("#what").hidden = true;
  one("#pin-form").hidden = false;
  one("#pin").focus();
}

/** @param {Event} event */
async function unlock(event) {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (one("#pin"));
  if (!field.value) return field.focus();
  const answer = await openReading(field.value).catch(() => undefined);
  field.value = "";
  const wrong = answer === "none" ? one("#none").textContent : answer?.ok ? "" : answer?.error;
  one("#pin-error").textContent = wrong ?? one("#unreachable").textContent;
  one("#pin-error").hidden = answer !== undefined && wrong === "";
  if (answer !== "none" && answer?.ok) await read(wanted);
}

async function close() {
  one("#what").hidden = true;
  await fetch("/api/reading", { method: "DELETE" }).catch(() => undefined);
}

async function start() {
  one("#pin-form").addEventListener("submit", unlock);
  one("#close").addEventListener("click", close);
  // Whoever lays the phone aside leaves nothing open on it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") one("#what").hidden = true;
  });
  const known = await keptList();
  if (known) await show(known);
  const { list } = await refresh();
  if (!list) return location.replace("/");
  await show(list);
  await keepDelivering(list.epoch, () => undefined);
  await show((await refresh()).list ?? list);
}

start().catch(() => location.replace("/"));
