/** A form on the phone: one question at a time or a short page, nothing preselected, every change kept. */
import * as drafts from "./drafts.js";
import {
  asks,
  fields,
  fill,
  hush,
  idOf,
  isEmpty,
  isNew,
  later,
  listen,
  many,
  mark,
  note,
  offerOthers,
  offerTongues,
  one,
  point,
  progress,
  read,
  say,
  step,
  tellWhose,
  write,
} from "./screen.js";
import { kept } from "./store.js";

/** @typedef {import("./drafts.js").Draft} Draft */
/** @typedef {import("./list.js").List} List */
/** @typedef {import("./list.js").Due} Due */

/** @type {HTMLElement[]} */
export let every;
// Those shown now: all, unless some hang on answers above them.
/** @type {HTMLElement[]} */
let items;
/** @type {HTMLElement[]} */
export let asking;
/** Whether all questions stand on one short page. */
let paged = false;
/** Look again which items are shown. */
let sift = () => {};
let title = "";
// The page's address holds the form's hash: /f/<hash>.html
export let form = location.pathname.slice(3, -5);

/** @type {List} */
export let list;
/** @type {Draft} */
export let draft;
export let here = one(".now");
let shownAt = performance.now();
let asked = false;
let typing = 0;
let changing = false;
/** Whether the server was told that this was begun. */
let spoken = false;

export const assessment = () => draft?.assessment ?? location.hash.slice(1);
export const due = () =>
  assessment() === "practice"
    ? /** @type {Partial<Due>} */ (list.practice)
    : list.assessments.find(({ id }) => id === assessment());

/** Keep what stands in a question, if it is news. @param {HTMLElement} item */
const put = (item) => draft && idOf(item) && note(draft, item) && keep();

export async function keep() {
  clearTimeout(typing);
  const told = await drafts.save(draft).then(
    () => "kept",
    () => "not-kept",
  );
  one("#kept").textContent = say(told);
  if (told === "kept" && !spoken) later(ending(), (it) => it.tellBegun());
  spoken = true;
}

/** The questions on the screen. */
const seen = () => (here.dataset.item ? (paged ? items : [here]) : []);

