/** What every page around the questions does alike: find, fill, copy; and leave quickly. */

/** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
export const one = (selector, root = document) =>
  /** @type {HTMLElement} */ (root.querySelector(selector));

/** @param {string} name @param {string | number} text @param {ParentNode} root */
export function fill(name, text, root = document) {
  for (const slot of root.querySelectorAll(`[data-slot="${name}"]`))
    slot.textContent = String(text);
}

/** @param {string} id */
export const copy = (id) =>
  /** @type {HTMLElement} */ (
    /** @type {HTMLTemplateElement} */ (one(`#${id}`)).content.cloneNode(true)
  );

/** The screen is empty at once, and "back" does not lead here again. */
for (const link of globalThis.document?.querySelectorAll("[data-leave]") ?? []) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.documentElement.hidden = true;
    location.replace(/** @type {HTMLAnchorElement} */ (link).href);
  });
}
