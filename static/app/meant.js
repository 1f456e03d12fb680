/** "I meant the other one": before sending and after, at once. */
import { hold } from "./drafts.js";
import { address, assessment, draft, here } from "./questionnaire.js";
import { move } from "./resuming.js";
import { one } from "./screen.js";

/** @param {import("./list.js").Due["others"][number]} other */
export async function change(other) {
  if (here.dataset.step === "sent") {
    if (!(await mend(assessment(), other.id))) return;
  } else if (!(await hold(other.assessment))) return location.replace("/aside#elsewhere");
  else if (draft) await move(draft, other.assessment);
  if (draft) draft.assessment = other.assessment;
  history.replaceState(null, "", `#${other.assessment}`);
  address();
  one("#kept").textContent = "";
  one("#moved").hidden = false;
}

/** After sending: the server is told. @param {string} assessment @param {string} about */
async function mend(assessment, about) {
  const response = await fetch(`/api/assessments/${assessment}/about`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ about }),
  }).catch(() => undefined);
  return !!response?.ok;
}
