/** "Today": what is due, from the private list; renews it, fetches forms ahead, delivers the outbox. */

import { fetchAhead } from "./ahead.js";
import { offerCall } from "./call.js";
import { tellCounts } from "./counts.js";
import { day, from, minutes, until } from "./dates.js";
import { away } from "./drafts.js";
import { refresh } from "./list.js";
import { records, stateOf } from "./outbox.js";
import { copy, fill, one } from "./page.js";
import { standingOf } from "./standing.js";
import { all } from "./store.js";
import { keepDelivering } from "./sync.js";
import { keepCurrent } from "./update.js";

/** @typedef {import("./list.js").List} List */
/** @typedef {import("./list.js").Due} Due */
/** @typedef {import("./outbox.js").Outgoing} Outgoing */

/** @param {Due} due @param {List} list @param {boolean} begun */
function card(due, list, begun) {
  const late = Date.parse(due.closes_at) <= Date.now() + list.skew;
  const row = copy("card");
  one("a", row).setAttribute("href", `/f/${due.form}.html#${due.id}`);
  one("strong", row).textContent = due.title;
  one("[data-about]", row).hidden = !due.about;
  fill("about", due.about?.name ?? "", row);
  fill("minutes", minutes(due.minutes), row);
  fill("closes", until((late && due.offered_until) || due.closes_at, list.zone), row);
  one("[data-in-time]", row).hidden = late;
  one("[data-late]", row).hidden = !late;
  one("[data-begun]", row).hidden = !begun;
  // A list that was kept from before this was told says nothing of it.
  const shut = due.openable === false && !begun;
  one("[data-shut]", row).hidden = !shut;
  if (shut) one("a", row).removeAttribute("href");
  return row;
}

/** @param {Due} due @param {number} now */
const closed = ({ closes_at }, now) => Number(Date.parse(closes_at) <= now);

/** @param {Outgoing} record @param {{ title: string, name: string }} what @param {List} list */
function answered(record, what, { done }) {
  const row = copy("answered");
  one("b", row).textContent = what.title;
  one(".quiet", row).textContent = what.name;
  const state = standingOf(record, done, Date.now());
  for (const each of row.querySelectorAll("[data-state]")) {
    if (each.getAttribute("data-state") !== state) each.remove();
  }
  return row;
}

/** @param {List} list */
async function show(list) {
  const now = Date.now() + list.skew;
  // What an earlier owner of this phone sent is not in this one's titles, nor is the practice form.
  const outgoing = (await records()).filter(({ assessment }) => list.titles[assessment]);
  const gone = await away(list);
  const drafts = /** @type {import("./drafts.js").Kept[]} */ (await all("drafts"));
  const waiting = list.assessments.filter(({ id }) => !gone.has(id));
  const open = waiting.filter(
    ({ opens_at, closes_at, offered_until }) =>
      Date.parse(opens_at) <= now && now < Date.parse(offered_until ?? closes_at),
  );
  // What has closed and is still welcome comes after what is due.
  open.sort((one, two) => closed(one, now) - closed(two, now));
  heading(open.filter((due) => due.openable !== false));
  const cards = open.map((due) => {
    const draft = drafts.find(({ assessment }) => assessment === due.id);
    // A draft stays with the page that it was begun on.
    return card(draft ? { ...due, form: draft.form } : due, list, !!draft);
  });
  one("#due").replaceChildren(...cards);
  showNext(list, open.length ? undefined : waiting.find((due) => Date.parse(due.opens_at) > now));
  const { practice } = list;
  one("#try").hidden = practice.done && (practice.confirmed || !list.reminders);
  showSent(list, outgoing);
  await offerCall(list);
  showEnd(list);
  one("#stranger").hidden = true;
  one("#today").hidden = false;
}

