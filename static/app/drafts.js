/**
 * What somebody has begun to answer. Every change is kept; nothing of it lies readable on the phone.
 *
 * Each draft has a key of its own, sealed to the phone's draft key. So beginning asks for no PIN, and
 * going on after a reload does. The id that the response will have is born here.
 *
 * At the end: how an answer stands in the fields of a page.
 */
import { makeDraftKeys, open, sealTo, unlock as unlockKeys } from "./seal.js";
import { all, get, transact } from "./store.js";

/** @typedef {import("./seal.js").Box} Box */
/** @typedef {import("./seal.js").DraftKeys} DraftKeys */
/** @typedef {{ state: "answered" | "skipped", value?: unknown }} Answer */
/** @typedef {{ item: string, at: string, was: unknown }} Change */
/**
 * @typedef {object} Content
 * @property {string} beganAt
 * @property {number} elapsed milliseconds that the form was on the screen
 * @property {string} place the step shown last
 * @property {Record<string, Answer>} answers
 * @property {Change[]} changes
 * @property {Record<string, number>} times
 */
/** @typedef {{ id: string, assessment: string, form: string, savedAt: string, lock: Box, iv: BufferSource, ct: BufferSource }} Kept */
/** @typedef {{ id: string, assessment: string, form: string, lock: Box, key: CryptoKey, content: Content, saving: Promise<void> }} Draft */

const INFO = "attune-draft-1";
const MOST_TRIES = 10;
// After the third wrong PIN a pause, twice as long each time: a kitchen table tires of that.
const FREE_TRIES = 3;
const FIRST_PAUSE = 30_000;

/** @returns {Promise<DraftKeys | undefined>} */
export const draftKeys = () => get("keys", "drafts");

/** Make the phone's draft key. Drafts begun under an earlier one are lost with it. @param {string | null} pin */
export async function choosePin(pin) {
  const made = await makeDraftKeys(pin);
  await transact("readwrite", ({ keys, drafts }) => {
    drafts.clear();
    keys.put(made, "drafts");
  });
}

/** @param {string} assessment @returns {Promise<Kept | undefined>} */
export async function find(assessment) {
  const found = /** @type {Kept[]} */ (await all("drafts"));
  return found.find((draft) => draft.assessment === assessment);
}

/** @typedef {{ leave?: string, stop?: string, found?: Kept, locked?: boolean }} Admission */

/**
 * Whether a form may be filled in here and now; if not, where to go or which page says why.
 * @param {import("./list.js").List} list
 * @param {string} assessment
 * @returns {Promise<Admission>}
 */
export async function admit(list, assessment) {
  const now = Date.now() + list.skew;
  const due = list.assessments.find(({ id }) => id === assessment);
  const open = due && Date.parse(due.opens_at) <= now && now < Date.parse(due.closes_at);
  const found = await find(assessment);
  if (assessment !== "practice") {
    if ((await away(list)).has(assessment)) return { leave: "/" };
    // What was begun in time may be finished: the server takes it in and says that it is late.
    if (!open && !found) return { stop: "gone" };
  }
  if (!(await hold(assessment))) return { stop: "elsewhere" };
  const keys = await draftKeys();
  if (!keys && list.pin) return { leave: "/join#pin" };
  if (!keys) await choosePin(null);
  return { found, locked: !!keys?.wrapped };
}

/**
 * Return the assessments whose answers have left since the list was fetched, or still wait to. What left
 * earlier the list knows best: it may ask again, after "I meant the other one".
 * @param {import("./list.js").List} list
 * @returns {Promise<Set<string>>}
 */
export async function away(list) {
  const fetched = Date.parse(list.now) - list.skew;
  const deliveries = /** @type {import("./outbox.js").Delivery[]} */ (await all("deliveries"));
  const receipts = new Map(deliveries.map(({ id, receipt }) => [id, receipt]));
  const sealed = /** @type {import("./outbox.js").Sealed[]} */ (await all("outbox"));
  const gone = sealed.filter(({ id, sealedAt }) => {
    const receipt = receipts.get(id);
    // What was finished offline may arrive after the list was fetched: the list asks for it still.
    const arrived = receipt && Date.parse(receipt.received_at) - list.skew;
    return arrived === undefined || Math.max(arrived, Date.parse(sealedAt)) >= fetched;
  });
  return new Set(gone.map(({ assessment }) => assessment));
}

/** @param {string} assessment @param {string} form @returns {Promise<Draft>} */
export async function begin(assessment, form) {
  const keys = await draftKeys();
  if (!keys) throw new Error("no draft key");
  const id = crypto.randomUUID();
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const lock = await sealTo(keys.publicKey, INFO, id, raw);
  const content = {
    beganAt: localNow(),
    elapsed: 0,
    place: "",
    answers: {},
    changes: [],
    times: {},
  };
  return { id, assessment, form, lock, key: await aes(raw), content, saving: Promise.resolve() };
}

/**
 * Open what was begun earlier. Returns how many tries are left when the PIN was wrong; after the last
 * one everything begun is wiped, whoever it was that tried.
 * @param {Kept} kept
 * @param {string} pin
 * @returns {Promise<Draft | number>}
 */
