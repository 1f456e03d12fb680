/**
 * The service worker: lets the phone work without network. It never touches anything but a GET of
 * files that are nobody's: versioned scripts and styles, shells, forms by their hash.
 *
 * The server puts `self.ATTUNE = {version, language, shells, files}` above this text, so each release is another
 * worker, and so is each language. A shell is kept under the address that names its language.
 */

/** @typedef {{ version: string, language: string, shells: string[], files: string[] }} Release */
const worker = /** @type {ServiceWorkerGlobalScope & { ATTUNE: Release }} */ (
  /** @type {unknown} */ (self)
);
const { version, language, shells, files } = worker.ATTUNE;
const SHELL = `shell-${version}-${language}`;
const FORMS = "forms";

worker.addEventListener("install", (event) => {
  // `reload` passes the browser's own cache by: a shell must be of this release, not of the last.
  const pages = shells.map((path) => `${path}?language=${language}`);
  const fresh = [...pages, ...files].map(
    (file) => new Request(file, { cache: "reload", credentials: "omit" }),
  );
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

// Only the start page asks, and it is not heard while a form is open in any window: an update waits.
worker.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(kept(request));
  else if (url.pathname.startsWith("/f/")) event.respondWith(form(request));
  else if (shells.includes(url.pathname)) event.respondWith(shell(url.pathname));
});

async function takeOver() {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const answering = windows.some(({ url }) => new URL(url).pathname.startsWith("/f/"));
  if (!answering) await worker.skipWaiting();
}

/** A shell of this worker's own release, so that a page never mixes two. @param {string} path */
async function shell(path) {
  const cache = await caches.open(SHELL);
  const address = `${path}?language=${language}`;
  return (await cache.match(address, { ignoreVary: true })) ?? fetch(path);
}

/** A file's address names its version: whichever cache holds it holds the right one. @param {Request} request */
async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** A form never changes. Errors are not kept; out of reach, the start page says what can be done. @param {Request} request */
async function form(request) {
  const cache = await caches.open(FORMS);
  const found = await cache.match(request, { ignoreVary: true });
  if (found) return found;
  const response = await fetch(request).catch(() => Response.redirect("/", 303));
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** Drop earlier releases, except where a form that was begun still uses their scripts. */
async function tidy() {
  const used = await versionsInUse();
  for (const name of await caches.keys()) {
    const old = name.startsWith("shell-") && name !== SHELL;
    if (old && !used.has(name.split("-")[1] ?? "")) await caches.delete(name);
  }
}

async function versionsInUse() {
  const cache = await caches.open(FORMS);
  const used = new Set();
  for (const request of await cache.keys()) {
    const html = await (await cache.match(request))?.text();
    for (const [, found] of (html ?? "").matchAll(/\/static\/(\w+)\//g)) used.add(found);
  }
  return used;
}
