/** "My settings": what stands on the server, changed there at once; nothing of it is kept on the phone. */
import { refresh } from "./list.js";
import { one } from "./page.js";
import { openReading } from "./pin.js";

/** @typedef {{ value: string, words: string }} Option */
/**
 * @typedef {object} Mine
 * @property {string} language
 * @property {string} channel
 * @property {string} hour
 * @property {string} status
 * @property {string} paused_words the last day of a pause, empty for none
 * @property {Option[]} languages
 * @property {Option[]} hours
 * @property {boolean} address whether the team has a mail address
 */

/** @param {string} id */
const form = (id) => /** @type {HTMLFormElement} */ (one(`#${id}`));

/** @param {string} selector @param {Option[]} options @param {string} chosen */
function choose(selector, options, chosen) {
  const rows = options.map(({ value, words }) => new Option(words, value, false, value === chosen));
  one(selector).replaceChildren(...rows);
}

/** @param {Mine} mine */
function show(mine) {
  const left = mine.status === "withdrawn";
  one("#left").hidden = !left;
  one("#mine").hidden = one("#leaving").hidden = left;
  one("#data").hidden = false;
  choose("#language", mine.languages, mine.language);
  choose("#hour", mine.hours, mine.hour);
  for (const each of form("settings").querySelectorAll("[name=channel]")) {
    const radio = /** @type {HTMLInputElement} */ (each);
    radio.checked = radio.value === mine.channel;
    radio.disabled = radio.value === "email" && !mine.address;
  }
  one("#no-address").hidden = mine.address;
  const paused = mine.status === "paused";
  one("#going").hidden = paused;
  one("#paused").hidden = !paused;
  one("[data-until]").hidden = !mine.paused_words;
  one("[data-open]").hidden = !!mine.paused_words;
  one('[data-slot="until"]').textContent = mine.paused_words;
}

/**
 * Ask the server, and show what stands then.
 * @param {string} method
 * @param {string} [place] after /api/mine
 * @param {object} [body]
 */
async function ask(method, place = "", body = undefined) {
  const response = await fetch(`/api/mine${place}`, {
    method,
    cache: "no-store",
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  }).catch(() => undefined);
  const wrong = one("#wrong");
  one("#kept").hidden = wrong.hidden = true;
  one("#unreachable").hidden = !!response && response.status < 500;
  // A phone that belongs to nobody any more has nothing to set; its start page says what to do.
  if (response?.status === 401) location.replace("/");
  if (!response || response.status === 401 || response.status >= 500) return undefined;
  const told = await response.json();
  if (response.ok) {
    show(told);
    return /** @type {Mine} */ (told);
  }
  wrong.textContent = told.error;
  wrong.hidden = false;
  wrong.focus();
  return undefined;
}

/** @param {string} id @param {(fields: FormData) => Promise<unknown>} work */
function onSubmit(id, work) {
  form(id).addEventListener("submit", (event) => {
    event.preventDefault();
    work(new FormData(form(id)));
  });
}

/** Say that it holds. @param {Mine | undefined} mine */
function done(mine) {
  one("#kept").hidden = !mine;
  if (mine) one("#kept").focus();
}

/** @param {FormData} fields */
async function change(fields) {
  const { language, channel, hour } = Object.fromEntries(fields);
  // A choice that is disabled sends nothing: it stays as it is.
  const mine = await ask("PUT", "", channel ? { language, channel, hour } : { language, hour });
  done(mine);
  if (mine && mine.language !== document.documentElement.lang) await speak(mine.language);
}

/** The pages in the new language are another worker's: fetch it, let it take over, and look again. @param {string} language */
async function speak(language) {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return location.reload();
  await registration.update().catch(() => undefined);
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return location.replace(`/mine?language=${language.slice(0, 2)}`);
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  const takeOver = () => registration.waiting?.postMessage("take over");
  coming.addEventListener("statechange", takeOver);
  takeOver();
}

async function take() {
  const { ok, status } = await fetch("/api/mine/data", { cache: "no-store" }).catch(() => ({
    ok: false,
    status: 0,
  }));
  one("#unreachable").hidden = !!status;
  one("#pin-form").hidden = status !== 423;
  if (status === 423) one("#pin").focus();
  if (ok) location.assign("/api/mine/data");
}

async function unlock() {
  const field = /** @type {HTMLInputElement} */ (one("#pin"));
  if (!field.value) return field.focus();
  const answer = await openReading(field.value).catch(() => undefined);
  field.value = "";
  if (!answer) one("#unreachable").hidden = false;
  else if (answer === "none") one("#none").hidden = false;
  else if (answer.ok) await take();
  const wrong = answer && answer !== "none" && !answer.ok ? answer.error : "";
  one("#pin-error").textContent = wrong;
  one("#pin-error").hidden = !wrong;
  if (answer === "none") one("#pin-form").hidden = true;
}

/** @param {boolean} asking */
function sure(asking) {
  one("#sure").hidden = !asking;
  one("#ask-leave").hidden = asking;
  if (asking) one("#sure-words").focus();
}

/** @param {FormData} fields */
async function leave(fields) {
  if (one("#sure").hidden) return sure(true);
  if (!(await ask("POST", "/leave", { afterwards: fields.get("afterwards") }))) return;
  // What the other pages say without network is to be true of somebody who has left.
  await refresh();
  one("#left").focus();
}

onSubmit("settings", change);
onSubmit("pause", async (fields) =>
  done(await ask("PUT", "/pause", { until: fields.get("until") })),
);
onSubmit("go-on", async () => done(await ask("DELETE", "/pause")));
onSubmit("leave", leave);
onSubmit("pin-form", unlock);
one("#take").addEventListener("click", take);
one("#stay").addEventListener("click", () => sure(false));
ask("GET");
