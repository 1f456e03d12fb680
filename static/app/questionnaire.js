/** A form on the phone: one question at a time, nothing preselected, every change kept, left at any moment. */
import { begin, choosePin, draftKeys, find, move, resume, save } from "./drafts.js";
import { kept } from "./store.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./list.js").List} List */
/** @typedef {import("./list.js").Due} Due */

const form = /** @type {HTMLFormElement} */ (document.querySelector("#form"));
/** @param {string} selector @param {ParentNode} root @returns {HTMLElement} */
const one = (selector, root = document) =>
  /** @type {HTMLElement} */ (root.querySelector(selector));
/** @param {string} selector @param {ParentNode} root @returns {HTMLElement[]} */
const many = (selector, root = document) => Array.from(root.querySelectorAll(selector));
/** @param {string} name */
const say = (name) => one(`[data-say="${name}"]`, words.content).textContent;
/** @param {string} name @param {string | number} text */
const fill = (name, text) => {
  for (const slot of many(`[data-slot="${name}"]`)) slot.textContent = String(text);
};

const words = /** @type {HTMLTemplateElement} */ (one("#words"));
const items = many("[data-item]");
const asking = items.filter((item) => item.classList.contains("asks"));
const title = document.title;

/** @type {List} */
let list;
/** @type {Draft} */
let draft;
let here = one(".now");
let shownAt = performance.now();
let askedAbout = "";
let typing = 0;

/** @returns {Due | undefined} */
const due = () => list.assessments.find(({ id }) => id === assessment());
const assessment = () => draft?.assessment ?? location.hash.slice(1);
/** @param {HTMLElement} item */
const idOf = (item) => item.dataset.item ?? "";
/** @param {string} name */
const step = (name) => one(`[data-step="${name}"]`);

// ---------------------------------------------------------------- answers

/** @param {HTMLElement} item */
const fields = (item) =>
  /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ (many("[name]", item));

/** What stands in a question: undefined when it is empty, NaN when it cannot be read. @param {HTMLElement} item */
function read(item) {
  const inputs = fields(item);
  const ticked = inputs.filter((input) => "checked" in input && input.checked);
  const typed = inputs[0]?.value.trim() ?? "";
  switch (item.dataset.kind) {
    case "choice":
    case "yes-no":
      return ticked[0] && Number(ticked[0].value);
    case "multi-choice":
      return ticked.length ? ticked.map(({ value }) => Number(value)) : undefined;
    case "number":
    case "scale":
      return typed ? number(typed, inputs[0]?.dataset ?? {}) : undefined;
    default:
      return typed ? inputs[0]?.value : undefined;
  }
}

/** @param {string} typed @param {DOMStringMap} limits */
function number(typed, { min, max, step }) {
  const value = Number(typed.replace(",", "."));
  const low = min && value < Number(min);
  const high = max && value > Number(max);
  const steps = step ? (value - Number(min || 0)) / Number(step) : 0;
  return low || high || Math.abs(steps - Math.round(steps)) > 1e-6 ? Number.NaN : value;
}

/** @param {HTMLElement} item @param {unknown} value */
function write(item, value) {
  const values = Array.isArray(value) ? value : [value];
  for (const input of fields(item)) {
    if (input.type === "radio" || input.type === "checkbox") {
      /** @type {HTMLInputElement} */ (input).checked = values.includes(Number(input.value));
    } else input.value = value === undefined ? "" : String(value);
  }
}

/** Put into the draft what stands in a question. @param {HTMLElement} item */
function note(item) {
  const { answers, changes } = draft.content;
  const value = read(item);
  const before = answers[idOf(item)];
  if (Number.isNaN(value) || JSON.stringify(before?.value) === JSON.stringify(value)) return;
  if (before && changes.length < 500) {
    const was = typeof before.value === "string" ? before.value.slice(0, 200) : before.value;
    changes.push({ item: idOf(item), at: new Date().toISOString(), was: was ?? before.state });
  }
  if (value === undefined) delete answers[idOf(item)];
  else answers[idOf(item)] = { state: "answered", value };
  keep();
}

async function keep() {
  clearTimeout(typing);
  const told = one("#kept");
  try {
    await save(draft);
    told.textContent = say("kept");
  } catch {
    told.textContent = say("not-kept");
  }
}

// ---------------------------------------------------------------- steps

/** @param {HTMLElement} next @param {boolean} focus */
function show(next, focus = true) {
  spend();
  here.classList.remove("now");
  next.classList.add("now");
  here = next;
  const kind = next.dataset.step ?? "item";
  const part = ["intro", "pin", "item", "review"].includes(kind) ? kind : "end";
  for (const each of many("[data-for]")) each.hidden = !each.dataset.for?.includes(part);
  for (const id of ["#empty", "#odd", "#moved"]) if (one(id)) one(id).hidden = true;
  one("#kept").textContent = "";
  offerOthers(part === "intro" || part === "item" || part === "review" || kind === "sent");
  showPlace();
  if (focus) {
    scrollTo(0, 0);
    one(".ask", next).focus({ preventScroll: true });
  }
}

