/**
 * `show_if` on the phone: the language of docs/show-if.md, read and evaluated as the server does
 * (server/domain/grammar.py and expression.py). Loaded only by forms that hide something.
 */

/** @typedef {{ item: string } | { value: number | string }} Operand */
/**
 * @typedef {{ kind: "all" | "some", parts: Node[] }
 *   | { kind: "not", part: Node }
 *   | { kind: "answered", item: string }
 *   | { kind: "includes", item: string, code: number }
 *   | { kind: "compared", left: Operand, sign: string, right: Operand }} Node
 */
/** @typedef {{ kind: string, text: string, at: number }} Token */
/** @typedef {Record<string, unknown>} Values */

const LONGEST = 4_000;
const DEEPEST = 30;
const RESERVED = new Set(["and", "or", "not", "is", "answered", "includes"]);
const SIGNS = new Set(["=", "!=", "<", "<=", ">", ">="]);
/** @type {[string, RegExp][]} */
const TOKENS = [
  ["date", /\d{4}-\d{2}-\d{2}/y],
  ["number", /-?(?:0|[1-9]\d{0,9})(?:\.\d{1,9})?/y],
  ["word", /[a-z][a-z0-9_]*/y],
  ["text", /'[^'\r\n]*'|"[^"\r\n]*"/y],
  ["sign", /<=|>=|!=|[=<>()]/y],
];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
// White space as browsers and Python see it: each knows some that the other does not.
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts these as white space
const EDGES = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g;

/** Refuses an expression; `position` is the character at fault, the first is 1. */
export class ExpressionError extends Error {
  /** @param {string} text @param {number} at */
  constructor(text, at) {
    const position = [...text.slice(0, at)].length + 1;
    super(`not readable at character ${position}`);
    this.position = position;
  }
}

// ---------------------------------------------------------------- reading

/** @param {string} text @returns {Node} */
export function parse(text) {
  if ([...text].length > LONGEST) {
    throw new ExpressionError(text, [...text].slice(0, LONGEST).join("").length);
  }
  const tokens = tokensOf(text);
  let place = 0;
  let depth = 0;

  const here = () => /** @type {Token} */ (tokens[place]);
  /** @param {number} at @returns {never} */
  const refuse = (at = here().at) => {
    throw new ExpressionError(text, at);
  };
  /** @param {string} kind @param {string} [exactly] */
  const take = (kind, exactly) => {
    const token = here();
    if (token.kind !== kind || (exactly && token.text !== exactly)) return undefined;
    place += 1;
    return token;
  };
  /** @param {"all" | "some"} kind @param {string} word @param {() => Node} read @returns {Node} */
  const joined = (kind, word, read) => {
    const first = read();
    const parts = [first];
    while (take(word)) parts.push(read());
    return parts.length === 1 ? first : { kind, parts };
  };
  const either = () => joined("some", "or", both);
  const both = () => joined("all", "and", opposite);
  /** @returns {Node} */
  const opposite = () => {
    const { at } = here();
    if (take("not")) return { kind: "not", part: deeper(at, opposite) };
    if (!take("sign", "(")) return test();
    const node = deeper(at, either);
    return take("sign", ")") ? node : refuse();
  };
  /** @param {number} at @param {() => Node} read */
  const deeper = (at, read) => {
    depth += 1;
    if (depth > DEEPEST) refuse(at);
    const node = read();
    depth -= 1;
    return node;
  };
  /** @returns {Node} */
  const test = () => {
    const left = operand();
    if ("item" in left && take("is")) return answered(left.item);
    if ("item" in left && take("includes")) {
      const code = take("number") ?? refuse();
      return { kind: "includes", item: left.item, code: Number(code.text) };
    }
    const sign = here();
    if (sign.kind !== "sign" || !SIGNS.has(sign.text)) refuse();
    place += 1;
    return { kind: "compared", left, sign: sign.text, right: operand() };
  };
  /** @param {string} item @returns {Node} */
  const answered = (item) => {
    const opposed = take("not");
    if (!take("answered")) refuse();
    /** @type {Node} */
    const node = { kind: "answered", item };
    return opposed ? { kind: "not", part: node } : node;
  };
  /** @returns {Operand} */
  const operand = () => {
    const token = here();
    if (!["word", "number", "date", "text"].includes(token.kind)) refuse();
    place += 1;
    if (token.kind === "word") return { item: token.text };
    if (token.kind === "number") return { value: Number(token.text) };
    return { value: token.kind === "date" ? token.text : trimmed(token.text.slice(1, -1)) };
  };

  const node = either();
  return here().kind === "end" ? node : refuse();
}

