/** "Tell someone outside my treatment team": sealed as it is sent, and never kept on the phone before. */
import { keptList, refresh } from "./list.js";
import { stateOf } from "./outbox.js";
import { fill, one } from "./page.js";
import { deliver } from "./sync.js";
import { wish, wished } from "./wishes.js";

/** @typedef {import("./list.js").List} List */

const words = /** @type {HTMLTextAreaElement} */ (one("#words"));
const reply = /** @type {HTMLInputElement} */ (one("#reply"));
/** What was sent while this page is open: a later visit does not tell that anything ever was. */
let mine = "";

/** @param {List} list */
function show(list) {
  const { name = "", role = "", ethics } = list.outside ?? {};
  fill("name", name);
  fill("role", role);
  one("[data-role]").hidden = !role;
  one("#named").hidden = !name;
  one("#nobody").hidden = !!name;
  one("#ethics").hidden = !Object.values(ethics ?? {}).some(Boolean);
  for (const [field, value] of Object.entries(ethics ?? {})) {
    const line = one(`[data-ethics="${field}"]`);
    line.hidden = !value;
    one("b", line).textContent = value;
    const scheme = { phone: "tel", email: "mailto" }[field];
    if (scheme) one("a", line).setAttribute("href", `${scheme}:${value.replaceAll(" ", "")}`);
  }
  one("#outside").hidden = false;
}

/** Say what became of it: what still waits always, what arrived only to whoever just sent it. */
async function tell() {
  const now = Date.now();
  const sent = await wished("outside");
  const waiting = sent.filter((each) => stateOf(each, now) !== "sent");
  const shown = sent.find(({ id }) => id === mine) ?? waiting.at(-1);
  const state = shown && stateOf(shown, now);
  for (const each of document.querySelectorAll("[data-state]")) {
    /** @type {HTMLElement} */ (each).hidden = each.getAttribute("data-state") !== state;
  }
}

/** @param {List} list */
async function send(list) {
  one("#empty").hidden = !!words.value.trim();
  if (!words.value.trim()) return words.focus();
  const button = /** @type {HTMLButtonElement} */ (one("#write button"));
  button.disabled = true;
  try {
    const inside = { words: words.value, reply: reply.value.trim() };
    mine = (await wish(list, "outside", inside)).id;
    words.value = reply.value = "";
    await tell();
    await deliver(list.epoch);
    await tell();
    one("[data-state]:not([hidden])").focus();
  } finally {
    button.disabled = false;
  }
}

async function start() {
  let list = await keptList();
  if (list) show(list);
  one("#write").addEventListener("submit", (event) => {
    event.preventDefault();
    if (list) send(list);
  });
  // A page that the browser keeps for "back" would still hold the words.
  addEventListener("pagehide", () => {
    words.value = reply.value = "";
  });
  const { list: fresh } = await refresh();
  if (!fresh) return location.replace("/");
  list = fresh;
  show(list);
  await deliver(list.epoch);
  await tell();
}

start().catch(() => location.replace("/"));
