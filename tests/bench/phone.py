"""The phone: how light, how fast, how safe; beside SurveyJS with the same 22 items in the same run."""

from __future__ import annotations

import socket
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from tests.bench import judged, rival, serving
from tests.bench import world as worlds
from tests.bench.figures import Figure, spread
from tests.bench.page import connect, weigh
from tests.bench.world import World
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PHONE

COMMAND = serving.SERVERS["gunicorn, 2 × 4 threads"]
# Lighthouse's own slow 4G, as a browser applies it to each request.
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 1.44e6 / 8,
           "uploadThroughput": 675e3 / 8}  # fmt: skip
SLOWER = 4
ROUNDS = 3
RETURNS = 40
SAVES = 400
TAPS = 21
READY = "() => document.querySelector('[data-for=intro]')?.disabled === false"
# The page says itself when it can be begun: asking it from outside, again and again, would slow it down.
TELLS = """
document.addEventListener("DOMContentLoaded", () => {
  const begin = document.querySelector("[data-for=intro]");
  const tell = () => begin.disabled || console.debug(`ready ${performance.now()}`);
  if (begin?.disabled) new MutationObserver(tell).observe(begin, { attributeFilter: ["disabled"] });
  else if (begin) tell();
});
"""


@dataclass(frozen=True)
class Phone:
    """A connected phone in a browser of its own, the address of a form due on it, and its debug port."""

    context: BrowserContext
    page: Page
    cdp: CDPSession
    form: str
    port: int


def measure() -> list[Figure]:
    """Measure goals 1 to 4 of the phone, tap to next question, and Lighthouse's verdict."""
    with (
        tempfile.TemporaryDirectory() as folder,
        rival.serving() as other,
        _world(Path(folder)) as world,
    ):
        with _phone(world, Path(folder) / "light") as phone:
            figures = [*_weights(phone, other), *_verdicts(phone, other)]
        with _phone(world, Path(folder) / "used") as phone:
            figures += [*_returns(phone), *_taps(phone), *_saves(phone)]
    return figures


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    world = worlds.make(folder / "data", serving.PORT)
    with serving.serving(COMMAND, world):
        yield world


