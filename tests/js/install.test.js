/** Which steps a phone is shown follows from what its browser calls itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { platformOf } from "../../static/app/install.js";

const AGENTS = /** @type {const} */ ([
  [
    "ios",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1",
  ],
  ["ios-other", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) CriOS/126.0 Mobile Safari"],
  ["android", "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 Mobile Safari/537.36"],
  ["samsung", "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0 Mobile"],
  ["android-firefox", "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0"],
  ["desk", "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36"],
]);

for (const [platform, agent] of AGENTS) {
  test(`${platform} is known`, () => assert.equal(platformOf(agent, false), platform));
}

test("an iPad that calls itself a Mac is known by its touch", () => {
  const agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15";
  assert.equal(platformOf(agent, true), "ios");
  assert.equal(platformOf(agent, false), "desk");
});
