/**
 * What this phone keeps: one IndexedDB, every write on the disk before it counts, nothing readable in it.
 *
 * keys: key objects that scripts cannot export. kept: sealed notes (the private list). drafts: sealed.
 * outbox: sealed envelopes, never changed. deliveries: what became of each.
 */

const STORES = /** @type {const} */ (["keys", "kept", "drafts", "outbox", "deliveries"]);
/** @typedef {typeof STORES[number]} Name */
/** @typedef {Record<Name, IDBObjectStore>} Stores */

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function connect() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("attune", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("kept");
      request.result.createObjectStore("drafts", { keyPath: "id" });
      request.result.createObjectStore("outbox", { keyPath: "id" });
      request.result.createObjectStore("deliveries", { keyPath: "id" });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const forget = () => {
        opening = undefined;
      };
      request.result.onclose = forget;
      request.result.onversionchange = () => {
        request.result.close();
        forget();
      };
      resolve(request.result);
    };
  });
}

/**
 * @template T
 * @param {IDBDatabase} db
 * @param {IDBTransactionMode} mode
 * @param {(stores: Stores) => IDBRequest<T> | void} work
 * @returns {Promise<T>}
 */
function attempt(db, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORES, mode, { durability: "strict" });
    const stores = Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)]));
    const request = work(/** @type {Stores} */ (stores));
    transaction.oncomplete = () => resolve(/** @type {T} */ (request?.result));
    transaction.onabort = () => reject(transaction.error ?? new Error("not kept"));
  });
}

/**
 * Run one transaction over all stores. It resolves once everything is on the disk.
 *
 * iOS may lose the database under a running page; opening it anew helps, repeating alone does not.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(stores: Stores) => IDBRequest<T> | void} work
 * @returns {Promise<T>}
 */
export async function transact(mode, work) {
  opening ??= connect();
  try {
    return await attempt(await opening, mode, work);
  } catch (error) {
    const lost = error instanceof DOMException && /InvalidState|Unknown/.test(error.name);
    opening = undefined;
    if (!lost) throw error;
    opening = connect();
    return attempt(await opening, mode, work);
  }
}

/** @template T @param {Name} store @param {string} id @returns {Promise<T | undefined>} */
export const get = (store, id) => transact("readonly", (stores) => stores[store].get(id));

/** @template T @param {Name} store @returns {Promise<T[]>} */
export const all = (store) => transact("readonly", (stores) => stores[store].getAll());

/** @template T @param {string} name @returns {Promise<T | undefined>} */
export async function kept(name) {
  const [found, key] =
    /** @type {[{ iv: BufferSource, ct: BufferSource } | undefined, CryptoKey]} */ (
      await Promise.all([get("kept", name), get("keys", "notes")])
    );
  if (!found) return undefined;
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, key, found.ct);
  return JSON.parse(new TextDecoder().decode(plain));
}
