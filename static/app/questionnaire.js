/** A form on the phone: one question at a time, nothing preselected, every change kept, left at any moment. */
import * as drafts from "./drafts.js";
import { kept } from "./store.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./list.js").List} List */

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
const every = many("[data-item]");
/** @param {HTMLElement} item */
const asks = (item) => item.classList.contains("asks");
// Those shown now: all, unless some hang on answers above them.
let items = every;
let asking = every.filter(asks);
/** Look again which items are shown. */
let sift = () => {};
const title = document.title;

/** @type {List} */
let list;
/** @type {Draft} */
let draft;
let here = one(".now");
let shownAt = performance.now();
let askedAbout = "";
let typing = 0;
let changing = false;
/** Whether the server was told that this was begun. */
let spoken = false;

const due = () => list.assessments.find(({ id }) => id === assessment());
const assessment = () => draft?.assessment ?? location.hash.slice(1);
/** @param {HTMLElement} item */
const idOf = (item) => item.dataset.item ?? "";
/** @param {string} name */
const step = (name) => one(`[data-step="${name}"]`);

/** Keep what stands in a question, if it is news. @param {HTMLElement} item */
const put = (item) => drafts.note(draft, item) && keep();

async function keep() {
  clearTimeout(typing);
  const told = await drafts.save(draft).then(
    () => "kept",
    () => "not-kept",
  );
  one("#kept").textContent = say(told);
  if (told === "kept" && !spoken) {
    ending()
      .then(({ tellBegun }) => tellBegun())
      .catch(() => undefined);
  }
  spoken = true;
}

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

/** Count the time since the last step for the question that was on the screen. */
function spend() {
  const now = performance.now();
  if (draft && here.dataset.item) drafts.count(draft, idOf(here), now - shownAt);
  shownAt = now;
}

function showPlace() {
  sift();
  const at = asking.indexOf(here) + 1;
  one("#progress").hidden = !here.dataset.item;
  // It keeps its place while there is nothing to remove: choosing must not move what was chosen.
  one("#clear").hidden = !/choice|yes/.test(here.dataset.kind ?? "");
  one("#clear").classList.toggle("unseen", drafts.read(here) === undefined);
  if (!at) return;
  const bar = /** @type {HTMLProgressElement} */ (one("progress"));
  bar.max = asking.length;
  bar.value = at;
  fill("here", at);
  bar.setAttribute("aria-valuetext", one("#progress p").textContent?.trim() ?? "");
}

/** @param {number} by */
function turn(by) {
  sift();
  const at = here.dataset.step === "review" ? items.length : items.indexOf(here);
  // Whoever came from the review to change one answer goes back there, past what that brought up.
  const next = changing && by > 0 ? items.slice(at + 1).find(brought) : items[at + by];
  if (next) open(next);
  else if (by > 0) review();
  else show(step("intro"));
}

/** Whether a question is here because of an answer above, and new. @param {HTMLElement} item */
const brought = (item) => asks(item) && item.dataset.showIf && !draft.content.answers[idOf(item)];

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
  const value = drafts.read(here);
  const answer = draft.content.answers[idOf(here)];
  if (Number.isNaN(value)) return complain();
  put(here);
  if (value === undefined && here.classList.contains("asks") && answer?.state !== "skipped") {
    if (askedAbout !== idOf(here)) {
      askedAbout = idOf(here);
      one("#empty").hidden = false;
      return one("#empty").scrollIntoView({ block: "nearest" });
    }
  }
  return turn(1);
}

function complain() {
  const { min, max } = drafts.fields(here)[0]?.dataset ?? {};
  fill("low", min || "…");
  fill("high", max || "…");
  one("#odd").hidden = false;
  drafts.fields(here)[0]?.focus();
}

/** @type {Record<string, () => void>} */
const deeds = {
  back: () => turn(-1),
  answer: () => {
    one("#empty").hidden = true;
    drafts.fields(here)[0]?.focus();
  },
  leave: () => {
    draft.content.answers[idOf(here)] = { state: "skipped" };
    turn(1);
  },
  clear: () => {
    drafts.write(here, undefined);
    put(here);
    showPlace();
    drafts.fields(here)[0]?.focus();
  },
};

async function review() {
  const { rows } = end ?? (await ending());
  const change = (/** @type {HTMLElement} */ item) => {
    open(item);
    changing = true;
  };
  one("#answers").replaceChildren(...rows(asking, say, change));
  changing = false;
  draft.content.place = "review";
  show(step("review"));
  keep();
}

async function start() {
  // The page's address holds the form's hash: /f/<hash>.html
  if (!draft) draft = await drafts.begin(assessment(), location.pathname.slice(3, -5));
  ending();
  if (items[0]) open(items[0]);
}

async function unlock() {
  const field = /** @type {HTMLInputElement} */ (one("#pin"));
  const found = await drafts.find(assessment());
  const opened = found && (await drafts.resume(found, field.value));
  field.value = "";
  if (typeof opened === "object") return goOn(opened);
  if (!opened || opened <= 0) return location.replace("/join#pin");
  fill("tries", opened);
  const wait = await drafts.pause();
  fill("wait", Math.ceil(wait / 1000));
  one("[data-wait]").hidden = !wait;
  one("[data-wrong]").hidden = false;
  field.focus();
}

