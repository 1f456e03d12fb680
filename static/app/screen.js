/** The page of a form: finding its parts, what stands in a question, and how far somebody has come. */

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./list.js").Due} Due */

/** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
export const one = (selector, root = document) =>
  /** @type {HTMLElement} */ (root.querySelector(selector));
/** @param {string} selector @param {ParentNode} root @returns {HTMLElement[]} */
export const many = (selector, root = document) => Array.from(root.querySelectorAll(selector));
/** @param {string} name */
export const say = (name) =>
  one(`[data-say="${name}"]`, /** @type {HTMLTemplateElement} */ (one("#words")).content)
    .textContent;
/** @param {string} name @param {string | number} text */
export const fill = (name, text) => {
  for (const slot of many(`[data-slot="${name}"]`)) slot.textContent = String(text);
};
/** @param {HTMLElement} item */
export const asks = (item) => item.classList.contains("asks");
/** @param {HTMLElement} item */
export const idOf = (item) => item.dataset.item ?? "";
/** @param {string} name */
export const step = (name) => one(`[data-step="${name}"]`);

/** @param {HTMLElement} item */
export const fields = (item) =>
  /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ (
    Array.from(item.querySelectorAll("[name]"))
  );

/** What stands in a question: undefined when it is empty, NaN when it cannot be read. @param {HTMLElement} item */
export function read(item) {
  const inputs = fields(item);
  const ticked = inputs.filter((input) => "checked" in input && input.checked);
  const typed = inputs[0]?.value.trim() ?? "";
  switch (item.dataset.kind) {
    case "choice":
    case "yes-no":
      return ticked[0] && Number(ticked[0].value);
    case "multi-choice":
      return ticked.length ? ticked.map(({ value }) => Number(value)) : undefined;
    case "number":
    case "scale":
      return typed ? number(typed, inputs[0]?.dataset ?? {}) : undefined;
    default:
      return typed ? inputs[0]?.value : undefined;
  }
}

/** @param {string} typed @param {DOMStringMap} limits */
function number(typed, { min, max, grain }) {
  const value = Number(typed.replace(",", "."));
  const low = min && value < Number(min);
  const high = max && value > Number(max);
  const steps = grain ? (value - Number(min || 0)) / Number(grain) : 0;
  return low || high || Math.abs(steps - Math.round(steps)) > 1e-6 ? Number.NaN : value;
}

/** @param {HTMLElement} item @param {unknown} value */
export function write(item, value) {
  const values = Array.isArray(value) ? value : [value];
  for (const input of fields(item)) {
    if (input.type === "radio" || input.type === "checkbox") {
      /** @type {HTMLInputElement} */ (input).checked = values.includes(Number(input.value));
    } else input.value = value === undefined ? "" : String(value);
  }
}

/**
 * Put into a draft what stands in a question; return whether that is news.
 * @param {Draft} draft
 * @param {HTMLElement} item
 */
export function note({ content: { answers, changes } }, item) {
  const id = item.dataset.item ?? "";
  const value = read(item);
  const before = answers[id];
  if (Number.isNaN(value) || JSON.stringify(before?.value) === JSON.stringify(value)) return false;
  if (before && changes.length < 500) {
    const was = typeof before.value === "string" ? before.value.slice(0, 200) : before.value;
    changes.push({ item: id, at: new Date().toISOString(), was: was ?? before.state });
  }
  if (value === undefined) delete answers[id];
  else answers[id] = { state: "answered", value };
  return true;
}

/** Show one step, with all questions of its page. @param {HTMLElement} here @param {HTMLElement[]} shown */
export function point(here, shown) {
  for (const each of many(".now")) each.classList.toggle("now", each === here);
  for (const each of [here, ...shown]) each.classList.add("now");
  one("#progress").hidden = !here.dataset.item;
}

/** Whether there is an answer to remove, and whether it asks for help. @param {HTMLElement} item @param {ParentNode} around */
export function mark(item, around) {
  const value = read(item);
  const clear = one("#clear, [data-do=clear]", around);
  // It keeps its place while there is nothing to remove: choosing must not move what was chosen.
  clear?.classList.toggle("unseen", value === undefined);
  if (clear) clear.hidden = !/choice|yes/.test(item.dataset.kind ?? "");
  one(".safe", item)?.classList.toggle("on", Number(value) >= Number(item.dataset.safe));
}

