/**
 * The worker's releases: installed at the first visit, renewed at the start of a later one or when asked
 * for, and never under somebody who is answering.
 */

/** @param {HTMLElement} note what offers the new release, with a button in it */
export async function keepCurrent(note) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const had = serviceWorker.controller;
  serviceWorker.addEventListener("controllerchange", () => had && location.reload());
  const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const takeOver = () => registration.waiting?.postMessage("take over");
  // What waited since the last visit may begin now: nothing has been touched yet.
  takeOver();
  const button = note.querySelector("button");
  if (button) {
    button.onclick = () => {
      takeOver();
      // A worker that is not quite idle can hold its successor back for minutes; a new start frees it.
      setTimeout(() => location.reload(), 1_000);
    };
  }
  const offer = () => {
    note.hidden = !(had && registration.waiting);
  };
  const watch = () => registration.installing?.addEventListener("statechange", offer);
  // It may have been found before anybody listened.
  watch();
  registration.addEventListener("updatefound", watch);
  setTimeout(() => {
    // The form that was just left may still have counted as open.
    takeOver();
    offer();
  }, 1_500);
  await navigator.storage?.persist?.();
}
