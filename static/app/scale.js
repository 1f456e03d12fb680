/** A visual analogue scale: the line appears, its thumb hidden until somebody touches it. */

/** Draw the lines of a page. @param {ParentNode} root */
export function lines(root) {
  for (const scale of root.querySelectorAll("[data-scale]")) line(scale);
}

/** @param {Element} scale */
function line(scale) {
  const range = /** @type {HTMLInputElement} */ (scale.querySelector("input"));
  const item = scale.closest("[data-item]");
  const field = /** @type {HTMLInputElement} */ (item?.querySelector("[name]"));
  /** @type {HTMLElement} */ (scale).hidden = false;

  /** What nobody touched says so, instead of reading out its middle. @param {boolean} is */
  const touched = (is) => {
    range.classList.toggle("untouched", !is);
    if (is) range.removeAttribute("aria-valuetext");
    else range.setAttribute("aria-valuetext", range.dataset.unset ?? "");
  };
  /** @param {string} value */
  const put = (value) => {
    touched(true);
    range.value = value;
    field.value = range.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  range.addEventListener("input", () => put(range.value));
  // A tap exactly where the hidden thumb stands changes nothing, and is an answer all the same.
  range.addEventListener("pointerup", () => put(range.value));
  scale.addEventListener("click", ({ target }) => {
    const by = target instanceof HTMLElement ? target.dataset.by : undefined;
    // The first press only shows the mark, in the middle where it stood hidden.
    const step = range.classList.contains("untouched") ? 0 : Number(range.step || 1);
    if (by) put(String(Number(range.value) + Number(by) * step));
  });
  // A number that was typed, or came back with a draft, moves the thumb along.
  const follow = () => {
    touched(field.value !== "");
    if (field.value !== "") range.value = field.value;
  };
  field.addEventListener("input", follow);
  addEventListener("focusin", follow);
  follow();
}
