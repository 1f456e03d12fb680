// For browsers below the floor, so written as they read it: whoever lacks a part gets the plain page that
// the tag names, which needs no script at all. In force: Chrome, Edge and Samsung's of 103, Safari of 16,
// Firefox of 100.
(() => {
  var tag = document.currentScript;
  var plain = tag ? tag.getAttribute("data-plain") : null;
  var whole =
    window.isSecureContext &&
    window.indexedDB &&
    window.crypto &&
    crypto.subtle &&
    !!crypto.randomUUID &&
    navigator.locks &&
    window.caches &&
    window.AbortSignal &&
    !!AbortSignal.timeout &&
    "noModule" in document.createElement("script");
  if (!whole) location.replace(plain || "/today");
})();
