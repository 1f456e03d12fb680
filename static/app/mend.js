/**
 * Makes sure that a browser which was killed while it wrote can read its database once more (Chromium).
 *
 * It passes over the half record that the kill left and writes on behind it, which the start after that
 * cannot read: all would be lost. But once its log has grown past four megabytes it begins another and
 * drops the first. So each time the app is opened we write a little more than that, and take it away.
 */
const NAME = "mend";
const SIZE = 50_000;
const ROUNDS = 11;
const EACH = 10;
// Where little is free, that little belongs to the answers.
const ROOM = 100_000_000;
const PATIENCE = 2_000;

/** @type {Promise<unknown> | undefined} */
let mending;

/** Resolves once it is done, or cannot be done; another window that sleeps over it keeps nobody waiting. */
export const mend = () =>
  (mending ??= Promise.race([
    work().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, PATIENCE)),
  ]));

async function work() {
  if (!(await isNeeded())) return;
  const db = await open();
  const filling = crypto.getRandomValues(new Uint8Array(SIZE));
  // In small steps, so that nobody's finger waits.
  for (let round = 0; round < ROUNDS; round += 1) await fill(db, filling, round * EACH);
  db.close();
  await empty();
  sessionStorage.setItem(NAME, "done");
}

/** Another page of the same opening has done it, unless this one was restored after an end of all. */
async function isNeeded() {
  if (!("userAgentData" in navigator)) return false;
  const [how] = /** @type {PerformanceNavigationTiming[]} */ (
    performance.getEntriesByType("navigation")
  );
  if (sessionStorage.getItem(NAME) && how?.type === "navigate") return false;
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return quota - usage > ROOM;
}

/** @returns {Promise<IDBDatabase>} */
const open = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(NAME);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {IDBDatabase} db @param {Uint8Array} filling @param {number} from */
const fill = (db, filling, from) =>
  new Promise((resolve, reject) => {
    const transaction = db.transaction(NAME, "readwrite", { durability: "relaxed" });
    const store = transaction.objectStore(NAME);
    for (let at = from; at < from + EACH; at += 1) store.put(filling, at);
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });

const empty = () =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
