/** Where something finished is by now: on this phone only, arrived, or with us in a second copy as well. */
import { stateOf } from "./outbox.js";

/** @typedef {import("./outbox.js").State | "copied"} Standing */

/**
 * What the participant reads of a record. Its receipt may be of the day before; the list knows better.
 * @param {import("./outbox.js").Outgoing} record
 * @param {{ id: string, copied?: boolean }[]} done what the server said that it has
 * @param {number} now
 * @returns {Standing}
 */
export function standingOf(record, done, now) {
  const state = stateOf(record, now);
  const safe = record.delivery?.receipt?.backed_up;
  const listed = done.some(({ id, copied }) => id === record.id && copied);
  return state === "sent" && (safe || listed) ? "copied" : state;
}
