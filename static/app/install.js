/** How this very phone puts the app on its home screen: the fitting steps open, a button where there is one. */
import "./page.js";

/** @typedef {Event & { prompt: () => Promise<unknown> }} Offer */

/** @param {string} selector @returns {HTMLElement} */
const one = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** @param {string} agent @param {boolean} touch an iPad calls itself a Mac, but Macs have no touch */
export function platformOf(agent, touch) {
  const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touch);
  if (apple) return /CriOS|FxiOS|EdgiOS/.test(agent) ? "ios-other" : "ios";
  if (/Android/.test(agent)) {
    if (/Firefox/.test(agent)) return "android-firefox";
    return /SamsungBrowser/.test(agent) ? "samsung" : "android";
  }
  return "desk";
}

function start() {
  const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints > 1);
  const steps = one(`[data-platform="${platform}"]`);
  steps.setAttribute("open", "");
  steps.parentElement?.prepend(steps);
  const there = matchMedia("(display-mode: standalone)").matches;
  one("#there").hidden = !there;
  one("#steps").hidden = there;
}

/** Where a browser offers to do it itself. @param {Event} event */
function offer(event) {
  event.preventDefault();
  const button = one("#now");
  button.hidden = false;
  button.onclick = () => /** @type {Offer} */ (event).prompt();
}

if (globalThis.document) {
  addEventListener("beforeinstallprompt", offer);
  start();
}