/** @param {Draft} opened */
function goOn(opened) {
  draft = opened;
  ending();
  for (const item of every) drafts.write(item, draft.content.answers[idOf(item)]?.value);
  sift();
  const place = items.find((item) => idOf(item) === draft.content.place);
  if (place) show(place);
  else if (draft.content.place === "review") review();
  else show(step("intro"));
}

async function finish() {
  const button = /** @type {HTMLButtonElement} */ (one('[data-for="review"]'));
  button.disabled = true;
  try {
    const { send } = await ending();
    // What is not shown goes too, if it was answered before: the server sets it aside.
    await send(draft, list, every.filter(asks).map(idOf), (state) => {
      if (here.dataset.step !== state) show(step(state));
    });
  } catch {
    button.disabled = false;
    one("#kept").textContent = say("not-kept");
  }
}

// Fetched while questions are answered: a network that is gone by the end does no harm.
/** @type {typeof import("./review.js") | undefined} */
let end;
const ending = async () => (end ??= await import("./review.js"));

/** "I meant the other one": before sending and after, at once. @param {boolean} fits */
function offerOthers(fits) {
  const template = /** @type {HTMLTemplateElement} */ (one("#meant"));
  const buttons = (due()?.others ?? []).map((other) => {
    const button = /** @type {HTMLElement} */ (one("button", template.content).cloneNode(true));
    one("[data-slot]", button).textContent = other.name;
    button.onclick = () => meant(other);
    return button;
  });
  one("#other")?.replaceChildren(...(fits ? buttons : []));
}

/** @param {import("./list.js").Due["others"][number]} other */
async function meant(other) {
  if (here.dataset.step === "sent") {
    if (!(await (await ending()).mend(assessment(), other.id))) return;
  } else if (!(await drafts.hold(other.assessment))) return show(step("elsewhere"));
  else if (draft) await drafts.move(draft, other.assessment);
  if (draft) draft.assessment = other.assessment;
  history.replaceState(null, "", `#${other.assessment}`);
  tellWhose();
  offerOthers(true);
  one("#kept").textContent = "";
  one("#moved").hidden = false;
}

async function branch() {
  const { readConditions, shown } = await import("./expression.js");
  const conditions = readConditions(every);
  sift = () => {
    const values = Object.fromEntries(every.map((item) => [idOf(item), drafts.read(item)]));
    const found = shown(conditions, values);
    items = every.filter((item) => found.has(idOf(item)));
    asking = items.filter(asks);
    fill("all", asking.length);
  };
}

function tellWhose() {
  const whose = one(".whose")?.textContent;
  fill("about", due()?.about?.name ?? "");
  // A form that has no wording in the list's language keeps its own word for them.
  if (list.language.split("-")[0] === document.documentElement.lang.split("-")[0]) {
    fill("guides", list.words.guides);
  }
  fill("event", due()?.event?.text ?? "");
  document.title = whose ? `${one(".whose").textContent?.trim()}: ${title}` : title;
}

/** How long a text has become: a count that only tells, and a kind word past what was expected. @param {HTMLElement} item @param {string} text */
function tellLength(item, text) {
  const soft = Number(drafts.fields(item)[0]?.dataset.soft);
  one("[data-count]", item).hidden = !text;
  one("[data-slot=count]", item).textContent = String([...text].length);
  one("[data-long]", item).hidden = [...text].length <= soft;
}

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
    if ("value" in target && target.dataset.soft) tellLength(here, String(target.value));
    clearTimeout(typing);
    typing = window.setTimeout(() => put(here), target.matches(".field") ? 300 : 0);
    showPlace();
  });
  document.addEventListener("visibilitychange", () => {
    // Time counts while the page is looked at; leaving it may be the last chance to keep a word.
    if (document.visibilityState === "visible") shownAt = performance.now();
    else {
      spend();
      if (here.dataset.item && draft) put(here);
    }
  });
}

async function ready() {
  const known = /** @type {List | undefined} */ (await kept("list"));
  if (!known) return location.replace("/");
  list = known;
  const { leave, stop, found, locked } = await drafts.admit(list, assessment());
  if (leave) return location.replace(leave);
  if (stop) return show(step(stop));
  if (assessment() === "practice") one('a[data-for="end"]').setAttribute("href", "/join#reminder");
  if (form.querySelector("[data-scale]")) await import("./scale.js");
  if (form.querySelector("[data-show-if]")) await branch();
  tellWhose();
  listen();
  const opened = found && !locked && (await drafts.resume(found, ""));
  // Pressed before this script was there, it would have done nothing.
  /** @type {HTMLButtonElement} */ (one('[data-for="intro"]')).disabled = false;
  if (typeof opened === "object") goOn(opened);
  else show(found ? step("pin") : step("intro"), !!found);
}

ready().catch(() => show(step("unkept")));
