/** Days and times as a participant reads them: whole days are named without a clock time. */
import assert from "node:assert/strict";
import { test } from "node:test";

// A phone always says what it speaks; this runner may not.
if (!globalThis.navigator) globalThis.navigator = { languages: ["en"] };
const { from, until } = await import("../../static/app/dates.js");

const BERLIN = "Europe/Berlin";

test("what opens at midnight opens with the day, anything else at its time", () => {
  assert.match(from("2027-03-07T23:00:00Z", BERLIN), /8/);
  assert.doesNotMatch(from("2027-03-07T23:00:00Z", BERLIN), /:/);
  assert.match(from("2027-03-08T09:00:00Z", BERLIN), /10:00/);
});

test("what closes at midnight is open for the whole of its last day", () => {
  assert.match(until("2027-03-07T23:00:00Z", BERLIN), /7/);
  assert.doesNotMatch(until("2027-03-07T23:00:00Z", BERLIN), /:/);
  assert.match(until("2027-03-08T09:00:00Z", BERLIN), /10:00/);
});
