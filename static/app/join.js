/** Joining: the code connects the phone; then the PIN, a practice form, a test reminder. */
import { draftKeys } from "./drafts.js";
import { refresh } from "./list.js";
import { rebind, tellPin } from "./pin.js";
import { choosePin } from "./resuming.js";
import { keepDelivering } from "./sync.js";

/** @typedef {import("./list.js").List} List */

/** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
const one = (selector, root = document) =>
  /** @type {HTMLElement} */ (root.querySelector(selector));
/** @param {string} selector */
const input = (selector) => /** @type {HTMLInputElement} */ (one(selector));

/** @type {List | undefined} */
let list;
let forgot = false;
const fragment = new URLSearchParams(location.hash.slice(1));
const token = fragment.get("t") ?? "";
const place = fragment.get("place") ?? "";

/** @param {string} name */
function show(name) {
  for (const step of document.querySelectorAll(".step")) step.classList.remove("now");
  const step = one(`[data-step="${name}"]`);
  step.classList.add("now");
  one("#trouble").hidden = true;
  scrollTo(0, 0);
  one(".ask", step).focus({ preventScroll: true });
}

/** Show the first step that is still to be done. @param {string} asked */
async function next(asked = "") {
  if (!list) return show("code");
  if (asked === "forgot") {
    forgot = true;
    return show("forgot");
  }
  const keys = await draftKeys();
  // A new code stands for the old PIN: from here on it is a new one's turn.
  one("#wiped").hidden = asked !== "wiped";
  if ((!keys || forgot) && list.pin) return show("pin");
  if (!keys) await choosePin(null);
  const { practice, reminders } = list;
  one("#practise").setAttribute("href", `/f/${practice.form}.html#practice`);
  if (!practice.done && asked !== "reminder") return show("practice");
  return show(reminders && !practice.confirmed ? "reminder" : "ready");
}

/** @param {string} path @param {object} body */
const post = (path, body) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

/** @param {() => Promise<unknown>} work */
const tried = (work) => () =>
  work().catch(() => {
    one("#trouble").hidden = false;
  });

async function connect() {
  // What an earlier owner of this phone finished leaves under their own name first.
  await keepDelivering("", () => undefined).catch(() => undefined);
  const response = await post("/api/join", { code: input("#code").value, token });
  const wrong = one("#code-error");
  if (!response.ok) {
    const { error } = await response.json();
    wrong.textContent = error;
    wrong.hidden = false;
    input("#code").setAttribute("aria-invalid", "true");
    return input("#code").focus();
  }
  list = (await refresh()).list;
  await next();
}

async function pin() {
  const [first, again] = [input("#pin"), input("#again")];
  const short = !/^\d{6,}$/.test(first.value);
  const different = !short && first.value !== again.value;
  one('[data-wrong="short"]').hidden = !short;
  one('[data-wrong="different"]').hidden = !different;
  if (short || different) return (short ? first : again).focus();
  await choosePin(first.value);
  forgot = false;
  // Without it this phone answers all the same; it only cannot read back, or be bound again by PIN.
  await tellPin(first.value).catch(() => undefined);
  first.value = "";
  again.value = "";
  await next();
}

/** The installed app of a phone that was connected in its browser: its place is known, its PIN is asked. */
async function again() {
  const field = input("#known-pin");
  // A press before anything was typed is no wrong PIN.
  if (!field.value) return field.focus();
  // What an earlier owner of this phone finished leaves under their own name first.
  await keepDelivering("", () => undefined).catch(() => undefined);
  const answer = await rebind(place, field.value);
  one("#known-error").hidden = answer.ok;
  if (!answer.ok) {
    one("#known-error").textContent = answer.error;
    return field.focus();
  }
  // Drafts are kept under the same PIN here as well.
  if (!(await draftKeys())) await choosePin(field.value);
  field.value = "";
  list = (await refresh()).list;
  location.replace("/");
}

async function sendTest() {
  const response = await post("/api/practice/reminder", {});
  one("#on-its-way").hidden = !response.ok;
  one("#not-sent").hidden = response.ok;
  one("#it-came").hidden = !response.ok;
  one("#send-test").hidden = response.ok;
}

async function itCame() {
  await post("/api/practice/confirmed", {});
  show("ready");
}

/** @param {string} selector @param {string} event @param {() => Promise<unknown>} work */
function on(selector, event, work) {
  const act = tried(work);
  one(selector).addEventListener(event, (happened) => {
    happened.preventDefault();
    act();
  });
}

async function start() {
  // The token is a credential until it is used: it is not to stay in the history.
  history.replaceState(null, "", location.pathname);
  // Whoever types faster than this script comes keeps what was typed.
  const known = fragment.get("c");
  if (known) input("#code").value = known;
  if (!isSecureContext) {
    one("#plain").hidden = false;
    input('[name="token"]').value = token;
    return;
  }
  on('[data-step="code"]', "submit", connect);
  on('[data-step="pin"]', "submit", pin);
  on('[data-step="known"]', "submit", again);
  on("#send-test", "click", sendTest);
  on("#it-came", "click", itCame);
  for (const button of document.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => show(button.getAttribute("data-go") ?? ""));
  }
  if (token || fragment.has("c")) return;
  if (place) return show("known");
  const asked = [...fragment.keys()][0];
  if (!asked) return;
  const found = await refresh();
  if (found.reach === "unbound") return;
  list = found.list;
  if (list) await next(asked);
}

start();
