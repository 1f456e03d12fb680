import assert from "node:assert/strict";
import { test } from "node:test";
import { localNow } from "../../static/app/drafts.js";

/** A moment as seen from a zone so many minutes off (getTimezoneOffset counts the other way round). */
const from = (offset) =>
  Object.assign(new Date("2027-03-01T09:00:00.123Z"), { getTimezoneOffset: () => -offset });

test("device time carries its own offset, half hours and the far side of the world too", () => {
  assert.equal(localNow(from(60)), "2027-03-01T10:00:00.123+01:00");
  assert.equal(localNow(from(0)), "2027-03-01T09:00:00.123+00:00");
  assert.equal(localNow(from(345)), "2027-03-01T14:45:00.123+05:45");
  assert.equal(localNow(from(-210)), "2027-03-01T05:30:00.123-03:30");
});

test("whatever the offset, it is the same moment", () => {
  for (let offset = -720; offset <= 840; offset += 15) {
    assert.equal(Date.parse(localNow(from(offset))), Date.parse("2027-03-01T09:00:00.123Z"));
  }
});
