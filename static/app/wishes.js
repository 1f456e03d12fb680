/** What is sent and is no form: a call asked for, words for somebody outside. */
import { wishes } from "./counts.js";
import { localNow } from "./drafts.js";
import { keep } from "./keeping.js";
import { records } from "./outbox.js";
import { digest, sealEnvelope } from "./seal.js";
import { transact } from "./store.js";

/** @typedef {import("./outbox.js").Sealed} Sealed */
/** @typedef {import("./counts.js").Kind} Kind */

/**
 * Seal a wish and hand it to the outbox. What it is stands in a sealed note beside it: on the phone's
 * disk it looks like any form on its way.
 * @param {import("./list.js").List} list
 * @param {Kind} kind
 * @param {Record<string, string>} more
 * @returns {Promise<Sealed>}
 */
export async function wish(list, kind, more = {}) {
  const id = crypto.randomUUID();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const payload = { kind, finished_at: localNow(), zone: timeZone, ...more };
  const body = await sealEnvelope(list.key, id, payload);
  const record = {
    id,
    assessment: crypto.randomUUID(),
    place: list.locator,
    body,
    digest: await digest(body),
    sealedAt: new Date().toISOString(),
  };
  await remember(id, kind);
  await transact("readwrite", ({ outbox }) => void outbox.add(record));
  return record;
}

/** Before the record itself: a note too many does no harm. @param {string} id @param {Kind} kind */
async function remember(id, kind) {
  const known = await wishes();
  const still = (await records()).filter((each) => known[each.id]);
  const before = Object.fromEntries(still.map((each) => [each.id, known[each.id]]));
  await keep("wishes", { ...before, [id]: kind });
}

/** What was wished for and lies in the outbox, the oldest first. @param {Kind} kind */
export async function wished(kind) {
  const known = await wishes();
  return (await records()).filter(({ id }) => known[id] === kind);
}
