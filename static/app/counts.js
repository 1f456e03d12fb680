/** What this phone sealed and what still waits, told to the server: staff see any difference of one. */

import { keep } from "./keeping.js";
import { records } from "./outbox.js";
import { kept } from "./store.js";

/** @typedef {import("./outbox.js").Outgoing} Outgoing */
/** @typedef {"call" | "outside"} Kind */

/** What was sealed and is no form, by the record's id. @returns {Promise<Record<string, Kind>>} */
export const wishes = async () => (await kept("wishes")) ?? {};

/**
 * Count what this very connection sealed; words for somebody outside the team are in no count.
 * @param {Outgoing[]} outgoing
 * @param {string} place
 * @param {Record<string, Kind>} known
 */
export function countOf(outgoing, place, known) {
  const mine = outgoing.filter((each) => each.place === place && known[each.id] !== "outside");
  return { sealed: mine.length, waiting: mine.filter((each) => !each.delivery?.receipt).length };
}

/**
 * How many were forgotten after their time, so that the count goes on.
 * @param {import("./outbox.js").Sealed} record
 */
export async function noteForgotten({ id, place }) {
  if (!place || (await wishes())[id] === "outside") return;
  const before = /** @type {Record<string, number> | undefined} */ (await kept("forgotten"));
  await keep("forgotten", { ...before, [place]: (before?.[place] ?? 0) + 1 });
}

/** @param {import("./list.js").List} list */
export async function tellCounts({ locator }) {
  const before = /** @type {Record<string, number> | undefined} */ (await kept("forgotten"));
  const { sealed, waiting } = countOf(await records(), locator, await wishes());
  await fetch("/api/counts", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sealed: sealed + (before?.[locator] ?? 0), waiting }),
  }).catch(() => undefined);
}
