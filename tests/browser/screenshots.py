"""Take the pictures of the documentation: two pages that really play, over an impaired network.

    python -m tests.browser.screenshots           all of them
    python -m tests.browser.screenshots kept      only those of what is kept of matches

Writes ``docs/images/{lobby,play,panel,phone,matches,watch}.png``. Pillow reduces their colours; it
is not among the tests' requirements, for no test needs it: ``pip install pillow``. Look at them
afterwards.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.pages import WITHIN_MS, Person, launch_chromium, meet
from tests.browser.proxy import Conditions
from tests.browser.server import Venue

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
LARGEST_BYTES = 80_000
HISTORY_S = 20
"""What the plots show."""
SETTLED_S = 25
"""The first seconds of a match are of no interest."""

LAPTOP = {"width": 1200, "height": 750}
LOBBY = {"width": 1200, "height": 800}
WIDE = {"width": 1366, "height": 768}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
NETWORK = Conditions(delay_ms=40, jitter_ms=10, loss=0.03, burst=1)

MATCHES = {"width": 1200, "height": 440}
SEEK = """
(slider, share) => {
  slider.value = Math.round(slider.max * share);
  slider.dispatchEvent(new Event("input"));
}
"""

INPUT_DELAY = "1"
"""Automatic delay would hide this network so well that there was hardly a rollback to be seen."""

WATCH_COURT = """
(() => {
  const place = (bytes, text, key) => {
    const found = key.exec(text);
    if (found === null) return null;
    const at = found.index + found[0].length + 4;
    const x = bytes.getFloat32(at, true);
    return { x, y: bytes.getFloat32(at + 4, true) };
  };
  window.court = null;
  const RealWorker = window.Worker;
  window.Worker = class extends RealWorker {
    constructor(...rest) {
      super(...rest);
      this.addEventListener("message", ({ data }) => {
        if (data.type !== "frame") return;
        const text = new TextDecoder("latin1").decode(data.list);
        const bytes = new DataView(data.list);
        window.court = {
          ball: place(bytes, text, /ball_[0-9]+/),
          paddles: [place(bytes, text, /paddle_0/), place(bytes, text, /paddle_1/)],
          trail: text.split("trail_").length - 1,
        };
      });
    }
  };
})();
"""
"""Notes where the things on the court are, so that those who play can look where the ball is."""

PLOTTED = {
    "ping": "s.rttMs",
    "jitter": "s.rttJitterMs",
    "lead": "s.leadMs",
    "buffer": "s.inputBufferFrames",
    "rollback depth": "s.rollbackDepthFrames",
    "complete": "s.frame - s.completeFrame",
    "confirmed": "s.frame - s.confirmedFrame",
    "framesync": "s.framesyncMs",
    "synctick": "s.synctickMs",
    "display rate": "s.displayRateHz",
    "game rate": "s.gameRateHz",
    "sent": "s.bytesPerSecondOut",
    "received": "s.bytesPerSecondIn",
}
"""The curves of the panel, as expressions over the statistics `s`. The delay of inputs is no
measurement and may be zero for good."""

COLLECT_CURVES = """
([curves, historyS]) => {
  const values = Object.entries(curves).map(([name, text]) => [
    name,
    new Function("s", `return ${text}`),
  ]);
  const seen = [];
  setInterval(() => {
    const statistics = window.peergym.statistics;
    seen.push(statistics);
    while (seen[0].timeMs < statistics.timeMs - 1000 * historyS) seen.shift();
    window.curves = Object.fromEntries(
      values.map(([name, value]) => [name, Math.max(...seen.map((s) => Math.abs(value(s))))]),
    );
  }, 50);
}
"""
"""Keeps the largest value of each curve in the seconds that the plots show."""


class Hand:
    """Somebody's hand on the keys, and the spot of the paddle with which it wants to hit."""

    def __init__(self, person: Person, seed: int) -> None:
        self.person = person
        self.random = random.Random(f"{seed} {person.name}")
        self.key: str | None = None
        self.aim = 0.0

    def move(self) -> None:
        """Follow the ball with the spot aimed at."""
        court = self.person.page.evaluate("window.court")
        if court is None or court["ball"] is None:
            self.hold(None)
            return
        paddle = court["paddles"][self.person.look("localSeat")]
        is_far = abs(court["ball"]["x"] - paddle["x"]) > 500
        if is_far:
            self.aim = self.random.uniform(-40, 40)
        # A rectangle's y is its top; the middle of a paddle is 48 pixels below.
        off = court["ball"]["y"] - self.aim - paddle["y"] - 48
        if is_far or abs(off) < 12:
            self.hold(None)
        else:
            self.hold("ArrowDown" if off > 0 else "ArrowUp")

    def hold(self, key: str | None) -> None:
        """Hold a key; nothing is pressed anew while it is held."""
        if key != self.key:
            self.person.hold(key)
            self.key = key