/** @param {string} text */
function tokensOf(text) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  for (;;) {
    while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
    if (at === text.length) return [...tokens, { kind: "end", text: "", at }];
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
}

/** @param {string} text @param {number} at @returns {Token} */
function tokenAt(text, at) {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found === undefined) continue;
    const glued = /[\w.]/.test(text.charAt(at + found.length));
    if (kind !== "text" && kind !== "sign" && glued) break;
    if (kind === "date" && !inCalendar(found)) break;
    return { kind: RESERVED.has(found) ? found : kind, text: found, at };
  }
  throw new ExpressionError(text, at);
}

/** @param {string} text */
function inCalendar(text) {
  const moment = new Date(`${text}T00:00:00Z`);
  return text > "0001" && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

/** @param {string} text */
const trimmed = (text) => text.replace(EDGES, "");

// ---------------------------------------------------------------- evaluating

/** Whether it holds; null when that hangs on an answer that is not there. @param {Node} node @param {Values} values @returns {boolean | null} */
export function evaluate(node, values) {
  switch (node.kind) {
    case "not": {
      const truth = evaluate(node.part, values);
      return truth === null ? null : !truth;
    }
    case "all":
    case "some": {
      const truths = node.parts.map((part) => evaluate(part, values));
      const decisive = node.kind === "some";
      if (truths.includes(decisive)) return decisive;
      return truths.includes(null) ? null : !decisive;
    }
    case "answered":
      return given(values[node.item]) !== null;
    case "includes": {
      const chosen = given(values[node.item]);
      return Array.isArray(chosen) ? chosen.includes(node.code) : null;
    }
    default:
      return compared(node.sign, told(node.left, values), told(node.right, values));
  }
}

/**
 * The items of a form that are shown: what an item says that is itself not shown counts as not
 * answered, so each is decided by those above it.
 * @param {[string, Node | null][]} conditions @param {Values} values @returns {Set<string>}
 */
export function shown(conditions, values) {
  /** @type {Values} */
  const seen = Object.create(null);
  const found = new Set();
  for (const [item, condition] of conditions) {
    if (condition && evaluate(condition, seen) !== true) continue;
    found.add(item);
    seen[item] = values[item];
  }
  return found;
}

/**
 * What the items of a page hang on: `data-show-if` beside `data-item`, which names the item.
 * @param {HTMLElement[]} items in the order of the form @returns {[string, Node | null][]}
 */
export function readConditions(items) {
  return items.map(({ dataset: { item = "", showIf } }) => [item, showIf ? parse(showIf) : null]);
}

/** @param {Operand} side @param {Values} values */
const told = (side, values) => ("item" in side ? given(values[side.item]) : side.value);

/** An answer, or null for what says nothing: blank, empty, no number, of no known kind. @param {unknown} value */
function given(value) {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return trimmed(value) || null;
  return Array.isArray(value) && value.length ? value : null;
}

/** @param {string} sign @param {unknown} left @param {unknown} right */
function compared(sign, left, right) {
  if (typeof left === "number" && typeof right === "number") {
    return ordered(sign, Number(left > right) - Number(left < right));
  }
  if (typeof left !== "string" || typeof right !== "string") return null;
  if (sign === "=" || sign === "!=") return (left === right) === (sign === "=");
  if (!DAY.test(left) || !DAY.test(right)) return null;
  return ordered(sign, Number(left > right) - Number(left < right));
}

/** @param {string} sign @param {number} order */
function ordered(sign, order) {
  switch (sign) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}
