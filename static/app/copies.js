/**
 * A second copy of what waits for its receipt, in the browser's cache instead of its database.
 *
 * A browser that is killed in the middle of a write may find its whole database damaged later, and then
 * throws it away. What was finished by then is brought back from here. It is sealed, as in the outbox.
 */
import { digest } from "./seal.js";
import { transact } from "./store.js";

/** @typedef {import("./outbox.js").Outgoing} Outgoing */
/** @typedef {import("./outbox.js").Sealed} Sealed */

const NAME = "outbox";

/** Let both places hold what waits. @param {Outgoing[]} outgoing all that the outbox holds */
export async function keepTwice(outgoing) {
  const missing = await agree(outgoing, await caches.open(NAME));
  if (!missing.length) return;
  await transact("readwrite", ({ outbox }) => {
    for (const record of missing) outbox.put(record);
  });
}

/**
 * Copy what has no receipt, drop the copy of what has one, and return what the outbox lacks.
 * @param {Outgoing[]} outgoing
 * @param {Pick<Cache, "keys" | "match" | "put" | "delete">} cache
 * @returns {Promise<Sealed[]>}
 */
export async function agree(outgoing, cache) {
  const known = new Map(outgoing.map((each) => [each.id, each]));
  const missing = [];
  const copied = new Set();
  for (const request of await cache.keys()) {
    const id = request.url.slice(request.url.lastIndexOf("/") + 1);
    copied.add(id);
    const record = known.get(id);
    if (record?.delivery?.receipt) await cache.delete(request);
    else if (!record) missing.push(await whole(await cache.match(request)));
  }
  for (const { delivery, ...record } of outgoing) {
    if (delivery?.receipt || copied.has(record.id)) continue;
    await cache.put(`/outbox/${record.id}`, new Response(JSON.stringify(record)));
  }
  return missing.filter((record) => !!record);
}

/** What a copy holds, if it is still what was sealed. @param {Response | undefined} copy */
async function whole(copy) {
  const record = /** @type {Sealed | undefined} */ (await copy?.json().catch(() => undefined));
  return record?.digest === (await digest(record?.body ?? "")) ? record : undefined;
}