def play(hands: Sequence[Hand], is_over: Callable[[], bool]) -> None:
    """Play until it is over."""
    ends_s = time.monotonic() + WITHIN_MS / 1000
    while not is_over():
        if time.monotonic() > ends_s:
            raise TimeoutError("what the picture is to show did not come about")
        for hand in hands:
            hand.move()
        hands[0].person.page.wait_for_timeout(10)


def is_handsome(person: Person) -> bool:
    """Whether the ball flies in the open, with its whole tail."""
    court = person.page.evaluate("window.court")
    if court is None or court["ball"] is None or court["trail"] < 8:
        return False
    x, y = court["ball"]["x"], court["ball"]["y"]
    return (230 < x < 340 or 460 < x < 570) and 170 < y < 480


def take(person: Person, name: str) -> None:
    """Take a picture with few colours and write it."""
    picture = Image.open(io.BytesIO(person.page.screenshot(scale="css"))).convert("RGB")
    small = picture.quantize(colors=256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = FOLDER / f"{name}.png"
    small.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path}: {picture.width}x{picture.height}, {size} bytes")
    if size > LARGEST_BYTES:
        raise ValueError(f"{path} has {size} bytes; at most {LARGEST_BYTES} were wanted")


def check_curves(person: Person) -> None:
    """Check that no plot of the panel is a line at zero."""
    reached = person.page.evaluate("window.curves")
    print({name: round(value, 2) for name, value in reached.items()})
    flat = [name for name in PLOTTED if not reached.get(name)]
    if flat:
        raise ValueError(f"nothing to be seen in the plots of {', '.join(flat)}")


def take_all(playwright: Playwright, venue: Venue) -> None:
    """Let two people meet and play, and take all pictures."""
    laptop = Person("laptop", launch_chromium(playwright), viewport=LOBBY)
    phone = Person("phone", launch_chromium(playwright), **PHONE)
    for person in (laptop, phone):
        person.page.add_init_script(WATCH_COURT)
    laptop.open(venue.url)
    laptop.wait_for_python()
    take(laptop, "lobby")
    laptop.page.set_viewport_size(LAPTOP)
    meet(laptop, phone, venue.url, input_delay=INPUT_DELAY, score_to_win=21)
    hands = [Hand(laptop, 1), Hand(phone, 1)]

    began_s = time.monotonic()
    play(hands, lambda: time.monotonic() - began_s > SETTLED_S and is_handsome(laptop))
    take(laptop, "play")
    play(hands, lambda: is_handsome(phone))
    take(phone, "phone")

    laptop.page.set_viewport_size(WIDE)
    laptop.page.keyboard.press("F2")
    laptop.page.evaluate(COLLECT_CURVES, [PLOTTED, HISTORY_S])
    opened_s = time.monotonic()
    play(hands, lambda: time.monotonic() - opened_s > SETTLED_S and is_handsome(laptop))
    check_curves(laptop)
    take(laptop, "panel")


def take_kept(playwright: Playwright, venue: Venue) -> None:
    """Let two people play two short matches, and take pictures of what is kept of them."""
    people = [Person(name, launch_chromium(playwright)) for name in ("ada", "ben")]
    for person in people:
        person.page.add_init_script(WATCH_COURT)
    for seed, flags in ((1, {"plant_desync": 400}), (2, {})):
        ada, ben = people
        meet(ada, ben, venue.url, joiner_flags=flags, input_delay=INPUT_DELAY, score_to_win=21)
        began_s = time.monotonic()
        hands = [Hand(person, seed) for person in people]
        played_s = seed * SETTLED_S
        play(hands, lambda: time.monotonic() - began_s > played_s)  # noqa: B023 - called at once
        for person in people:
            person.press_button("Leave")
            person.wait_until("peergym.record.name === 'saved'")
    operator = people[0]
    operator.page.set_viewport_size(LAPTOP)
    operator.page.goto(venue.matches_url)
    for word in ("Verified", "Repaired"):
        operator.page.get_by_text(word, exact=True).first.wait_for()
    operator.page.set_viewport_size(MATCHES)
    take(operator, "matches")
    operator.page.set_viewport_size(WIDE)
    operator.page.locator("tbody tr").last.get_by_role("link").first.click()
    operator.wait_for_screen("watch-ready")
    operator.page.get_by_label("Position").evaluate(SEEK, 0.6)
    operator.wait_until("peergym.watching.position === peergym.watching.wanted")
    operator.page.wait_for_timeout(500)  # the picture after the position
    take(operator, "watch")


TAKERS: dict[str, Callable[[Playwright, Venue], None]] = {"played": take_all, "kept": take_kept}


def main(wanted: Sequence[str]) -> None:
    """Take pictures; all without a name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data_dir,
        sync_playwright() as playwright,
        Venue(Path(data_dir), NETWORK) as venue,
    ):
        for name in wanted or TAKERS:
            TAKERS[name](playwright, venue)


if __name__ == "__main__":
    main(sys.argv[1:])
