/**
 * Finished responses on their way: sealed, never changed, kept until a receipt says that the server has
 * the very same bytes, and for a while after.
 */
import { localNow } from "./drafts.js";
import { digest, sealEnvelope } from "./seal.js";
import { all, transact } from "./store.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {{ id: string, digest: string, received_at: string, epoch: string, backed_up: boolean, conflict: boolean }} Receipt */
/** @typedef {{ id: string, assessment: string, place?: string, body: string, digest: string, sealedAt: string }} Sealed */
/** @typedef {{ id: string, tries: number, triedAt: string, refused: boolean, receipt?: Receipt }} Delivery */
/** @typedef {Sealed & { delivery?: Delivery }} Outgoing */
/** @typedef {"phone" | "sent" | "call"} State */

const HOUR = 3_600_000;
const STUCK = 48 * HOUR;
const KEPT_AFTER_BACKUP = 90 * 24 * HOUR;

/**
 * Seal a draft and hand it to the outbox in one transaction: it is never in neither place.
 * @param {Draft} draft
 * @param {import("./list.js").List} list
 * @param {Record<string, import("./drafts.js").Answer | { state: "unanswered" }>} answers
 * @returns {Promise<Sealed>}
 */
export async function send(draft, list, answers) {
  const { beganAt, elapsed, changes, times, forms } = draft.content;
  const due = list.assessments.find(({ id }) => id === draft.assessment);
  const payload = {
    kind: draft.assessment === "practice" ? "practice" : "response",
    assessment: draft.assessment,
    form: draft.form,
    language: document.documentElement.lang,
    about: due?.about?.id ?? null,
    event: due?.event?.id ?? null,
    began_at: beganAt,
    finished_at: localNow(),
    elapsed_ms: Math.round(elapsed),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    answers,
    process: { changes, times, ...(forms && { forms }) },
  };
  const body = await sealEnvelope(list.key, draft.id, payload);
  const { id, assessment } = draft;
  const sealedAt = new Date().toISOString();
  const place = list.locator;
  const record = { id, assessment, place, body, digest: await digest(body), sealedAt };
  await draft.saving.catch(() => undefined);
  await transact("readwrite", ({ outbox, drafts }) => {
    outbox.add(record);
    drafts.delete(id);
  });
  return record;
}

/** @returns {Promise<Outgoing[]>} the oldest first */
export async function records() {
  const sealed = /** @type {Sealed[]} */ (await all("outbox"));
  const deliveries = new Map(
    /** @type {Delivery[]} */ (await all("deliveries")).map((each) => [each.id, each]),
  );
  const joined = sealed.map((each) => ({ ...each, delivery: deliveries.get(each.id) }));
  return joined.sort((one, two) => one.sealedAt.localeCompare(two.sealedAt));
}

/**
 * What the participant reads: on this phone, sent, or please call us.
 * @param {Outgoing} record
 * @param {number} now
 * @returns {State}
 */
export function stateOf({ delivery, sealedAt }, now) {
  if (delivery?.receipt) return delivery.receipt.conflict ? "call" : "sent";
  if (delivery?.refused) return "call";
  return now - Date.parse(sealedAt) > STUCK ? "call" : "phone";
}

/**
 * Whether a record is to be offered: without receipt always; with one again when the server's database
 * began another life (a restore may lack it), and daily until it lies in a backup.
 * @param {Outgoing} record
 * @param {string} epoch the server's, as the private list told it
 * @param {number} now
 */
export function isToOffer({ delivery }, epoch, now) {
  if (!delivery?.receipt) return true;
  if (epoch && delivery.receipt.epoch !== epoch) return true;
  return !delivery.receipt.backed_up && now - Date.parse(delivery.triedAt) > 24 * HOUR;
}

/** Whether the sealed copy has done its duty. @param {Outgoing} record @param {number} now */
export function isToForget({ delivery }, now) {
  const receipt = delivery?.receipt;
  if (!receipt?.backed_up || receipt.conflict) return false;
  return now - Date.parse(receipt.received_at) > KEPT_AFTER_BACKUP;
}

/**
 * Whether an answer of the server is the receipt of these very bytes.
 * @param {Sealed} record
 * @param {any} answer
 * @returns {answer is Receipt}
 */
export function isReceipt(record, answer) {
  return answer?.id === record.id && answer?.digest === record.digest && !!answer.received_at;
}