/** Add the time since the last step to the question that was on the screen. */
function spend() {
  const now = performance.now();
  if (draft && here.dataset.item && document.visibilityState === "visible") {
    const { times } = draft.content;
    times[idOf(here)] = Math.round((times[idOf(here)] ?? 0) + now - shownAt);
    draft.content.elapsed += now - shownAt;
  }
  shownAt = now;
}

function showPlace() {
  const at = asking.indexOf(here) + 1;
  one("#progress").hidden = !here.dataset.item;
  one("#clear").hidden = !/choice|yes/.test(here.dataset.kind ?? "") || read(here) === undefined;
  if (!at) return;
  const bar = /** @type {HTMLProgressElement} */ (one("progress"));
  bar.value = at;
  fill("here", at);
  fill("all", asking.length);
  bar.setAttribute("aria-valuetext", one("#progress p").textContent?.trim() ?? "");
}

/** @param {number} by */
function turn(by) {
  const at = here.dataset.step === "review" ? items.length : items.indexOf(here);
  const next = items[at + by];
  if (next) open(next);
  else if (by < 0) show(step("intro"));
  else review();
}

/** @param {HTMLElement} item */
function open(item) {
  askedAbout = "";
  draft.content.place = idOf(item);
  show(item);
  keep();
}

function forward() {
  if (here.dataset.step === "intro") return start();
  if (here.dataset.step === "pin") return unlock();
  if (here.dataset.step === "review") return finish();
  const value = read(here);
  const answer = draft.content.answers[idOf(here)];
  if (Number.isNaN(value)) return complain();
  note(here);
  if (value === undefined && here.classList.contains("asks") && answer?.state !== "skipped") {
    if (askedAbout !== idOf(here)) return askOnce();
  }
  return turn(1);
}

function askOnce() {
  askedAbout = idOf(here);
  one("#empty").hidden = false;
  one("#empty").scrollIntoView({ block: "nearest" });
}

function complain() {
  const { min, max } = fields(here)[0]?.dataset ?? {};
  fill("low", min || "…");
  fill("high", max || "…");
  one("#odd").hidden = false;
  fields(here)[0]?.focus();
}

/** @type {Record<string, () => void>} */
const deeds = {
  back: () => turn(-1),
  answer: () => {
    one("#empty").hidden = true;
    fields(here)[0]?.focus();
  },
  leave: () => {
    draft.content.answers[idOf(here)] = { state: "skipped" };
    turn(1);
  },
  clear: () => {
    write(here, undefined);
    note(here);
    showPlace();
    fields(here)[0]?.focus();
  },
  forget: async () => {
    if (!list.pin) return;
    location.replace("/join#forgot");
  },
};

function review() {
  const rows = asking.map((item) => {
    const row = document.createElement("li");
    const answer = document.createElement("p");
    const change = document.createElement("button");
    const question = one(".ask", item).cloneNode(true);
    for (const whose of many(".whose", /** @type {HTMLElement} */ (question))) whose.remove();
    change.type = "button";
    change.textContent = say("change");
    change.setAttribute("aria-label", `${change.textContent}: ${question.textContent}`);
    change.onclick = () => open(item);
    answer.className = "pair";
    answer.append(shown(item), change);
    row.append(question.textContent ?? "", answer);
    return row;
  });
  one("#answers").replaceChildren(...rows);
  draft.content.place = "review";
  show(step("review"));
  keep();
}

/** An answer as it reads on the review page. @param {HTMLElement} item */
function shown(item) {
  const text = document.createElement("b");
  const ticked = many(":checked", item).map((input) => input.nextElementSibling?.textContent);
  const value = read(item);
  text.textContent = ticked.join(", ") || (value === undefined ? say("empty") : String(value));
  if (value === undefined) text.className = "quiet";
  return text;
}

// ---------------------------------------------------------------- beginning, going on, sending

async function start() {
  if (!draft) draft = await begin(assessment(), formHash());
  const first = items[0];
  if (first) open(first);
}

const formHash = () => location.pathname.slice(3, -5);

async function unlock() {
  const field = /** @type {HTMLInputElement} */ (one("#pin"));
  const found = await find(assessment());
  const opened = found && (await resume(found, field.value));
  field.value = "";
  if (typeof opened === "object") return goOn(opened);
  if (!opened || opened <= 0) return location.replace("/join#pin");
  fill("tries", opened);
  one("[data-wrong]").hidden = false;
  field.focus();
}

/** @param {Draft} opened */
function goOn(opened) {
  draft = opened;
  for (const item of asking) write(item, draft.content.answers[idOf(item)]?.value);
  const place = items.find((item) => idOf(item) === draft.content.place);
  if (place) show(place);
  else if (draft.content.place === "review") review();
  else show(step("intro"));
}