/** @param {HTMLElement} next @param {boolean} focus */
export function show(next, focus = true) {
  spend();
  here = next;
  const kind = next.dataset.step ?? "item";
  const part = ["intro", "pin", "item", "review"].includes(kind) ? kind : "end";
  for (const each of many("[data-for]")) each.hidden = !each.dataset.for?.includes(part);
  hush();
  one("#kept").textContent = "";
  offerOthers(part === "pin" ? {} : due());
  showPlace();
  if (focus) {
    scrollTo(0, 0);
    const ask = one(".ask", next);
    ask.focus({ preventScroll: true });
    if (paged) ask.scrollIntoView({ block: "nearest" });
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
  const shown = seen();
  point(here, shown);
  for (const item of shown) mark(item, paged ? item : document);
  if (!paged && !shown.length) one("#clear").hidden = true;
  const answered = asking.filter((item) => read(item) !== undefined);
  const at = paged ? answered.length : asking.indexOf(here) + 1;
  if (at || paged) progress(at, asking.length);
}

/** @param {number} by */
function turn(by) {
  sift();
  const at = here.dataset.step === "review" ? items.length : items.indexOf(here);
  // Whoever came from the review to change one answer goes back there, past what that brought up.
  const next =
    changing && by > 0 ? items.slice(at + 1).find((item) => isNew(draft, item)) : items[at + by];
  if (paged && by < 0 && at === items.length && items[0]) open(items[0]);
  else if (next && !paged) open(next);
  else if (by > 0) review();
  else show(step("intro"));
}

/** @param {HTMLElement} item */
function open(item) {
  asked = false;
  draft.content.place = idOf(item);
  show(item);
  keep();
}

function forward() {
  if (here.dataset.step === "intro") return start();
  if (here.dataset.step === "pin") return later(import("./unlock.js"), (it) => it.unlock());
  if (here.dataset.step === "review") return ending().then((it) => it.finish());
  const shown = seen();
  const odd = shown.find((item) => Number.isNaN(read(item)));
  if (odd) {
    here = odd;
    return later(import("./numbers.js"), (it) => it.complain(odd));
  }
  for (const item of shown) put(item);
  const first = empty()[0];
  if (!first || asked) return turn(1);
  asked = true;
  here = first;
  one("#empty").hidden = false;
  one("#empty").scrollIntoView({ block: "nearest" });
}

/** What is asked on this screen and stands empty, and was not left so on purpose. */
const empty = () => seen().filter((item) => isEmpty(draft, item));

/** @type {Record<string, () => void>} */
const deeds = {
  back: () => turn(-1),
  answer: () => {
    hush();
    fields(here)[0]?.focus();
  },
  leave: () => {
    for (const item of empty()) draft.content.answers[idOf(item)] = { state: "skipped" };
    turn(1);
  },
  clear: () => {
    write(here, undefined);
    put(here);
    showPlace();
    fields(here)[0]?.focus();
  },
};

const review = () => ending().then((it) => it.review());

async function start() {
  if (!draft) draft = await drafts.begin(assessment(), form);
  ending();
  // A few kilobytes each, so that the language can be changed without network too.
  if (one("#tongues").firstChild) later(import("./tongue.js"), (it) => it.ahead(due()?.forms));
  if (due()?.others?.length) later(import("./meant.js"), () => undefined);
  if (items[0]) open(items[0]);
}

/** Show a question or a step by its name. @param {string} place */
function goTo(place) {
  sift();
  const item = items.find((each) => idOf(each) === place);
  if (place === "review") review();
  else show(item ?? step(place || "intro") ?? step("intro"));
}

// Fetched while questions are answered: a network that is gone by the end does no harm.
/** @type {typeof import("./review.js") | undefined} */
let end;
const ending = async () => (end ??= await import("./review.js"));

/** Go to one question and come back to the review. @param {HTMLElement} item */
export function change(item) {
  open(item);
  changing = true;
}

export function look() {
  changing = false;
  draft.content.place = "review";
  show(step("review"));
  keep();
}

/** @param {Draft} opened */
export function goOn(opened) {
  draft = opened;
  ending();
  for (const item of every) write(item, draft.content.answers[idOf(item)]?.value);
  goTo(draft.content.place);
}

/** Another page stands in place of this one: go on where we were. @param {string} hash @param {string} place */
export async function goOnIn(hash, place) {
  form = hash;
  await dress();
  if (draft) await keep();
  goTo(place);
}

export function address() {
  tellWhose(due(), list, title);
  offerOthers(due());
}

/** Make the page that stands here ready to be answered. */
async function dress() {
  title = document.title;
  items = every = many("[data-item]");
  asking = every.filter(asks);
  here = one(".now");
  paged = one("#form").classList.contains("paged");
  const has = (/** @type {string} */ what) => one("#form").querySelector(what);
  if (has("[data-scale]")) (await import("./scale.js")).lines(document);
  if (has("[data-grain]")) later(import("./numbers.js"), () => undefined);
  if (has("[data-soft]")) later(import("./length.js"), (it) => it.tellLengths());
  if (has("[data-show-if]"))
    sift = (await import("./branching.js")).branch(every, (found) => {
      items = found;
      asking = items.filter(asks);
      fill("all", asking.length);
    });
  offerTongues(due(), form);
  address();
  listen(one("#form"), { forward, enter, typed, deeds });
  /** @type {HTMLButtonElement} */ (one('[data-for="intro"]')).disabled = false;
}

/** @param {HTMLElement} item */
function enter(item) {
  if (item === here) return;
  spend();
  put(here);
  here = item;
}

/** @param {number} pause */
function typed(pause) {
  if (!here.dataset.item || !draft) return;
  clearTimeout(typing);
  typing = window.setTimeout(put, pause, here);
  showPlace();
}

document.addEventListener("visibilitychange", () => {
  // Time counts while the page is looked at; leaving it may be the last chance to keep a word.
  if (document.visibilityState === "visible") shownAt = performance.now();
  else {
    spend();
    put(here);
  }
});

async function ready() {
  const known = /** @type {List | undefined} */ (await kept("list"));
  if (!known) return location.replace("/");
  list = known;
  const { leave, stop, found, locked } = await drafts.admit(list, assessment());
  if (leave) return location.replace(leave);
  if (stop) return location.replace(`/aside#${stop}`);
  if (assessment() === "practice") one('a[data-for="end"]').setAttribute("href", "/join#reminder");
  await dress();
  if (found && !locked) (await import("./unlock.js")).goOnWith(found);
  else if (found) (await import("./unlock.js")).ask();
  else show(step("intro"), false);
}

ready().catch(() => location.replace("/aside#unkept"));
