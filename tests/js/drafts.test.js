import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { localNow } from "../../static/app/drafts.js";

const HOME = process.env.TZ;
/** Device time of one moment, as a phone in this zone writes it. */
const there = (zone, moment = "2027-03-01T09:00:00.123Z") => {
  process.env.TZ = zone;
  return localNow(new Date(moment));
};

afterEach(() => {
  if (HOME === undefined) delete process.env.TZ;
  else process.env.TZ = HOME;
});

test("device time carries its own offset, half hours and the far side of the world too", () => {
  assert.equal(there("Europe/Berlin"), "2027-03-01T10:00:00.123+01:00");
  assert.equal(there("UTC"), "2027-03-01T09:00:00.123+00:00");
  assert.equal(there("Asia/Kathmandu"), "2027-03-01T14:45:00.123+05:45");
  assert.equal(there("America/St_Johns"), "2027-03-01T05:30:00.123-03:30");
  assert.equal(there("Pacific/Kiritimati"), "2027-03-01T23:00:00.123+14:00");
});

test("wherever, and whether the clocks are put on or back, it is the same moment", () => {
  for (const zone of ["Pacific/Apia", "Australia/Lord_Howe", "America/Caracas", "Europe/Dublin"]) {
    for (let hour = 0; hour < 365 * 24; hour += 7) {
      const moment = new Date(Date.UTC(2027, 0, 1, hour, 30, 15, 7)).toISOString();
      assert.equal(Date.parse(there(zone, moment)), Date.parse(moment));
    }
  }
});
