"""Ten matches in one page leave nothing behind, and garbage from the other page harms nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.browser.pages import WITHIN_MS, Person, meet, play, play_until
from tests.browser.proxy import Conditions
from tests.browser.server import Venue

ROOMS = 5
EPISODES = 2
"""A match and its rematch in each room: ten matches."""
LEAST_FRAMES = 180
"""The countdown alone."""

COUNT_LEFTOVERS = """
(() => {
  const timers = { timeouts: new Set(), intervals: new Set(), pictures: new Set() };
  const count = (kind, start, stop, isRepeated) => {
    const begin = window[start].bind(window);
    const end = window[stop].bind(window);
    window[start] = (call, ...rest) => {
      const id = begin((...values) => {
        if (!isRepeated) timers[kind].delete(id);
        call(...values);
      }, ...rest);
      timers[kind].add(id);
      return id;
    };
    window[stop] = (id) => {
      timers[kind].delete(id);
      end(id);
    };
  };
  count("timeouts", "setTimeout", "clearTimeout", false);
  count("intervals", "setInterval", "clearInterval", true);
  count("pictures", "requestAnimationFrame", "cancelAnimationFrame", false);

  const listeners = new Map([[window, new Map()], [document, new Map()]]);
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const isCapture = (options) =>
    (typeof options === "object" ? options?.capture : options) === true;
  const find = (target, type, listener, options) =>
    [...(listeners.get(target ?? window)?.entries() ?? [])].find(([, each]) =>
      each.type === type && each.listener === listener && each.capture === isCapture(options)
    )?.[0];
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    const known = listeners.get(target);
    if (known && listener && !options?.signal?.aborted && !find(target, type, listener, options)) {
      const key = {};
      known.set(key, { type, listener, capture: isCapture(options) });
      const forget = () => known.delete(key);
      if (options?.once) addEventListener.call(target, type, forget, { ...options });
      if (options?.signal) addEventListener.call(options.signal, "abort", forget, { once: true });
    }
    return addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const target = this ?? window;
    const key = find(target, type, listener, options);
    if (key) listeners.get(target).delete(key);
    return removeEventListener.call(target, type, listener, options);
  };

  let made = 0;
  const open = new Set();
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...rest) {
      super(...rest);
      made += 1;
      open.add(this);
    }
  };

  window.leftovers = () => {
    for (const rtc of open) if (rtc.connectionState === "closed") open.delete(rtc);
    const sizes = (maps) => Object.fromEntries(
      Object.entries(maps).map(([kind, each]) => [kind, each.size]),
    );
    return {
      ...sizes(timers),
      windowListeners: listeners.get(window).size,
      documentListeners: listeners.get(document).size,
      connectionsMade: made,
      connectionsOpen: open.size,
    };
  };
})();
"""
"""Counts what the page has begun and not ended: timers, listeners and connections."""

COUNTED = (
    "timeouts",
    "intervals",
    "pictures",
    "windowListeners",
    "documentListeners",
    "connectionsOpen",
)
QUIET_S = 3.0
"""A practice's score is left on the court for 2.5 s, the connection of a left match open for 0.5;
nothing else that ends by itself was seen."""
POLL_MS = 100

WARM_ROOM = 2
"""Room (from 0) after which the heap is first measured. Before, it grows by some 300 KB of code
compiled and of what the compiler learns about it, then by 10 to 30 KB a match, less every time."""
HEAP_NOISE_BYTES = 300_000
"""Twice what was measured over the last four matches. Four left behind would be more: each
has the checksums, pictures and figures of some 400 frames."""
NODES_NOISE = 8
"""A field's undo history keeps a node for each code typed, and the newest words on the page come
and go. A view left behind has dozens."""


@dataclass(frozen=True)
class Leftovers:
    """What a page holds at some moment.

    Attributes:
        counts: Timers, listeners and connections, by kind.
        wasm_bytes: Memory of Python.
        heap_bytes: Memory of the page's JavaScript after collecting garbage.
        nodes: DOM nodes, as the browser counts them.
        listeners: Listeners of every target, as the browser counts them.
    """

    counts: dict[str, int]
    wasm_bytes: float
    heap_bytes: float
    nodes: float
    listeners: float


class Watched:
    """A person whose page is watched for what it leaves behind."""

    def __init__(self, person: Person) -> None:
        self.person = person
        person.page.add_init_script(COUNT_LEFTOVERS)
        self.debugger = person.context.new_cdp_session(person.page)
        self.debugger.send("Performance.enable")

    def counts(self) -> dict[str, int]:
        every = self.person.page.evaluate("window.leftovers()")
        return {name: every[name] for name in COUNTED}

    def connections_made(self) -> int:
        return int(self.person.page.evaluate("window.leftovers().connectionsMade"))

    def wait_until_disconnected(self) -> None:
        """Wait until all connections are closed."""
        self.person.page.wait_for_function("window.leftovers().connectionsOpen === 0")

    def take_stock(self) -> Leftovers:
        for _ in range(2):  # finalisers of the first may free more
            self.debugger.send("HeapProfiler.collectGarbage")
        metrics = self.debugger.send("Performance.getMetrics")["metrics"]
        figures = {each["name"]: each["value"] for each in metrics}
        return Leftovers(
            self.counts(),
            self.person.statistic("wasmMemoryBytes"),
            figures["JSHeapUsedSize"],
            figures["Nodes"],
            figures["JSEventListeners"],
        )


def wait_until_quiet(watched: list[Watched]) -> None:
    """Wait until the counts of all pages have been the same for some seconds."""
    begun_s = quiet_since_s = time.monotonic()
    counts = None
    while time.monotonic() - quiet_since_s < QUIET_S:
        newest = [each.counts() for each in watched]
        if newest != counts:
            counts, quiet_since_s = newest, time.monotonic()
        assert quiet_since_s - begun_s < WITHIN_MS / 1000, counts
        watched[0].person.page.wait_for_timeout(POLL_MS)


def equal_history(people: tuple[Person, Person], episode: int) -> int:
    """Check that both confirmed the same states without a gap; returns how many."""
    first, second = (person.checksums(episode) for person in people)
    common = sorted(frame for frame in first if frame in second)
    assert common == list(range(common[0], common[-1] + 1))
    assert [first[frame] for frame in common] == [second[frame] for frame in common]
    for person in people:
        assert person.events("DesyncDetected") == []
    return len(common)


def enter_new_room(people: tuple[Person, Person]) -> None:
    """One creates a game in the page that he has, the other types the code into hers."""
    creator, joiner = people
    creator.create_game("0", score_to_win=1, ball_speed=12)
    joiner.page.locator("#room-code").fill(creator.room)
    joiner.press_button("Join")


def play_to_the_end(people: tuple[Person, Person], episode: int, seed: int) -> None:
    """Play a match and check that it was one."""
    for person in people:
        person.wait_for_screen("playing")
    assert play_until(people, seed, is_over=lambda: {p.screen for p in people} == {"ended"})
    for person in people:
        person.hold(None)
        ended = person.events("EpisodeEnded")
        assert [each.fields["episode"] for each in ended] == list(range(episode + 1))
        assert ended[-1].fields["frame"] > LEAST_FRAMES
    assert equal_history(people, episode) > LEAST_FRAMES


def check_no_errors(people: tuple[Person, Person]) -> None:
    for person in people:
        assert person.console_errors == []
        assert person.look("errors") == []


@pytest.mark.timeout(300)
def test_ten_matches_in_one_page_leave_nothing_behind(
    venue: Venue, ada: Person, ben: Person
) -> None:
    people = (ada, ben)
    watched = [Watched(person) for person in people]
    for person in people:
        person.open(venue.url, checksums=1)
        person.wait_for_python()
    stock = []
    for room in range(ROOMS):
        play_in_new_room(people, room)
        if room in {0, WARM_ROOM, ROOMS - 1}:
            wait_until_quiet(watched)
            stock.append([each.take_stock() for each in watched])
        for person in people:
            person.press_button("Back to the lobby")
            person.wait_for_screen("lobby")
        for each in watched:
            each.wait_until_disconnected()

    for each, first, warm, last in zip(watched, *stock, strict=True):
        print(f"{each.person.name}: {first}, then {warm}, at last {last}")
        assert each.connections_made() >= ROOMS
        check_same(first, last)
        assert last.heap_bytes - warm.heap_bytes < HEAP_NOISE_BYTES
    check_no_errors(people)


def play_in_new_room(people: tuple[Person, Person], room: int) -> None:
    """Meet, play a match and a rematch."""
    enter_new_room(people)
    for episode in range(EPISODES):
        play_to_the_end(people, episode, seed=10 * room + episode)
        if episode + 1 < EPISODES:
            for person in people:
                person.press_button("Rematch")
    assert all(person.statistic("rollbacks") > 0 for person in people)


def check_same(then: Leftovers, now: Leftovers) -> None:
    """Check that a page holds no more than before."""
    assert now.counts == then.counts
    assert now.counts["connectionsOpen"] == 1
    assert now.wasm_bytes == then.wasm_bytes > 0
    assert now.nodes - then.nodes <= NODES_NOISE
    assert now.listeners == then.listeners


SPOIL = """
(() => {
  const channels = {};
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (name, options) {
    const channel = create.call(this, name, options);
    if (name === "probe") return channel;
    channels[name] = channel;
    const send = channel.send.bind(channel);
    channel.send = (data) => {
      channel.newest = new Uint8Array(data.slice(0));
      send(data);
    };
    channel.sendGarbage = send;
    return channel;
  };

  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const noise = (size) => Uint8Array.from({ length: size }, () => random(256));
  const spoilt = (bytes, change) => {
    const copy = Uint8Array.from(bytes);
    change(copy);
    return copy;
  };
  const kinds = {
    empty: () => new Uint8Array(0),
    noise: () => noise(1 + random(60)),
    zeros: () => new Uint8Array(random(200)),
    long: () => noise(1201 + random(3000)),
    text: () => "{}".repeat(random(50)),
    otherVersion: (genuine) => spoilt(genuine, (bytes) => { bytes[0] ^= 0xe0; }),
    prolonged: (genuine) => new Uint8Array([...genuine, ...noise(1300)]),
    vast: () => noise(70_000),
  };
  const names = Object.keys(kinds);
  let timer;
  window.garbageSent = {};
  window.spoil = (channelNames) => {
    clearInterval(timer);
    timer = setInterval(() => {
      for (const name of channelNames) {
        const channel = channels[name];
        const genuine = channel.newest ?? noise(20);
        // What is vast holds up all else on its way, so it is sent once.
        const isFirst = window.garbageSent[`${name} vast`] === undefined;
        const kind = isFirst ? "vast" : names[random(names.length - 1)];
        channel.sendGarbage(kinds[kind](genuine));
        const key = `${name} ${kind}`;
        window.garbageSent[key] = (window.garbageSent[key] ?? 0) + 1;
      }
    }, 20);
  };
})();
"""
"""Sends all sorts of garbage, 50 a second on a channel, between what the page itself sends."""

ALL_CHANNELS = ["input", "control", "bulk"]
GARBAGE_KINDS = 8
VIOLATION_EVERY_MS = 1000
CLOCK_NOISE_MS = 50
"""Events are dated by the tick that told them, which may begin late."""


def violated_on(person: Person, channel: str) -> None:
    """Wait until the session has told of garbage on this channel."""
    person.wait_until(
        "peergym.events.some(({event}) => "
        "event.name === 'ProtocolViolated' && event.channel === argument)",
        channel,
    )


def spoil(person: Person, *channels: str) -> None:
    person.page.evaluate("channels => window.spoil(channels)", list(channels))


def garbage_sent(person: Person) -> dict[str, Any]:
    return dict(person.page.evaluate("window.garbageSent"))


@pytest.mark.timeout(200)
def test_garbage_from_the_other_page_harms_nothing(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    # Without loss: garbage and inputs share a connection, and what is lost slows down both.
    venue = make_venue(Conditions(delay_ms=30, jitter_ms=0, loss=0))
    people = (ada, ben)
    ben.page.add_init_script(SPOIL)
    meet(
        *people,
        venue.url,
        creator_flags={"checksums": 1},
        joiner_flags={"hop": ""},
        score_to_win=21,  # nobody gets so far
    )
    play(people, duration_s=2, seed=1)

    spoil(ben, "input")
    violated_on(ada, "input")
    spoil(ben, "control")
    violated_on(ada, "control")
    spoil(ben, "bulk")
    violated_on(ada, "bulk")
    spoil(ben, *ALL_CHANNELS)
    flooded_from = ada.statistic("confirmedFrame")
    play(people, duration_s=10, seed=2)
    flooded = ada.statistic("confirmedFrame") - flooded_from
    spoil(ben)

    told = ada.events("ProtocolViolated")
    gaps_ms = [later.time_ms - each.time_ms for each, later in pairwise(told)]
    print(f"sent {garbage_sent(ben)}; told {len(told)} times, at least {min(gaps_ms):.0f} ms apart")
    print(f"{flooded:.0f} frames confirmed in 10 s of garbage")
    assert len(told) >= 8
    assert min(gaps_ms) >= VIOLATION_EVERY_MS - CLOCK_NOISE_MS
    assert len(garbage_sent(ben)) == GARBAGE_KINDS * len(ALL_CHANNELS)
    assert ben.events("ProtocolViolated") == []

    assert flooded > 300
    for person in people:
        person.wait_for_frames(60)
        assert person.screen == "playing"
        assert person.statistic("rollbacks") > 0
        assert len(person.events("EpisodeStarted")) == 1
    assert equal_history(people, episode=0) > flooded_from + flooded
    check_no_errors(people)
