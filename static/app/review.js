/** The end of a form: a look at all answers; then sealing, delivering, and telling what became of them. */
import { read } from "./drafts.js";
import { records, send as seal, stateOf } from "./outbox.js";
import { keepDelivering } from "./sync.js";

export { tellBegun } from "./sync.js";

/** @typedef {import("./drafts.js").Answer | { state: "unanswered" }} Given */

const PATIENCE = 4_000;

/**
 * @param {HTMLElement[]} asking
 * @param {(name: string) => string | null} say
 * @param {(item: HTMLElement) => void} change
 */
export function rows(asking, say, change) {
  return asking.map((item) => {
    const row = document.createElement("li");
    const answer = document.createElement("p");
    const button = document.createElement("button");
    const question = /** @type {HTMLElement} */ (item.querySelector(".ask")?.cloneNode(true));
    for (const whose of question.querySelectorAll(".whose")) whose.remove();
    button.type = "button";
    button.textContent = say("change");
    button.setAttribute("aria-label", `${button.textContent}: ${question.textContent}`);
    button.onclick = () => change(item);
    answer.className = "pair";
    answer.append(shown(item, say("empty")), button);
    row.append(question.textContent ?? "", answer);
    return row;
  });
}

/** An answer in the words it was chosen or written in. @param {HTMLElement} item @param {string | null} empty */
function shown(item, empty) {
  const text = document.createElement("b");
  const ticked = Array.from(
    item.querySelectorAll(":checked"),
    (input) => input.nextElementSibling?.textContent,
  );
  const value = read(item);
  text.textContent = ticked.join(", ") || (value === undefined ? empty : String(value));
  if (value === undefined) text.className = "quiet";
  return text;
}

/**
 * Seal and deliver, and tell what state the answers are in, now and whenever that changes.
 * @param {import("./drafts.js").Draft} draft
 * @param {import("./list.js").List} list
 * @param {string[]} items
 * @param {(state: import("./outbox.js").State) => void} tell
 */
export async function send(draft, list, items, tell) {
  const { answers } = draft.content;
  /** @type {Record<string, Given>} */
  const given = {};
  for (const item of items) given[item] = answers[item] ?? { state: "unanswered" };
  const sent = await seal(draft, list, given);
  const team = /** @type {HTMLAnchorElement} */ (document.querySelector("#team"));
  team.textContent = list.help.team.phone;
  team.href = `tel:${list.help.team.phone.replaceAll(" ", "")}`;
  const look = async () => {
    const record = (await records()).find(({ id }) => id === sent.id);
    tell(record ? stateOf(record, Date.now()) : "sent");
  };
  // They lie in the outbox now, whatever happens next: nobody is to be kept waiting by a bad network.
  const patience = setTimeout(look, PATIENCE);
  await keepDelivering(list.epoch, look).catch(look);
  clearTimeout(patience);
}

/** "I meant the other one", after sending. @param {string} assessment @param {string} about */
export async function mend(assessment, about) {
  const response = await fetch(`/api/assessments/${assessment}/about`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ about }),
  }).catch(() => undefined);
  return !!response?.ok;
}
