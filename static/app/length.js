/** How long a text has become: a count that only tells, and a kind word past what was expected. */

export function tellLengths() {
  for (const field of document.querySelectorAll("[data-soft]")) {
    const typed = /** @type {HTMLInputElement} */ (field);
    typed.addEventListener("input", () => tell(typed));
    tell(typed);
  }
}

/** @param {HTMLInputElement} field */
function tell(field) {
  const item = /** @type {HTMLElement} */ (field.closest("[data-item]"));
  /** @param {string} selector */
  const one = (selector) => /** @type {HTMLElement} */ (item.querySelector(selector));
  const { length } = [...field.value];
  one("[data-count]").hidden = !length;
  one("[data-slot=count]").textContent = String(length);
  one("[data-long]").hidden = length <= Number(field.dataset.soft);
}
