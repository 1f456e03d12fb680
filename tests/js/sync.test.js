import assert from "node:assert/strict";
import { test } from "node:test";
import { offer, waitAfter } from "../../static/app/sync.js";

const NOW = "2027-03-01T09:00:00.000Z";
const record = { id: "a", assessment: "x", body: '{"v":1}', digest: "d", sealedAt: NOW };
const receipt = { id: "a", digest: "d", received_at: NOW, epoch: "e", backed_up: false };
const answering = (status, body) => async () => new Response(JSON.stringify(body), { status });

test("the body goes out byte for byte, to the address of its id", async () => {
  const seen = [];
  await offer(
    record,
    async (url, options) => {
      seen.push(url, options.method, options.body);
      return new Response("{}", { status: 500 });
    },
    NOW,
  );
  assert.deepEqual(seen, ["/api/envelopes/a", "PUT", '{"v":1}']);
});

test("a matching receipt settles it", async () => {
  const { outcome, delivery } = await offer(record, answering(200, receipt), NOW);
  assert.equal(outcome, "received");
  assert.equal(delivery.receipt.digest, "d");
});

test("a receipt of other bytes, or a proxy's friendly page, settles nothing", async () => {
  const strange = [answering(200, { ...receipt, digest: "e" }), answering(200, {}), answering(204)];
  const page = async () => new Response("<p>Please sign in</p>", { status: 200 });
  for (const answer of [...strange.slice(0, 2), page]) {
    const { outcome, delivery } = await offer(record, answer, NOW);
    assert.equal(outcome, "later");
    assert.equal(delivery.receipt, undefined);
  }
});

test("no refusal whatever is a reason to drop: 4xx that pass come again, others stay and show", async () => {
  for (const status of [401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 507]) {
    const { outcome, delivery } = await offer(record, answering(status, {}), NOW);
    assert.deepEqual([status, outcome, delivery.refused], [status, "later", false]);
  }
  for (const status of [400, 413, 422]) {
    const { outcome, delivery } = await offer(record, answering(status, {}), NOW);
    assert.deepEqual([status, outcome, delivery.refused], [status, "refused", true]);
  }
});

test("a line that breaks leaves everything as it was, one try later", async () => {
  const broken = async () => {
    throw new TypeError("network");
  };
  const before = {
    ...record,
    delivery: { id: "a", tries: 4, triedAt: "", refused: false, receipt },
  };
  const { outcome, delivery } = await offer(before, broken, NOW);
  assert.equal(outcome, "later");
  assert.equal(delivery.tries, 5);
  assert.deepEqual(delivery.receipt, receipt);
});

test("a refusal after a restore does not take the first receipt away", async () => {
  const before = {
    ...record,
    delivery: { id: "a", tries: 1, triedAt: "", refused: false, receipt },
  };
  const { delivery } = await offer(before, answering(503, {}), NOW);
  assert.deepEqual(delivery.receipt, receipt);
});

test("pauses grow to five minutes and no further, and differ between phones", () => {
  assert.equal(waitAfter(0, 0.5), 2_000);
  assert.equal(waitAfter(3, 0.5), 16_000);
  assert.equal(waitAfter(60, 0.5), 300_000);
  assert.ok(waitAfter(5, 0) < waitAfter(5, 1));
});
