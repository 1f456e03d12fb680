/** The three words for something finished: on this phone only, arrived, in a second copy as well. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { standingOf } from "../../static/app/standing.js";

const AT = "2027-03-01T10:00:00Z";
const NOW = Date.parse(AT);
const sealed = { id: "a", assessment: "x", body: "{}", digest: "d", sealedAt: AT };
const receipt = {
  id: "a",
  digest: "d",
  received_at: AT,
  epoch: "e",
  backed_up: false,
  conflict: false,
};
const delivered = (changes = {}) => ({
  ...sealed,
  delivery: { id: "a", tries: 1, triedAt: AT, refused: false, receipt: { ...receipt, ...changes } },
});

test("without a receipt it is on this phone only, whatever the list says", () => {
  assert.equal(standingOf(sealed, [], NOW), "phone");
  assert.equal(standingOf(sealed, [{ id: "a", copied: true }], NOW), "phone");
});

test("with one it has arrived", () => {
  assert.equal(standingOf(delivered(), [], NOW), "sent");
  assert.equal(standingOf(delivered(), [{ id: "a", copied: false }], NOW), "sent");
  assert.equal(standingOf(delivered(), [{ id: "b", copied: true }], NOW), "sent");
});

test("a second copy is told by its receipt, or by a list fetched since", () => {
  assert.equal(standingOf(delivered({ backed_up: true }), [], NOW), "copied");
  assert.equal(standingOf(delivered(), [{ id: "a", copied: true }], NOW), "copied");
});

test("what needs a call is not called safe", () => {
  const odd = delivered({ backed_up: true, conflict: true });
  assert.equal(standingOf(odd, [{ id: "a", copied: true }], NOW), "call");
});
