/** A visual analogue scale: the line appears, its thumb hidden until somebody touches it. */

for (const scale of document.querySelectorAll("[data-scale]")) {
  const range = /** @type {HTMLInputElement} */ (scale.querySelector("input"));
  const item = scale.closest("[data-item]");
  const field = /** @type {HTMLInputElement} */ (item?.querySelector("[name]"));
  /** @type {HTMLElement} */ (scale).hidden = false;

  /** @param {string} value */
  const put = (value) => {
    range.classList.remove("untouched");
    range.value = value;
    field.value = range.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  range.addEventListener("input", () => put(range.value));
  // A tap exactly where the hidden thumb stands changes nothing, and is an answer all the same.
  range.addEventListener("pointerup", () => put(range.value));
  scale.addEventListener("click", ({ target }) => {
    const by = target instanceof HTMLElement ? target.dataset.by : undefined;
    if (by) put(String(Number(range.value) + Number(by) * Number(range.step || 1)));
  });
  // A number that was typed, or came back with a draft, moves the thumb along.
  const follow = () => {
    range.classList.toggle("untouched", field.value === "");
    if (field.value !== "") range.value = field.value;
  };
  field.addEventListener("input", follow);
  addEventListener("focusin", follow);
}

export {};
