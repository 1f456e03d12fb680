import assert from "node:assert/strict";
import { test } from "node:test";
import { agree } from "../../static/app/copies.js";
import { digest } from "../../static/app/seal.js";

const NOW = "2027-03-01T09:00:00.000Z";
const receipt = { id: "a", received_at: NOW };

/** What the tests need of a cache. */
function shelf() {
  const held = new Map();
  return {
    held,
    keys: async () => [...held.keys()].map((path) => ({ url: `https://forms.example.org${path}` })),
    match: async ({ url }) => held.get(new URL(url).pathname)?.clone(),
    put: async (path, response) => void held.set(path, response),
    delete: async ({ url }) => held.delete(new URL(url).pathname),
  };
}

const sealed = async (id, body = `{"id":"${id}"}`) => ({
  id,
  assessment: "x",
  place: "p",
  body,
  digest: await digest(body),
  sealedAt: NOW,
});

test("what waits lies in both places, and whatever the database loses comes back byte for byte", async () => {
  const cache = shelf();
  const records = [await sealed("a"), await sealed("b", '{"ct":"ü"}')];
  assert.deepEqual(await agree(records, cache), []);
  assert.deepEqual([...cache.held.keys()], ["/outbox/a", "/outbox/b"]);
  assert.deepEqual(await agree([], cache), records);
  assert.deepEqual(await agree([records[1]], cache), [records[0]]);
});

test("a record that was tried in vain keeps its copy; a receipt ends it", async () => {
  const cache = shelf();
  const record = await sealed("a");
  const tried = { id: "a", tries: 3, triedAt: NOW, refused: true };
  await agree([{ ...record, delivery: tried }], cache);
  assert.deepEqual(await agree([], cache), [record]);
  await agree([{ ...record, delivery: { ...tried, receipt } }], cache);
  assert.equal(cache.held.size, 0);
  // What has its receipt gets no copy, and what was forgotten after its time does not come back.
  await agree([{ ...record, delivery: { ...tried, receipt } }], cache);
  assert.deepEqual(await agree([], cache), []);
});

test("a damaged copy is not taken for an answer", async () => {
  const cache = shelf();
  const record = await sealed("a");
  for (const text of ["", "half {", "null", JSON.stringify({ ...record, body: "other" })]) {
    cache.held.set("/outbox/a", new Response(text));
    assert.deepEqual(await agree([], cache), []);
  }
});
