/** What a phone counts: its own connection's envelopes, never words for somebody outside. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf } from "../../static/app/counts.js";

const base = { body: "", digest: "", sealedAt: "2027-03-01T10:00:00Z" };
const receipt = {
  id: "a",
  digest: "",
  received_at: "2027-03-01T10:00:01Z",
  epoch: "e",
  backed_up: false,
  conflict: false,
};
const delivery = { id: "a", tries: 1, triedAt: "", refused: false, receipt };

test("counts what this connection sealed and what waits", () => {
  const outgoing = [
    { ...base, id: "a", assessment: "x", place: "here", delivery },
    { ...base, id: "b", assessment: "y", place: "here" },
    { ...base, id: "c", assessment: "looks like any other", place: "here" },
    { ...base, id: "d", assessment: "looks like any other too", place: "here" },
    { ...base, id: "e", assessment: "z", place: "an earlier owner's" },
    { ...base, id: "f", assessment: "z" },
  ];
  const known = /** @type {const} */ ({ c: "call", d: "outside" });
  assert.deepEqual(countOf(outgoing, "here", known), { sealed: 3, waiting: 2 });
});
