/** Questions that hang on answers above them: which are shown, as answers stand now. */

import { readConditions, shown } from "./expression.js";
import { read } from "./screen.js";

/**
 * Return what looks again, and tells which items are shown.
 * @param {HTMLElement[]} every
 * @param {(items: HTMLElement[]) => void} tell
 */
export function branch(every, tell) {
  const conditions = readConditions(every);
  const idOf = (/** @type {HTMLElement} */ item) => item.dataset.item ?? "";
  return () => {
    const values = Object.fromEntries(every.map((item) => [idOf(item), read(item)]));
    const found = shown(conditions, values);
    tell(every.filter((item) => found.has(idOf(item))));
  };
}