/** @param {number} at @param {number} all */
export function progress(at, all) {
  const bar = /** @type {HTMLProgressElement} */ (one("progress"));
  bar.max = all;
  bar.value = at;
  // Told again only when it changed: it is read out.
  if (one("[data-slot=here]").textContent !== String(at)) fill("here", at);
  bar.setAttribute("aria-valuetext", one("#progress p").textContent?.trim() ?? "");
}

/** Whether a question is here because of an answer above, and new. @param {Draft} draft @param {HTMLElement} item */
export const isNew = ({ content }, item) =>
  asks(item) && !!item.dataset.showIf && !content.answers[idOf(item)];

/** Whether it stands empty, and was not left so on purpose. @param {Draft} draft @param {HTMLElement} item */
export const isEmpty = ({ content }, item) =>
  asks(item) && read(item) === undefined && content.answers[idOf(item)]?.state !== "skipped";

/**
 * Say whom and what the form is about.
 * @param {Partial<Due> | undefined} due
 * @param {import("./list.js").List} list
 * @param {string} title
 */
export function tellWhose(due, list, title) {
  const whose = one(".whose")?.textContent;
  fill("about", due?.about?.name ?? "");
  // A form that has no wording in the list's language keeps its own word for them.
  if (list.language.split("-")[0] === document.documentElement.lang.split("-")[0]) {
    fill("guides", list.words.guides);
  }
  fill("event", due?.event?.text ?? "");
  document.title = whose ? `${one(".whose").textContent?.trim()}: ${title}` : title;
}

/**
 * Offer each of some things by a button, in the place of this name.
 * @template T
 * @param {string} place
 * @param {T[]} things
 * @param {(thing: T) => string} named
 * @param {(thing: T) => unknown} press
 */
function offer(place, things, named, press) {
  const template = /** @type {HTMLTemplateElement | null} */ (
    document.querySelector(`#a-${place}`)
  );
  if (!template) return;
  const buttons = things.map((thing) => {
    const button = /** @type {HTMLElement} */ (one("button", template.content).cloneNode(true));
    one("[data-slot]", button).textContent = named(thing);
    button.onclick = () => press(thing);
    return button;
  });
  one(`#${place}`).replaceChildren(...buttons);
}

/** A language in its own words. @param {string} code */
const languageName = (code) => new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;

/**
 * Go on with what few forms need, once it is here; out of reach, the form is answered without it.
 * @template T
 * @param {Promise<T>} loading
 * @param {(it: T) => unknown} use
 */
export const later = (loading, use) => void loading.then(use).catch(() => undefined);

/** "I meant the other one": before sending and after, at once. @param {Partial<Due> | undefined} due */
export const offerOthers = (due) =>
  offer(
    "other",
    due?.others ?? [],
    ({ name }) => name,
    async (other) => (await import("./meant.js")).change(other),
  );

/** The other languages that this very version of the form speaks; another version may ask something else. @param {Partial<Due> | undefined} due @param {string} form */
export function offerTongues(due, form) {
  const forms = Object.entries(due?.forms ?? {});
  const known = forms.some(([, hash]) => hash === form) ? forms : [];
  offer(
    "tongues",
    known.filter(([, hash]) => hash !== form),
    ([code]) => languageName(code),
    async ([, hash]) => (await import("./tongue.js")).speak(hash),
  );
}

/** What was said about an answer is no longer so. */
export function hush() {
  for (const said of many("#empty, #odd, #moved")) said.hidden = true;
}

/**
 * Hear what happens in a form.
 * @param {HTMLElement} form
 * @param {{ forward: () => unknown, enter: (item: HTMLElement) => void, typed: (pause: number) => void, deeds: Record<string, () => void> }} hear
 */
export function listen(form, { forward, enter, typed, deeds }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    forward();
  });
  form.addEventListener("click", ({ target }) => {
    const does = target instanceof HTMLElement ? target.dataset.do : undefined;
    if (does) deeds[does]?.();
  });
  form.addEventListener("focusin", ({ target }) => {
    const item = /** @type {HTMLElement} */ (target).closest("[data-item]");
    if (item) enter(/** @type {HTMLElement} */ (item));
  });
  form.addEventListener("input", ({ target }) => {
    hush();
    typed(/** @type {HTMLElement} */ (target).matches(".field") ? 300 : 0);
  });
}

// The screen is empty at once, and "back" does not lead here again.
document.addEventListener("click", (event) => {
  const away = event.target instanceof Element && event.target.closest("[data-leave]");
  if (!away) return;
  event.preventDefault();
  document.documentElement.hidden = true;
  location.replace(/** @type {HTMLAnchorElement} */ (away).href);
});
