/** The same form in another language, in place of this one: what was answered stays, by question and code. */

import { assessment, draft, goOnIn, here } from "./questionnaire.js";
import { one, say } from "./screen.js";

/** Let the worker hold the other pages. @param {Record<string, string> | undefined} forms */
export const ahead = (forms) =>
  Promise.all(Object.values(forms ?? {}).map((hash) => fetch(`/f/${hash}.html`)));

/** @param {string} hash */
export async function speak(hash) {
  const page = await fetched(hash).catch(() => undefined);
  if (!page) {
    one("#kept").textContent = say("untold");
    return;
  }
  const place = here.dataset.item ?? here.dataset.step ?? "";
  put(page);
  history.replaceState(null, "", `/f/${hash}.html#${assessment()}`);
  if (draft) {
    // The answers will be stored under the sentences that are shown when they are sent.
    draft.content.forms = [...(draft.content.forms ?? [draft.form]), hash];
    draft.form = hash;
  }
  await goOnIn(hash, place);
}

/** @param {string} hash */
async function fetched(hash) {
  const response = await fetch(`/f/${hash}.html`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // Out of reach, the worker answers with the start page.
  return response.ok && page.querySelector("#form") ? page : undefined;
}

/** @param {Document} page */
function put(page) {
  const other = one("main", page);
  for (const field of document.querySelectorAll("main [name]")) {
    carry(/** @type {HTMLInputElement} */ (field), other);
  }
  const { lang, dir } = page.documentElement;
  Object.assign(document.documentElement, { lang, dir });
  document.title = page.title;
  for (const part of ["header", "main"]) {
    const theirs = page.querySelector(part);
    if (theirs) document.querySelector(part)?.replaceWith(document.adoptNode(theirs));
  }
}

/** Bring what stands in a field to its like, even what was half typed. @param {HTMLInputElement} field @param {HTMLElement} other */
function carry(field, other) {
  const ticks = field.type === "radio" || field.type === "checkbox";
  for (const like of other.querySelectorAll(`[name="${field.name}"]`)) {
    const same = /** @type {HTMLInputElement} */ (like);
    if (!ticks) same.value = field.value;
    else if (same.value === field.value) same.checked = field.checked;
  }
}