export async function resume(kept, pin) {
  const keys = await draftKeys();
  if (keys && (await pause())) return MOST_TRIES - keys.wrong;
  const privateKey = keys && (await unlockKeys(keys, pin));
  if (!keys || !privateKey) return wrongPin();
  if (keys.wrong) await countTries(() => 0);
  const key = await aes(await open(privateKey, INFO, kept.id, kept.lock));
  const how = { name: "AES-GCM", iv: kept.iv };
  const plain = await crypto.subtle.decrypt(how, key, kept.ct);
  const content = JSON.parse(new TextDecoder().decode(plain));
  const { id, assessment, form, lock } = kept;
  return { id, assessment, form, lock, key, content, saving: Promise.resolve() };
}

/** Milliseconds until another PIN may be tried. */
export async function pause() {
  const keys = await draftKeys();
  return Math.max(0, (keys?.until ?? 0) - Date.now());
}

async function wrongPin() {
  const left = MOST_TRIES - (await countTries((wrong) => wrong + 1));
  if (left <= 0) {
    await transact("readwrite", ({ keys, drafts }) => {
      drafts.clear();
      keys.delete("drafts");
    });
  }
  return left;
}

/** @param {(wrong: number) => number} next @returns {Promise<number>} */
async function countTries(next) {
  let count = 0;
  await transact("readwrite", ({ keys }) => {
    const look = keys.get("drafts");
    look.onsuccess = () => {
      if (!look.result) return;
      count = next(look.result.wrong);
      const more = count - FREE_TRIES;
      const until = more < 0 ? 0 : Date.now() + FIRST_PAUSE * 2 ** more;
      keys.put({ ...look.result, wrong: count, until }, "drafts");
    };
  });
  return count;
}

/** Keep the draft as it is now; resolves once it is on the disk. One write at a time, the last one wins. @param {Draft} draft */
export function save(draft) {
  const turn = draft.saving.catch(() => undefined).then(() => put(draft));
  draft.saving = turn;
  return turn;
}

/** @param {Draft} draft */
async function put(draft) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(draft.content));
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, draft.key, plain);
  const { id, assessment, form, lock } = draft;
  const kept = { id, assessment, form, lock, iv, ct, savedAt: new Date().toISOString() };
  await transact("readwrite", ({ drafts }) => void drafts.put(kept));
}

/**
 * "I meant the other guide": the draft goes to the other one's form. If that one was begun as well, the
 * two change places.
 * @param {Draft} draft
 * @param {string} assessment
 */
export async function move(draft, assessment) {
  const other = await find(assessment);
  if (other) {
    const back = { ...other, assessment: draft.assessment };
    await transact("readwrite", ({ drafts }) => void drafts.put(back));
  }
  draft.assessment = assessment;
  await save(draft);
}

/** @param {string} id */
export const discard = (id) => transact("readwrite", ({ drafts }) => void drafts.delete(id));

/** One window at a time writes a draft. @param {string} id @returns {Promise<boolean>} */
export const hold = (id) =>
  new Promise((resolve) => {
    // A reload lets go of it a moment after the new page asks.
    const signal = AbortSignal.timeout(1_500);
    navigator.locks
      .request(`draft-${id}`, { signal }, () => {
        resolve(true);
        return new Promise(() => undefined);
      })
      .catch(() => resolve(false));
  });

/** Device time with its offset, as the protocol of an answer wants it: 2027-03-01T18:04:05.678+01:00 */
export function localNow(now = new Date()) {
  const minutes = -now.getTimezoneOffset();
  const local = new Date(now.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const two = (/** @type {number} */ number) => String(Math.trunc(number)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

/** @param {BufferSource} raw */
const aes = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/** @param {HTMLElement} item */
export const fields = (item) =>
  /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ (
    Array.from(item.querySelectorAll("[name]"))
  );

/** What stands in a question: undefined when it is empty, NaN when it cannot be read. @param {HTMLElement} item */
export function read(item) {
  const inputs = fields(item);
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
      return typed ? number(typed, inputs[0]?.dataset ?? {}) : undefined;
    default:
      return typed ? inputs[0]?.value : undefined;
  }
}

/** @param {string} typed @param {DOMStringMap} limits */
function number(typed, { min, max, grain }) {
  const value = Number(typed.replace(",", "."));
  const low = min && value < Number(min);
  const high = max && value > Number(max);
  const steps = grain ? (value - Number(min || 0)) / Number(grain) : 0;
  return low || high || Math.abs(steps - Math.round(steps)) > 1e-6 ? Number.NaN : value;
}

/** @param {HTMLElement} item @param {unknown} value */
export function write(item, value) {
  const values = Array.isArray(value) ? value : [value];
  for (const input of fields(item)) {
    if (input.type === "radio" || input.type === "checkbox") {
      /** @type {HTMLInputElement} */ (input).checked = values.includes(Number(input.value));
    } else input.value = value === undefined ? "" : String(value);
  }
}

/**
 * Put into a draft what stands in a question; return whether that is news.
 * @param {Draft} draft
 * @param {HTMLElement} item
 */
export function note({ content: { answers, changes } }, item) {
  const id = item.dataset.item ?? "";
  const value = read(item);
  const before = answers[id];
  if (Number.isNaN(value) || JSON.stringify(before?.value) === JSON.stringify(value)) return false;
  if (before && changes.length < 500) {
    const was = typeof before.value === "string" ? before.value.slice(0, 200) : before.value;
    changes.push({ item: id, at: new Date().toISOString(), was: was ?? before.state });
  }
  if (value === undefined) delete answers[id];
  else answers[id] = { state: "answered", value };
  return true;
}

/** Add milliseconds to a question's time. @param {Draft} draft @param {string} item @param {number} time */
export function count({ content }, item, time) {
  content.times[item] = Math.round((content.times[item] ?? 0) + time);
  content.elapsed += time;
}
