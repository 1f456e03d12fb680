/** Which forms a phone holds: enough for weeks without network, and nothing that it will not ask for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchAhead, pagesOf } from "../../static/app/ahead.js";

const list = {
  practice: { form: "practice" },
  assessments: [
    { id: "a", form: "mood-en", forms: { en: "mood-en", de: "mood-de" }, openable: true },
    { id: "b", form: "mood-en" },
    { id: "c", form: "samples", forms: { en: "samples" }, openable: false },
  ],
  ahead: [{ form: "session", opens_at: "", closes_at: "" }],
};

test("what awaits a session's confirmation is fetched with what is due", () => {
  const { pages } = pagesOf(list, []);
  assert.deepEqual([...pages].sort(), ["/f/mood-en.html", "/f/practice.html", "/f/session.html"]);
});

test("a draft keeps its page, and another language its own, but neither language is fetched for nothing", () => {
  const { pages, kept } = pagesOf(list, [{ form: "an-older-mood" }]);
  assert.ok(pages.has("/f/an-older-mood.html"));
  assert.ok(kept.has("/f/mood-de.html"));
  assert.ok(!pages.has("/f/mood-de.html"));
});

test("a list that was kept from before knows nothing of what awaits", () => {
  const { ahead, ...before } = list;
  assert.ok(ahead);
  assert.ok(!pagesOf(before, []).pages.has("/f/session.html"));
});

test("a page that cannot be had now stops none of the others, and what is not asked any more goes", async () => {
  const held = new Map([["/f/gone.html", true]]);
  const cache = {
    keys: async () => [...held.keys()].map((path) => ({ url: `http://phone${path}` })),
    delete: async ({ url }) => held.delete(new URL(url).pathname),
    match: async (path) => held.get(path),
    add: async (path) => {
      if (path.includes("mood")) throw new TypeError("network");
      held.set(path, true);
    },
  };
  globalThis.caches = { open: async () => cache };
  await fetchAhead(list, []);
  assert.deepEqual([...held.keys()].sort(), ["/f/practice.html", "/f/session.html"]);
});
