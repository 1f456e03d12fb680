import assert from "node:assert/strict";
import { test } from "node:test";
import { isReceipt, isToForget, isToOffer, stateOf } from "../../static/app/outbox.js";

const DAY = 86_400_000;
const NOW = Date.parse("2027-03-01T09:00:00Z");
const ago = (days) => new Date(NOW - days * DAY).toISOString();

const sealed = { id: "a", assessment: "x", body: "{}", digest: "d", sealedAt: ago(0) };
const receipt = {
  id: "a",
  digest: "d",
  received_at: ago(0),
  epoch: "one",
  backed_up: false,
  conflict: false,
};
const delivered = (changes = {}, delivery = {}) => ({
  ...sealed,
  delivery: {
    id: "a",
    tries: 1,
    triedAt: ago(0),
    refused: false,
    receipt: { ...receipt, ...changes },
    ...delivery,
  },
});

test("without a receipt it is on this phone, with one it is sent", () => {
  assert.equal(stateOf(sealed, NOW), "phone");
  assert.equal(stateOf(delivered(), NOW), "sent");
});

test("a failed try leaves it on this phone", () => {
  const delivery = { id: "a", tries: 3, triedAt: ago(0), refused: false };
  assert.equal(stateOf({ ...sealed, delivery }, NOW), "phone");
});

test("stuck for more than two days, refused or in conflict: please call us", () => {
  assert.equal(stateOf({ ...sealed, sealedAt: ago(1.9) }, NOW), "phone");
  assert.equal(stateOf({ ...sealed, sealedAt: ago(2.1) }, NOW), "call");
  const refused = { id: "a", tries: 1, triedAt: ago(0), refused: true };
  assert.equal(stateOf({ ...sealed, delivery: refused }, NOW), "call");
  assert.equal(stateOf(delivered({ conflict: true }), NOW), "call");
});

test("only a receipt of these very bytes is one", () => {
  assert.ok(isReceipt(sealed, receipt));
  for (const wrong of [
    null,
    undefined,
    "ok",
    {},
    { ...receipt, digest: "e" },
    { ...receipt, id: "b" },
    { ...receipt, received_at: "" },
  ]) {
    assert.ok(!isReceipt(sealed, wrong));
  }
});

test("whatever has no receipt is offered, for ever", () => {
  const old = { ...sealed, sealedAt: ago(400), delivery: { id: "a", tries: 999, triedAt: ago(0) } };
  assert.ok(isToOffer(old, "one", NOW));
  assert.ok(!isToForget(old, NOW));
});

test("a restored server is offered again what it may lack", () => {
  const safe = delivered({ backed_up: true });
  assert.ok(!isToOffer(safe, "one", NOW));
  assert.ok(isToOffer(safe, "two", NOW));
  assert.ok(!isToOffer(safe, "", NOW), "an unknown epoch is no other one");
});

test("until it lies in a backup the receipt is asked for anew once a day", () => {
  assert.ok(!isToOffer(delivered({}, { triedAt: ago(0.5) }), "one", NOW));
  assert.ok(isToOffer(delivered({}, { triedAt: ago(1.5) }), "one", NOW));
});

test("the sealed copy stays for ninety days after it was received and backed up", () => {
  assert.ok(!isToForget(delivered({ backed_up: true, received_at: ago(89) }), NOW));
  assert.ok(isToForget(delivered({ backed_up: true, received_at: ago(91) }), NOW));
  assert.ok(!isToForget(delivered({ backed_up: false, received_at: ago(91) }), NOW));
  assert.ok(!isToForget(delivered({ backed_up: true, conflict: true, received_at: ago(91) }), NOW));
});
