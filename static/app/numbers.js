/** What is said to a number that does not fit: only forms that ask for numbers load it. */
import { fields, fill, one } from "./screen.js";

/** Say which numbers fit. @param {HTMLElement} item */
export function complain(item) {
  const field = fields(item)[0];
  fill("low", field?.dataset.min || "…");
  fill("high", field?.dataset.max || "…");
  one("#odd").hidden = false;
  field?.focus();
}
