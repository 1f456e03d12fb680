/**
 * What somebody has begun to answer. Every change is kept; nothing of it lies readable on the phone.
 *
 * Each draft has a key of its own, sealed to the phone's draft key. So beginning asks for no PIN, and
 * going on after a reload does. The id that the response will have is born here.
 *
 * At the end: the box that this key lies in; seal.js opens it.
 */
import { all, get, transact } from "./store.js";

/** @typedef {{ epk: string, iv: string, ct: string }} Box */
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
 * @property {string[]} [forms] the pages it was answered on, if the language was changed: the first to the last
 */
/** @typedef {{ id: string, assessment: string, form: string, savedAt: string, lock: Box, iv: BufferSource, ct: BufferSource }} Kept */
/** @typedef {{ id: string, assessment: string, form: string, lock: Box, key: CryptoKey, content: Content, saving: Promise<void> }} Draft */

export const INFO = "attune-draft-1";

/** @returns {Promise<DraftKeys | undefined>} */
export const draftKeys = () => get("keys", "drafts");

/** @param {string} assessment @returns {Promise<Kept | undefined>} */
export async function find(assessment) {
  const found = /** @type {Kept[]} */ (await all("drafts"));
  return found.find((draft) => draft.assessment === assessment);
}

/** @typedef {{ leave?: string, stop?: string, found?: Kept, locked?: boolean }} Admission */

/**
 * Whether a form may be filled in here and now; if not, where to go or which page says why. All that it
 * takes to know is asked for at once: whoever comes back waits for this.
 * @param {import("./list.js").List} list
 * @param {string} assessment
 * @returns {Promise<Admission>}
 */
export async function admit(list, assessment) {
  const [found, gone, held, keys] = await Promise.all([
    find(assessment),
    away(list),
    hold(assessment),
    draftKeys(),
  ]);
  const now = Date.now() + list.skew;
  const due = list.assessments.find(({ id }) => id === assessment);
  const open =
    due && Date.parse(due.opens_at) <= now && now < Date.parse(due.offered_until ?? due.closes_at);
  if (assessment !== "practice") {
    if (gone.has(assessment)) return { leave: "/" };
    // What was begun in time may be finished: the server takes it in and says that it is late.
    if (!open && !found) return { stop: "gone" };
  }
  if (!held) return { stop: "elsewhere" };
  if (!keys && list.pin) return { leave: "/join#pin" };
  if (!keys) await (await import("./resuming.js")).choosePin(null);
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
  const [sealed, deliveries] = await Promise.all([
    /** @type {Promise<import("./outbox.js").Sealed[]>} */ (all("outbox")),
    /** @type {Promise<import("./outbox.js").Delivery[]>} */ (all("deliveries")),
  ]);
  const receipts = new Map(deliveries.map(({ id, receipt }) => [id, receipt]));
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
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  // "Mon Mar 01 2027 18:04:05 GMT+0100": the standard fixes every place up to here.
  const offset = String(now).slice(28, 33);
  return `${local.slice(0, -1)}${offset.slice(0, 3)}:${offset.slice(3)}`;
}

/** @param {BufferSource} raw */
export const aes = (raw) =>
  crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/** Add milliseconds to a question's time. @param {Draft} draft @param {string} item @param {number} time */
export function count({ content }, item, time) {
  content.times[item] = Math.round((content.times[item] ?? 0) + time);
  content.elapsed += time;
}

export const CURVE = { name: "ECDH", namedCurve: "P-256" };
export const encoder = new TextEncoder();

/** @param {Uint8Array | ArrayBuffer} data */
export function toBase64(data) {
  let text = "";
  for (const byte of new Uint8Array(data)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {number} size */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/**
 * @param {CryptoKey} privateKey
 * @param {CryptoKey} publicKey
 * @param {string} info
 */
export async function shared(privateKey, publicKey, info) {
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256);
  const material = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: encoder.encode(info) };
  const kind = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(how, material, kind, false, ["encrypt", "decrypt"]);
}

/**
 * Seal bytes so that only the holder of the private key opens them.
 * @param {CryptoKey} publicKey
 * @param {string} info what it is for: a box for one purpose does not open as another
 * @param {string} context what it belongs to: moved elsewhere it does not open
 * @param {BufferSource} plain
 * @returns {Promise<Box>}
 */
export async function sealTo(publicKey, info, context, plain) {
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const key = await shared(once.privateKey, publicKey, info);
  const iv = random(12);
  const additionalData = encoder.encode(context);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain);
  const epk = await crypto.subtle.exportKey("raw", once.publicKey);
  return { epk: toBase64(epk), iv: toBase64(iv), ct: toBase64(ct) };
}