/** @param {Due[]} open */
function heading(open) {
  const count = open.length > 1 ? "n" : String(open.length);
  for (const each of document.querySelectorAll("[data-count]")) {
    /** @type {HTMLElement} */ (each).hidden = each.getAttribute("data-count") !== count;
  }
  one("[data-calm]").hidden = open.length > 0;
  fill("forms", open.length, one("#today"));
  const all = minutes(open.reduce((sum, due) => sum + due.minutes, 0));
  for (const each of document.querySelectorAll("[data-count]")) fill("minutes", all, each);
}

/** @param {List} list @param {Due | undefined} next */
function showNext(list, next) {
  one("#next").hidden = !next;
  if (!next) return;
  fill("title", next.title);
  fill("opens", from(next.opens_at, list.zone));
  one("[data-remind]").hidden = !list.reminders;
}

/** After the last form: thanks, and what happens next. @param {List} list */
function showEnd({ ended, zone, skew }) {
  one("#goodbye").hidden = !ended;
  for (const each of document.querySelectorAll("[data-going]")) {
    /** @type {HTMLElement} */ (each).hidden = !!ended;
  }
  if (!ended) return;
  one("#try").hidden = true;
  for (const each of document.querySelectorAll("[data-left]")) {
    /** @type {HTMLElement} */ (each).hidden =
      (each.getAttribute("data-left") === "yes") !== !!ended.left;
  }
  fill("results", ended.results);
  one("[data-results]").hidden = !ended.results;
  fill("help-until", day(ended.help_until, zone));
  one("[data-help]").hidden = Date.parse(ended.help_until) < Date.now() + skew;
}

/** What was answered lately; whatever waits is always shown. @param {List} list @param {Outgoing[]} outgoing */
function showSent(list, outgoing) {
  const lately = Date.now() - 86_400_000;
  const rows = outgoing.filter(
    (each) => stateOf(each, Date.now()) !== "sent" || Date.parse(each.sealedAt) > lately,
  );
  one("#sent ul").replaceChildren(
    ...rows.map((each) =>
      answered(
        each,
        /** @type {{ title: string, name: string }} */ (list.titles[each.assessment]),
        list,
      ),
    ),
  );
  one("#sent").hidden = !rows.length;
  const stuck = rows.some((each) => stateOf(each, Date.now()) === "call");
  one("#call").hidden = !stuck;
  const { phone } = list.help.team;
  one("#call a").textContent = phone;
  one("#call a").setAttribute("href", `tel:${phone.replaceAll(" ", "")}`);
}

/** Ask anew after a time without network. @param {List} before */
async function again(before) {
  const { reach, list } = await refresh();
  one("#offline").hidden = reach !== "offline";
  return list ?? before;
}

async function tellWaiting() {
  one("#still").hidden = (await records()).every(({ delivery }) => delivery?.receipt);
}

async function start() {
  if (!isSecureContext || !window.indexedDB) return location.replace("/today");
  const { reach, list } = await refresh();
  if (!list) {
    // The installed app's own start names its place: the PIN is enough to go on.
    if (location.hash.length > 8) return location.replace(`/join#place=${location.hash.slice(1)}`);
    one("#stranger").hidden = false;
    // A phone that was turned away may still hold answers: those are delivered all the same.
    await tellWaiting();
    return keepDelivering("", tellWaiting);
  }
  one("#offline").hidden = reach !== "offline";
  one("#lost").hidden = reach !== "unbound";
  // Its place is known here: the PIN is enough to go on, and nobody need be asked for a code.
  if (list.pin) one("#lost a").setAttribute("href", `/join#place=${list.locator}`);
  one("#lost [data-pin]").hidden = !list.pin;
  one("#lost [data-code]").hidden = list.pin;
  await show(list);
  keepCurrent(one("#newer")).catch(() => undefined);
  all("drafts")
    .then((drafts) => fetchAhead(list, /** @type {import("./drafts.js").Kept[]} */ (drafts)))
    .catch(() => undefined);
  await keepDelivering(list.epoch, async () => {
    await show(one("#offline").hidden ? list : await again(list));
    await tellCounts(list);
  });
}

start().catch(() => location.replace("/today"));
