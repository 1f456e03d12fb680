/** Going on with what was begun: the phone's draft key, opened by the PIN, and what wrong PINs cost. */
import { aes, draftKeys, find, INFO, save } from "./drafts.js";
import { makeDraftKeys, open, unlock as unlockKeys } from "./seal.js";
import { transact } from "./store.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./drafts.js").Kept} Kept */

const MOST_TRIES = 10;
// After the third wrong PIN a pause, twice as long each time: a kitchen table tires of that.
const FREE_TRIES = 3;
const FIRST_PAUSE = 30_000;

/** Make the phone's draft key. Drafts begun under an earlier one are lost with it. @param {string | null} pin */
export async function choosePin(pin) {
  const made = await makeDraftKeys(pin);
  await transact("readwrite", ({ keys, drafts }) => {
    drafts.clear();
    keys.put(made, "drafts");
  });
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
