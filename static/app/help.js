/** "Help now": whom to call, from the sealed list, offline too; and whether somebody has seen the last words. */
import "./page.js";
import { keptList } from "./list.js";
import { offerNight } from "./night.js";
import { records, stateOf } from "./outbox.js";
import { all } from "./store.js";

/** @param {string} id */
const one = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const template = /** @type {HTMLTemplateElement} */ (document.getElementById("call"));

/** @param {string} label @param {string} phone @param {string} about */
function call(label, phone, about) {
  const row = /** @type {HTMLElement} */ (template.content.cloneNode(true));
  const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
  link.href = `tel:${phone.replaceAll(" ", "")}`;
  /** @type {HTMLElement} */ (link.querySelector("span")).textContent = label;
  /** @type {HTMLElement} */ (link.querySelector("b")).textContent = phone;
  /** @type {HTMLElement} */ (row.querySelector("p")).textContent = about;
  return row;
}

async function show() {
  const list = await keptList().catch(() => undefined);
  one("stranger").hidden = !!list;
  if (!list) return;
  offerNight(list);
  for (const { label, phone, hours, note } of list.help.contacts) {
    one("contacts").append(call(label, phone, [hours, note].filter(Boolean).join(". ")));
  }
  const { team } = list.help;
  if (team.phone) {
    const row = call(team.name, team.phone, team.hours).querySelector("li");
    one("team").append(...(row?.childNodes ?? []));
    one("team").hidden = false;
  }
  const waiting = (await records()).some((each) => stateOf(each, Date.now()) !== "sent");
  // What was begun and never sent has been seen by nobody either; after leaving it never will be.
  const begun = (await all("drafts")).length > 0;
  const left = !!list.ended?.left;
  one("waiting").hidden = !waiting && (left || !begun);
  one("unsent").hidden = !left || !begun;
}

show();
