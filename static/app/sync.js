/**
 * Delivers the outbox: one record after the other, again and again until each has its receipt.
 *
 * No answer of the server makes it drop a record. A record that is refused waits longer and shows as
 * "please call us"; those behind it are delivered all the same.
 */
import { keepTwice } from "./copies.js";
import { noteForgotten } from "./counts.js";
import { mend } from "./mend.js";
import { isReceipt, isToForget, isToOffer, records } from "./outbox.js";
import { all, transact } from "./store.js";

/** @typedef {import("./outbox.js").Outgoing} Outgoing */
/** @typedef {import("./outbox.js").Delivery} Delivery */
/** @typedef {"received" | "refused" | "later"} Outcome */

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 300_000;
const PATIENCE = 30_000;

/** @param {number} tries @param {number} chance between 0 and 1, so that phones do not come all at once */
export function waitAfter(tries, chance) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.75 + chance / 2);
}

/**
 * Offer one record and say what came of it.
 * @param {Outgoing} record
 * @param {typeof fetch} ask
 * @param {string} now
 * @returns {Promise<{ outcome: Outcome, delivery: Delivery }>}
 */
export async function offer(record, ask, now) {
  const before = record.delivery;
  const tried = { id: record.id, tries: (before?.tries ?? 0) + 1, triedAt: now };
  const same = { ...tried, refused: before?.refused ?? false, receipt: before?.receipt };
  try {
    const response = await ask(`/api/envelopes/${record.id}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: record.body,
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer = response.ok ? await response.json() : null;
    if (isReceipt(record, answer)) {
      return { outcome: "received", delivery: { ...tried, refused: false, receipt: answer } };
    }
    // A proxy's login page, a rate limit, a broken server: all of these pass. Only "these bytes are no
    // envelope" does not, and even then they stay, for the team to look at.
    const hopeless = response.status === 400 || response.status === 413 || response.status === 422;
    return { outcome: hopeless ? "refused" : "later", delivery: { ...same, refused: hopeless } };
  } catch {
    return { outcome: "later", delivery: same };
  }
}

/**
 * Go through the outbox once. One window at a time does this.
 * @param {string} epoch
 * @returns {Promise<number>} how many still wait for a receipt
 */
export function deliver(epoch) {
  return navigator.locks.request("deliver", async () => {
    let waiting = 0;
    await keepTwice(await records()).catch(() => undefined);
    for (const record of await records()) {
      if (isToForget(record, Date.now())) {
        await noteForgotten(record);
        await forget(record.id);
        continue;
      }
      if (!isToOffer(record, epoch, Date.now())) continue;
      const { outcome, delivery } = await offer(record, fetch, new Date().toISOString());
      await transact("readwrite", ({ deliveries }) => void deliveries.put(delivery));
      if (outcome !== "received") waiting += 1;
      // The line or the server is down: those behind it would fare no better.
      if (outcome === "later") break;
    }
    return waiting;
  });
}

/**
 * Tell the server which forms were begun here, and since when; of what stands in them it learns nothing.
 * Told again it changes nothing, and untold it waits for the next time.
 * @param {typeof fetch} ask
 */
export async function tellBegun(ask = fetch) {
  const drafts = /** @type {import("./drafts.js").Kept[]} */ (await all("drafts"));
  const begun = drafts.filter(({ assessment }) => assessment !== "practice").slice(0, 100);
  if (!begun.length) return;
  await ask("/api/begun", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      begun: Object.fromEntries(begun.map(({ assessment, savedAt }) => [assessment, savedAt])),
    }),
    credentials: "same-origin",
    keepalive: true,
  }).catch(() => undefined);
}

/** @param {string} id */
const forget = (id) =>
  transact("readwrite", ({ outbox, deliveries }) => {
    outbox.delete(id);
    deliveries.delete(id);
  });

/**
 * Deliver now, and again after growing pauses, when the phone is back online or the page is looked at.
 * @param {string} epoch
 * @param {() => void} tell called after each round, to show what changed
 */
export function keepDelivering(epoch, tell) {
  let tries = 0;
  let timer = 0;
  mend();
  async function round() {
    clearTimeout(timer);
    const waiting = await deliver(epoch);
    tellBegun().catch(() => undefined);
    tell();
    if (!waiting) tries = 0;
    else timer = window.setTimeout(round, waitAfter(tries++, Math.random()));
  }
  addEventListener("online", round);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") round();
  });
  return round();
}
