/** The phone's side of the fuzz test: a line of JSON in, what expression.js makes of it out. */
import { createInterface } from "node:readline";
import { evaluate, parse, shown } from "../../static/app/expression.js";

const read = (text) => {
  try {
    return { node: parse(text) };
  } catch (error) {
    return { at: error.position ?? `${error}` };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const { show_if, items, answers } = JSON.parse(line);
  if (items) {
    const conditions = items.map(([item, text]) => [item, text === null ? null : parse(text)]);
    console.log(JSON.stringify([...shown(conditions, answers)]));
  } else {
    const { node, at } = read(show_if);
    console.log(JSON.stringify(node ? evaluate(node, answers) : { at }));
  }
}
