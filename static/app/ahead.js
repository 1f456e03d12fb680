/** Which forms lie on this phone before they are needed: those of the list, and what a confirmation will open. */

/** @typedef {import("./list.js").List} List */

/** @param {string} hash */
const address = (hash) => `/f/${hash}.html`;

/**
 * The pages to fetch, and beside them those that may stay: a form fetched in another language stays as
 * long as the form is on the list, and a draft keeps the page that it was begun on.
 * @param {List} list
 * @param {{ form: string }[]} drafts
 */
export function pagesOf(list, drafts) {
  const openable = list.assessments.filter((due) => due.openable !== false);
  const wanted = [list.practice, ...openable, ...(list.ahead ?? []), ...drafts];
  const pages = new Set(wanted.map(({ form }) => address(form)));
  const spoken = openable.flatMap(({ forms }) => Object.values(forms ?? {}));
  return { pages, kept: new Set([...pages, ...spoken.map(address)]) };
}

/** Let the worker hold these pages, and no others. @param {List} list @param {{ form: string }[]} drafts */
export async function fetchAhead(list, drafts) {
  const { pages, kept } = pagesOf(list, drafts);
  const cache = await caches.open("forms");
  for (const request of await cache.keys()) {
    if (!kept.has(new URL(request.url).pathname)) await cache.delete(request);
  }
  for (const page of pages) {
    if (!(await cache.match(page))) await cache.add(page).catch(() => undefined);
  }
}
