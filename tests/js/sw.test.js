/** The service worker's door: which requests it touches at all, and that what is personal never is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const HERE = "https://forms.example.org";
const SHELLS = ["/", "/help", "/sent", "/coming", "/mine"];
const script = readFileSync(new URL("../../static/sw.js", import.meta.url), "utf8");

/** The worker as a browser would start it; `kept` is what it put into any cache, by address. */
function started() {
  const listeners = {};
  const kept = [];
  const cache = {
    match: async () => undefined,
    put: async (request) => void kept.push(new URL(request.url).pathname),
    keys: async () => [],
  };
  const world = {
    ATTUNE: { version: "v1", language: "en", shells: SHELLS, files: [] },
    addEventListener: (name, hear) => {
      listeners[name] = hear;
    },
    clients: { matchAll: async () => [] },
    skipWaiting: async () => {},
    caches: { open: async () => cache, match: async () => undefined, keys: async () => [] },
    fetch: async () => ({ ok: true, clone: () => ({}) }),
    location: new URL(`${HERE}/sw.js`),
    // In a browser an address without a host is the worker's own.
    Request: class extends Request {
      constructor(path, how) {
        super(new URL(path, HERE), how);
      }
    },
    Response,
    URL,
    Set,
  };
  world.self = world;
  vm.runInNewContext(script, world);
  return { listeners, kept, world };
}

/** Let a page ask for something; return what the worker answers, undefined where it leaves it alone. */
function asked(worker, method, address) {
  let answer;
  const request = { method, url: new URL(address, HERE).href };
  worker.listeners.fetch({
    request,
    respondWith: (promise) => {
      answer = promise;
    },
  });
  return answer;
}

const PERSONAL = [
  "/api/list",
  "/api/standing",
  "/api/mine",
  "/api/mine/data",
  "/api/pin",
  "/api/sent/0d2f",
  "/api/place/abc",
  "/today",
  "/call",
  "/mine/plain",
  "/a/0d2f",
  "/done/0d2f",
  "/practice",
  "/join",
  "/staff/",
  "/manifest.webmanifest",
  "/sw.js",
];
const OURS = ["/static/v1/app/today.js", "/f/abc.html", ...SHELLS];

for (const method of ["POST", "PUT", "PATCH", "DELETE", "HEAD"]) {
  test(`a ${method} goes past it, wherever to`, () => {
    const worker = started();
    for (const path of [...PERSONAL, ...OURS, "/api/envelopes/0d2f", "/api/counts"])
      assert.equal(asked(worker, method, path), undefined, path);
  });
}

test("nothing that is about somebody is touched", () => {
  const worker = started();
  for (const path of PERSONAL) assert.equal(asked(worker, "GET", path), undefined, path);
  assert.equal(asked(worker, "GET", "https://elsewhere.example.org/f/abc.html"), undefined);
});

test("files that are nobody's are answered, and of these only forms are kept by being asked for", async () => {
  const worker = started();
  for (const path of OURS) {
    const answer = asked(worker, "GET", path);
    assert.ok(answer, path);
    await answer;
  }
  assert.deepEqual(worker.kept, ["/f/abc.html"]);
});

test("a form that could not be had is not kept", async () => {
  const worker = started();
  worker.world.fetch = async () => ({ ok: false, clone: () => ({}) });
  await asked(worker, "GET", "/f/abc.html");
  assert.deepEqual(worker.kept, []);
});

test("an update waits while a form is open in any window, and does not otherwise", async () => {
  for (const [path, wanted] of [
    ["/f/abc.html#x", 0],
    ["/", 1],
  ]) {
    const worker = started();
    let skipped = 0;
    worker.world.skipWaiting = async () => {
      skipped += 1;
    };
    worker.world.clients.matchAll = async () => [{ url: `${HERE}/help` }, { url: HERE + path }];
    let work;
    worker.listeners.message({
      data: "take over",
      waitUntil: (promise) => {
        work = promise;
      },
    });
    await work;
    assert.equal(skipped, wanted, path);
  }
});

test("a new release never takes over by itself", async () => {
  const worker = started();
  let skipped = 0;
  worker.world.skipWaiting = async () => {
    skipped += 1;
  };
  worker.world.caches.open = async () => ({ addAll: async () => {} });
  let work;
  worker.listeners.install({
    waitUntil: (promise) => {
      work = promise;
    },
  });
  await work;
  assert.equal(skipped, 0);
});
