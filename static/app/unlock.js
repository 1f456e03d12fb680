/** Going on with what was begun earlier: at once where no PIN guards it, else after the PIN. */
import { find } from "./drafts.js";
import { mend } from "./mend.js";
import { assessment, goOn, show } from "./questionnaire.js";
import { pause, resume } from "./resuming.js";
import { fill, one, step } from "./screen.js";

/** Ask for the PIN: its words lie on a page of their own, which the worker keeps. */
export async function ask() {
  mend();
  const response = await fetch("/aside");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const locked = /** @type {HTMLTemplateElement} */ (one("#locked", page));
  one("#form").prepend(document.adoptNode(locked.content));
  show(step("pin"));
}

/** @param {import("./drafts.js").Kept} found */
export async function goOnWith(found) {
  await mend();
  const opened = await resume(found, "");
  if (typeof opened === "object") goOn(opened);
  else await ask();
}

export async function unlock() {
  const field = /** @type {HTMLInputElement} */ (one("#pin"));
  // A press before anything was typed is no wrong PIN.
  if (!field.value) return field.focus();
  // Nothing is to be written behind what a kill may have left.
  await mend();
  const found = await find(assessment());
  const opened = found && (await resume(found, field.value));
  field.value = "";
  if (typeof opened === "object") return goOn(opened);
  if (!opened || opened <= 0) return location.replace(found ? "/join#wiped" : "/join#pin");
  await refuse(opened);
  field.focus();
}

/** @param {number} left */
async function refuse(left) {
  const wait = await pause();
  fill("tries", left);
  fill("wait", Math.ceil(wait / 1000));
  one("[data-wait]").hidden = !wait;
  one("[data-wrong]").hidden = false;
}