async function finish() {
  const button = /** @type {HTMLButtonElement} */ (one('[data-for="review"]'));
  button.disabled = true;
  try {
    const [{ send, records, stateOf }, { keepDelivering }] = await delivery();
    /** @type {Record<string, import("./drafts.js").Answer | { state: "unanswered" }>} */
    const answers = {};
    for (const item of asking) {
      answers[idOf(item)] = draft.content.answers[idOf(item)] ?? { state: "unanswered" };
    }
    const sent = await send(draft, list, answers);
    const tell = async () => {
      const record = (await records()).find(({ id }) => id === sent.id);
      const state = record ? stateOf(record, Date.now()) : "sent";
      if (here.dataset.step !== state) show(step(state));
    };
    // The answers lie in the outbox now, whatever happens next; not to be kept waiting by a bad network.
    const patience = setTimeout(tell, 4_000);
    await keepDelivering(list.epoch, tell);
    clearTimeout(patience);
  } catch {
    button.disabled = false;
    one("#kept").textContent = say("not-kept");
  }
}

const delivery = () => Promise.all([import("./outbox.js"), import("./sync.js")]);

/** "I meant the other one": before sending and after, at once. @param {boolean} fits */
function offerOthers(fits) {
  const place = one("#other");
  if (!place) return;
  const template = /** @type {HTMLTemplateElement} */ (one("#meant"));
  const buttons = (due()?.others ?? []).map((other) => {
    const button = /** @type {HTMLElement} */ (one("button", template.content).cloneNode(true));
    one("span", button).textContent = other.name;
    button.onclick = () => meant(other);
    return button;
  });
  place.replaceChildren(...(fits ? buttons : []));
}

/** @param {Due["others"][number]} other */
async function meant(other) {
  if (here.dataset.step === "sent") {
    const response = await fetch(`/api/assessments/${assessment()}/about`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ about: other.id }),
    });
    if (!response.ok) return;
  } else if (!(await hold(other.assessment))) return show(step("elsewhere"));
  else if (draft) await move(draft, other.assessment);
  if (draft) draft.assessment = other.assessment;
  history.replaceState(null, "", `#${other.assessment}`);
  tellWhose();
  offerOthers(true);
  one("#moved").hidden = false;
}

function tellWhose() {
  const whose = one(".whose")?.textContent;
  fill("about", due()?.about?.name ?? "");
  fill("guides", list.words.guides);
  const team = list.help.team.phone;
  one("#team").textContent = team;
  one("#team").setAttribute("href", `tel:${team.replaceAll(" ", "")}`);
  document.title = whose ? `${one(".whose").textContent?.trim()}: ${title}` : title;
}

/** One window at a time writes a draft. @param {string} id @returns {Promise<boolean>} */
const hold = (id) =>
  new Promise((resolve) => {
    // A reload lets go of it a moment after the new page asks.
    const signal = AbortSignal.timeout(1_500);
    navigator.locks
      .request(`draft-${id}`, { signal }, () => {
        resolve(true);
        return new Promise(() => undefined);
      })
      .catch(() => resolve(false));
  });

function listen() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    forward();
  });
  form.addEventListener("click", ({ target }) => {
    const does = target instanceof HTMLElement ? target.dataset.do : undefined;
    if (does) deeds[does]?.();
  });
  form.addEventListener("input", ({ target }) => {
    if (!here.dataset.item || !draft || !(target instanceof HTMLElement)) return;
    one("#empty").hidden = true;
    one("#odd").hidden = true;
    const long = here.querySelector("[data-long]");
    if (long instanceof HTMLElement && target instanceof HTMLTextAreaElement) {
      long.hidden = target.value.length <= Number(target.dataset.soft);
    }
    clearTimeout(typing);
    typing = window.setTimeout(() => note(here), target.matches(".field") ? 300 : 0);
    showPlace();
  });
  document.addEventListener("visibilitychange", () => {
    if (here.dataset.item && draft) note(here);
    spend();
  });
}

async function ready() {
  const known = /** @type {List | undefined} */ (await kept("list"));
  if (!known) return location.replace("/");
  list = known;
  const practice = assessment() === "practice";
  const found = await find(assessment());
  const now = Date.now() + (list.skew ?? 0);
  const entry = due();
  const open = entry && Date.parse(entry.opens_at) <= now && now < Date.parse(entry.closes_at);
  if (!practice && !open && !found) return show(step("gone"));
  if (!(await hold(assessment()))) return show(step("elsewhere"));
  const keys = await draftKeys();
  if (!keys && list.pin) return location.replace("/join#pin");
  if (!keys) await choosePin(null);
  if (practice) one('a[data-for="end"]').setAttribute("href", "/join#reminder");
  if (form.querySelector("[data-scale]")) await import("./scale.js");
  tellWhose();
  listen();
  const opened = found && !keys?.wrapped ? await resume(found, "") : undefined;
  if (typeof opened === "object") goOn(opened);
  else show(found ? step("pin") : step("intro"), !!found);
}

ready().catch(() => show(step("unkept")));