@contextmanager
def _phone(world: World, folder: Path) -> Iterator[Phone]:
    """Start a browser with a profile of its own and connect it as the cast's first phone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assessment = worlds.fresh_assessments(world, 1)[0]
    address = f"http://localhost:{serving.PORT}"
    with sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            str(folder), executable_path=CHROMIUM, viewport=PHONE,
            args=[*ARGUMENTS, f"--remote-debugging-port={port}"],
        )  # fmt: skip
        context.add_cookies(
            [{"name": "__Host-device", "value": world.token, "domain": "localhost",
              "path": "/", "secure": True, "httpOnly": True}]
        )  # fmt: skip
        page = context.pages[0]
        connect(page, address)
        form = f"{address}{serving.form_path(world)}#{assessment}"
        try:
            yield Phone(context, page, context.new_cdp_session(page), form, port)
        finally:
            context.close()


def _weights(phone: Phone, other: str) -> list[Figure]:
    """Count bytes and requests of both pages with an empty cache, headers included."""
    ours, theirs = (_weight(phone, address) for address in (phone.form, other))
    mine, all_theirs = sum(ours.values()), sum(theirs.values())
    return [
        Figure("First questionnaire (22 items): bytes over the wire", mine / 1024, "kB",
               ", ".join(f"{name[:16]} {size}" for name, size in ours.items()), "≤ 12"),
        Figure("First questionnaire: requests", len(ours), "", "with an empty cache", "≤ 6"),
        Figure("SurveyJS, the same items ÷ ours, bytes over the wire", all_theirs / mine, "×",
               f"SurveyJS {all_theirs / 1024:.0f} kB", "≥ 25"),
    ]  # fmt: skip


def _weight(phone: Phone, address: str) -> dict[str, int]:
    phone.page.goto("about:blank")
    session = phone.context.new_cdp_session(phone.page)
    session.send("Network.clearBrowserCache")
    weights = weigh(session)
    phone.page.goto(address, wait_until="networkidle")
    session.detach()
    return weights


def _verdicts(phone: Phone, other: str) -> list[Figure]:
    """Ask Lighthouse about both pages in turn."""
    ours: list[judged.Verdict] = []
    theirs: list[judged.Verdict] = []
    for _ in range(ROUNDS):
        for address, found in ((phone.form, ours), (other, theirs)):
            phone.cdp.send("Network.clearBrowserCache")
            found.append(judged.judge(address, phone.port))
    lcp, tbt = judged.middle(ours, "lcp"), judged.middle(ours, "tbt")
    rival_lcp = judged.middle(theirs, "lcp")
    missing = "; ".join(sorted({name for each in ours for name in each.failed})) or "nothing failed"
    return [
        Figure("First questionnaire, slow 4G: largest contentful paint", lcp / 1000, "s",
               f"median of {ROUNDS}; SurveyJS {rival_lcp / 1000:.2f} s", "≤ 1.2"),
        Figure("the same ÷ SurveyJS's", lcp / rival_lcp, "×",
               spread([a.lcp / b.lcp for a, b in zip(ours, theirs, strict=True)]), "≤ 0.40"),
        Figure("First questionnaire: total blocking time", tbt, "ms",
               f"SurveyJS {judged.middle(theirs, 'tbt'):.0f} ms", "≤ 50"),
        Figure("First questionnaire: Lighthouse accessibility",
               judged.middle(ours, "accessibility"), "", missing, "100"),
        Figure("First questionnaire: Lighthouse best practices",
               judged.middle(ours, "best_practices"), "", missing, "100"),
        Figure("First questionnaire: Lighthouse performance", judged.middle(ours, "performance"),
               "", f"SurveyJS {judged.middle(theirs, 'performance'):.0f}"),
    ]  # fmt: skip


def _returns(phone: Phone) -> list[Figure]:
    """Open the form without network, on a slow processor, against opening it for the first time."""
    phone.page.add_init_script(TELLS)
    phone.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    cold = statistics.median(_cold(phone) for _ in range(ROUNDS))
    _settle(phone)
    empty = _empty(phone)
    phone.context.set_offline(True)
    pairs = [(_opened(phone, phone.form), _opened(phone, empty)) for _ in range(RETURNS)]
    phone.context.set_offline(False)
    phone.cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    times, empties = (sorted(each) for each in zip(*pairs, strict=True))
    p95, p95_empty = (each[int(0.95 * (RETURNS - 1))] for each in (times, empties))
    return [
        Figure("Offline return: form ready, p95, processor 4 × slower", p95, "ms",
               f"median {statistics.median(times):.0f} ms of {RETURNS}; a page with nothing but its button,"
               f" kept the same way: {p95_empty:.0f} ms, median {statistics.median(empties):.0f}", "≤ 250"),
        Figure("Offline return ÷ first load on slow 4G", p95 / cold, "×",
               f"first load {cold:.0f} ms", "≤ 0.35"),
    ]  # fmt: skip


def _cold(phone: Phone) -> float:
    phone.page.goto("about:blank")
    phone.cdp.send("Network.enable")
    phone.cdp.send("Network.clearBrowserCache")
    phone.cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    try:
        return _opened(phone, phone.form)
    finally:
        fast = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        phone.cdp.send("Network.emulateNetworkConditions", fast)


def _settle(phone: Phone) -> None:
    """Visit Today once with network: the worker is installed and keeps shells and forms."""
    phone.page.goto(phone.form.split("/f/")[0])
    phone.page.evaluate(
        """async (path) => {
          await navigator.serviceWorker.ready;
          const cache = await caches.open("forms");
          while (!navigator.serviceWorker.controller || !(await cache.match(path)))
            await new Promise((resolve) => setTimeout(resolve, 50));
        }""",
        "/f/" + phone.form.split("/f/")[1].split("#")[0],
    )


def _empty(phone: Phone) -> str:
    """Let the worker keep a page with a button and nothing else: what the browser alone takes to show one."""
    address = phone.form.split("/f/")[0] + "/f/empty.html"
    phone.page.evaluate(
        """async (address) => (await caches.open("forms")).put(address, new Response(
          "<!doctype html><title>Empty</title><button data-for=intro>Begin</button>",
          { headers: { "Content-Type": "text/html" } }))""",
        address,
    )
    return address


def _opened(phone: Phone, address: str) -> float:
    """Open a form and return the milliseconds from asking for it until it can be begun."""
    phone.page.goto("about:blank")
    with phone.page.expect_console_message(lambda said: said.text.startswith("ready ")) as ready:
        phone.page.goto(address, wait_until="commit")
    return float(ready.value.text.split()[1])


def _taps(phone: Phone) -> list[Figure]:
    """Answer the form; count the milliseconds from tapping Next until the next question is painted."""
    phone.page.goto(phone.form)
    phone.page.wait_for_function(READY)
    phone.page.locator("[data-for=intro]").click()
    phone.page.locator("[data-item].now").wait_for()
    times = phone.page.evaluate(
        """async (count) => {
          const frame = () => new Promise(requestAnimationFrame);
          const times = [];
          for (let tap = 0; tap < count; tap += 1) {
            document.querySelector(".now input").click();
            await new Promise((resolve) => setTimeout(resolve, 120));
            await frame();
            const before = document.querySelector(".now");
            const began = performance.now();
            document.querySelector("[data-for=item]").click();
            const worked = performance.now() - began;
            if (document.querySelector(".now") === before) throw new Error("no next question");
            times.push(worked);
          }
          return times;
        }""",
        TAPS,
    )
    worst = max(times)
    return [
        Figure("Tap on Next until the next question stands, worst", worst, "ms",
               f"median {statistics.median(times):.1f} ms of {len(times)}; a frame has 16.7",
               "≤ 16.7"),
    ]  # fmt: skip


def _saves(phone: Phone) -> list[Figure]:
    """Seal and keep a draft many times; each counts from the call until it is on the disk."""
    path = phone.page.evaluate(
        "document.querySelector('link[rel=modulepreload][href*=drafts]').href"
    )
    times = sorted(
        phone.page.evaluate(
            """async ([path, form, count]) => {
              const drafts = await import(path);
              const draft = await drafts.begin("bench", form);
              const times = [];
              for (let each = 0; each < count; each += 1) {
                draft.content.answers[`i${each % 22}`] = { state: "answered", value: each % 5 };
                const began = performance.now();
                await drafts.save(draft);
                times.push(performance.now() - began);
              }
              await drafts.discard(draft.id);
              return times;
            }""",
            [path, "0" * 64, SAVES],
        )
    )
    p99 = times[int(0.99 * (SAVES - 1))]
    return [
        Figure("A change sealed and on the phone's disk, p99", p99, "ms",
               f"median {statistics.median(times):.1f} ms of {SAVES}", "≤ 50"),
    ]  # fmt: skip
