/** Writing notes down, each sealed; and forgetting whoever held this phone. A form does neither. */
import { get, transact } from "./store.js";

/** @returns {Promise<CryptoKey>} */
async function noteKey() {
  const found = await get("keys", "notes");
  if (found) return /** @type {CryptoKey} */ (found);
  const kind = { name: "AES-GCM", length: 256 };
  const made = await crypto.subtle.generateKey(kind, false, ["encrypt", "decrypt"]);
  await transact("readwrite", ({ keys }) => {
    // Another window may have been first: its key stays.
    const look = keys.get("notes");
    look.onsuccess = () => look.result ?? keys.put(made, "notes");
  });
  return /** @type {Promise<CryptoKey>} */ (get("keys", "notes"));
}

/** Keep a note sealed under a key that never leaves this browser. @param {string} name @param {unknown} value */
export async function keep(name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await noteKey(), plain);
  await transact("readwrite", ({ kept }) => void kept.put({ iv, ct }, name));
}

/** Forget this person: list, drafts, keys, pages. What waits to be delivered is sealed and stays. */
export async function wipe() {
  await transact("readwrite", ({ keys, kept, drafts }) => {
    for (const store of [keys, kept, drafts]) store.clear();
  });
  await caches.delete("forms");
}
