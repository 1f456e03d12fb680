import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ExpressionError, evaluate, parse, shown } from "../../static/app/expression.js";

const casebook = new URL("../casebook/show_if.json", import.meta.url);
const cases = JSON.parse(readFileSync(casebook, "utf8"));

for (const { show_if, answers, is } of cases.truths) {
  test(`${show_if.slice(0, 60)} ${JSON.stringify(answers)} is ${is}`, () => {
    assert.equal(evaluate(parse(show_if), answers), is);
  });
}

for (const { show_if, at } of cases.errors) {
  test(`${show_if.slice(0, 60)} is refused at character ${at}`, () => {
    assert.throws(
      () => parse(show_if),
      (error) => error instanceof ExpressionError && error.position === at,
    );
  });
}

for (const { items, answers, shown: expected } of cases.forms) {
  test(`of ${JSON.stringify(items)} ${expected} are shown`, () => {
    const conditions = items.map(([item, text]) => [item, text ? parse(text) : null]);
    assert.deepEqual([...shown(conditions, answers)], expected);
  });
}

test("what the phone could not read counts as not answered", () => {
  assert.equal(evaluate(parse("a = 1"), { a: Number.NaN }), null);
  assert.equal(evaluate(parse("a is answered"), { a: undefined }), false);
});
