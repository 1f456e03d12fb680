/** What is typed into a form: numbers with a comma or a point, their limits, and what is said of odd ones. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const said = { low: "", high: "", hidden: true };
const slots = (name) => ({
  set textContent(text) {
    said[name] = text;
  },
});
const odd = {
  set hidden(value) {
    said.hidden = value;
  },
};
globalThis.document = {
  addEventListener() {},
  querySelector: (selector) => (selector === "#odd" ? odd : null),
  querySelectorAll: (selector) => [slots(selector.match(/data-slot="(\w+)"/)[1])],
};
const { note, read, write } = await import("../../static/app/screen.js");
const { complain } = await import("../../static/app/numbers.js");

/** A question on the page, as far as these functions look at it. */
const question = (kind, value = "", dataset = {}) => {
  const input = { type: "text", value, dataset, focused: false, focus: () => {} };
  input.focus = () => {
    input.focused = true;
  };
  return { dataset: { kind, item: "q1" }, input, querySelectorAll: () => [input] };
};
const draft = (answers = {}) => ({ content: { answers, changes: [] } });

beforeEach(() => Object.assign(said, { low: "", high: "", hidden: true }));

test("a number is read with a point, a comma and blanks around it", () => {
  for (const typed of ["2.5", "2,5", " 2.5 "])
    assert.equal(read(question("number", typed, { min: "0", max: "10" })), 2.5);
  assert.equal(read(question("number", "0", { min: "0" })), 0, "nought is an answer");
});

test("an empty field is no answer, and not nought", () => {
  assert.equal(read(question("number", "")), undefined);
  assert.equal(read(question("number", "  ")), undefined);
  assert.equal(read(question("text", " \n ")), undefined);
});

test("what is no number, or lies outside, cannot be read", () => {
  const limits = { min: "1", max: "7" };
  for (const typed of ["seven", "1e", "0", "8", "-3", "1,2,3"])
    assert.ok(Number.isNaN(read(question("number", typed, limits))), typed);
  assert.equal(read(question("number", "7", limits)), 7);
  assert.equal(read(question("number", "-3", {})), -3, "without limits any number will do");
});

test("steps are counted from the lowest number, and thirds of a cent are no matter", () => {
  const half = { min: "0.5", max: "9.5", grain: "0.5" };
  assert.equal(read(question("number", "1,5", half)), 1.5);
  assert.ok(Number.isNaN(read(question("number", "1.3", half))));
  assert.equal(read(question("number", "0.3", { min: "0", grain: "0.1" })), 0.3);
});

test("what cannot be read leaves the answer before it as it was", () => {
  const kept = draft({ q1: { state: "answered", value: 4 } });
  assert.equal(note(kept, question("number", "90", { max: "10" })), false);
  assert.deepEqual(kept.content.answers.q1, { state: "answered", value: 4 });
});

test("a changed answer is noted with what stood there before, and an emptied one is none", () => {
  const kept = draft({ q1: { state: "answered", value: 4 } });
  assert.ok(note(kept, question("number", "5")));
  assert.equal(kept.content.changes[0].was, 4);
  assert.equal(note(kept, question("number", "5,0")), false, "the same number in other words");
  assert.ok(note(kept, question("number", "")));
  assert.equal(kept.content.answers.q1, undefined);
});

test("a text keeps its blanks and lines, and long ones are noted short", () => {
  const kept = draft();
  assert.ok(note(kept, question("text", " Slept.\nWoke. ")));
  assert.equal(kept.content.answers.q1.value, " Slept.\nWoke. ");
  note(kept, question("text", "x".repeat(900)));
  note(kept, question("text", "y"));
  assert.equal(kept.content.changes.at(-1).was.length, 200);
});

test("what was kept stands in the field again", () => {
  const field = question("number");
  write(field, 2.5);
  assert.equal(field.input.value, "2.5");
  write(field, undefined);
  assert.equal(field.input.value, "");
});

test("of an odd number it says which would fit, and the field is to be typed into at once", () => {
  const field = question("number", "90", { min: "1", max: "10" });
  complain(field);
  assert.deepEqual(said, { low: "1", high: "10", hidden: false });
  assert.ok(field.input.focused);
  complain(question("number", "x"));
  assert.deepEqual([said.low, said.high], ["…", "…"]);
});
