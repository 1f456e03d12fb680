/** The end of a form: a look at all answers; then sealing, delivering, and telling what became of them. */

import { mend } from "./mend.js";
import { records, send as seal, stateOf } from "./outbox.js";
import { asking, change, draft, every, here, list, look, show } from "./questionnaire.js";
import { asks, idOf, one, read, say, step } from "./screen.js";
import { keepDelivering } from "./sync.js";

export { tellBegun } from "./sync.js";

/** @typedef {import("./drafts.js").Answer | { state: "unanswered" }} Given */

const PATIENCE = 4_000;

mend();

/** All answers once more, each with the way back to it. */
export function review() {
  one("#answers").replaceChildren(...asking.map(row));
  look();
}

/** Send, and show what became of it. */
export async function finish() {
  const button = /** @type {HTMLButtonElement} */ (one('[data-for="review"]'));
  button.disabled = true;
  try {
    // What is not shown goes too, if it was answered before: the server sets it aside.
    await send(draft, list, every.filter(asks).map(idOf), (state) => {
      // Today says whom to call, and goes on trying.
      if (state === "call") location.replace("/");
      else if (here.dataset.step !== state) show(step(state));
    });
  } catch {
    button.disabled = false;
    one("#kept").textContent = say("not-kept");
  }
}

/** @param {HTMLElement} item */
function row(item) {
  const row = document.createElement("li");
  const answer = document.createElement("p");
  const button = document.createElement("button");
  const question = /** @type {HTMLElement} */ (one(".ask", item).cloneNode(true));
  for (const whose of question.querySelectorAll(".whose")) whose.remove();
  button.type = "button";
  button.textContent = say("change");
  button.setAttribute("aria-label", `${button.textContent}: ${question.textContent}`);
  button.onclick = () => change(item);
  answer.className = "pair";
  answer.append(shown(item, say("empty")), button);
  row.append(question.textContent ?? "", answer);
  return row;
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
async function send(draft, list, items, tell) {
  const { answers } = draft.content;
  /** @type {Record<string, Given>} */
  const given = {};
  for (const item of items) given[item] = answers[item] ?? { state: "unanswered" };
  const sent = await seal(draft, list, given);
  const look = async () => {
    const record = (await records()).find(({ id }) => id === sent.id);
    tell(record ? stateOf(record, Date.now()) : "sent");
  };
  // They lie in the outbox now, whatever happens next: nobody is to be kept waiting by a bad network.
  const patience = setTimeout(look, PATIENCE);
  await keepDelivering(list.epoch, look).catch(look);
  clearTimeout(patience);
}
