/** "Ask for a call": always on Today, also offline; after a session the number that answers at any hour first. */
import { offerNight } from "./night.js";
import { stateOf } from "./outbox.js";
import { fill, one } from "./page.js";
import { deliver } from "./sync.js";
import { wish, wished } from "./wishes.js";

/** @typedef {import("./list.js").List} List */

// A call asked for longer ago than this has been made, or is to be asked for again.
const LATELY = 24 * 3_600_000;

/** @param {List} list */
export async function offerCall(list) {
  const { call, help } = list;
  offerNight(list);
  const hours = call.hours || help.team.hours;
  fill("call-hours", hours);
  one("[data-hours]").hidden = !hours;
  const asked = (await wished("call"))
    .filter(({ sealedAt }) => Date.now() - Date.parse(sealedAt) < LATELY)
    .at(-1);
  one("#ask").hidden = !!asked;
  const stands = asked && stateOf(asked, Date.now());
  const state = stands === "sent" && !hours ? "sent, some time" : stands;
  for (const each of document.querySelectorAll("[data-asked]")) {
    /** @type {HTMLElement} */ (each).hidden = each.getAttribute("data-asked") !== state;
  }
  one("#ask button").onclick = () => ask(list);
}

/** @param {List} list */
async function ask(list) {
  const button = /** @type {HTMLButtonElement} */ (one("#ask button"));
  button.disabled = true;
  try {
    await wish(list, "call");
    await offerCall(list);
    await deliver(list.epoch);
    await offerCall(list);
  } finally {
    button.disabled = false;
  }
}
