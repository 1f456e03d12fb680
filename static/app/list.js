/** The private list: what this phone may answer, fetched when the server is in reach, kept sealed. */
import { keep, wipe } from "./keeping.js";
import { kept } from "./store.js";

/** @typedef {{ id: string, name: string }} Person */
/**
 * @typedef {object} Due
 * @property {string} id
 * @property {string} form
 * @property {Record<string, string>} [forms] the same form in every language that it can be answered in
 * @property {string} title
 * @property {number} minutes
 * @property {Person | null} about
 * @property {{ id: string, text: string } | null} [event] what the form names, as the participant once told it
 * @property {(Person & { assessment: string })[]} others
 * @property {string} opens_at
 * @property {string} target_at
 * @property {string} closes_at
 * @property {string} [offered_until] past closing it may still be welcome, and is then marked as late
 * @property {string} state
 * @property {boolean} openable whether its sentences are more than samples
 */
/** @typedef {{ label: string, phone: string, hours: string, note: string }} Contact */
/**
 * @typedef {object} List
 * @property {string} now
 * @property {string} epoch
 * @property {string} locator
 * @property {string} person
 * @property {{ guide: string, guides: string }} words
 * @property {boolean} pin
 * @property {boolean} reminders
 * @property {{ form: string, forms?: Record<string, string>, done: boolean, confirmed: boolean }} practice
 * @property {import("./seal.js").ServerKey} key
 * @property {{ contacts: Contact[], team: { name: string, phone: string, hours: string } }} help
 * @property {{ hours: string, out_of_hours: string, after_sessions: { from: string, until: string }[] }} call
 * @property {{ title: string, where: string, kept: string, results: string, rated: boolean, raters: boolean }} [study] what About this study says
 * @property {{ name: string, role: string, ethics: { name: string, phone: string, email: string } }} [outside] whom to tell what the treatment team is not to know
 * @property {{ id: string, assessment: string, title: string, name: string, at: string, copied?: boolean }[]} done what was sent, the newest first
 * @property {{ at: string, left?: boolean, results: string, help_until: string } | null} ended after the last form, or since they left
 * @property {string} language
 * @property {string} zone
 * @property {Due[]} assessments
 * @property {{ form: string, opens_at: string, closes_at: string }[]} [ahead] pages of what opens once a visit is confirmed
 * @property {number} skew milliseconds by which the server's clock is ahead of this phone's
 * @property {Record<string, { title: string, name: string }>} titles what was ever listed, by assessment
 */
/** @typedef {"fresh" | "offline" | "unbound"} Reach */

/** @returns {Promise<List | undefined>} */
export const keptList = () => kept("list");

/**
 * Ask for the list anew. A phone that was revoked is wiped; one that only lost its cookie keeps all.
 * @returns {Promise<{ reach: Reach, list: List | undefined }>}
 */
export async function refresh() {
  try {
    const response = await fetch("/api/list", { cache: "no-store" });
    if (response.status === 401) return unbound();
    if (!response.ok) return { reach: "offline", list: await keptList() };
    const list = /** @type {List} */ (await response.json());
    let before = await keptList();
    if (before && before.person !== list.person) {
      await wipe();
      before = undefined;
    }
    list.skew = Date.parse(list.now) - Date.now();
    list.titles = { ...before?.titles };
    for (const { id, title, about } of list.assessments) {
      list.titles[id] = { title, name: about?.name ?? "" };
    }
    await keep("list", list);
    return { reach: "fresh", list };
  } catch {
    return { reach: "offline", list: await keptList() };
  }
}

/** @returns {Promise<{ reach: Reach, list: List | undefined }>} */
async function unbound() {
  const response = await fetch("/api/standing", { cache: "no-store" });
  const { revoked } = await response.json();
  if (revoked) await wipe();
  return { reach: "unbound", list: await keptList() };
}
