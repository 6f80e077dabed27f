"""The same match over datagrams and over an ordered, reliable channel, with losses on the way.

Two pages, each in a Chromium of its own, play Pong over real connections that go through the
proxies of the browser tests: a round trip of 60 ms, and every twentieth UDP packet lost in each
direction. By turns the inputs go as they always do (unordered, never sent again by the browser),
and over an ordered channel that loses nothing (``?input-channel=ordered``). All else is the same:
the seed of the match, the script of the keys, the seed of the losses, what a datagram carries.

Both pages keep a flight recording, from which `flights` reads when each input was given and held.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmark import Benchmark, Figures, Verdict, markdown_table
from browser import Conditions, Person, Venue, meet, open_browsers, play
from flights import Flight, Flyer, Round, evaluate, percentile
from playwright.sync_api import Browser

from peergym.lab.charts import Chart, Point, Series, write_svg
from peergym.server.settings import RecordLimits

CHANNELS = {
    "datagram": "datagrams, as shipped",
    "ordered": "ordered and reliable (`?input-channel=ordered`)",
}
ROUNDS = 5
QUIET_S = 3.0
MEASURE_S = 20.0
SEED = 5
ONE_WAY_MS = 30.0
LOSS = 0.05
SETTLE_FRAMES = 30
"""What is measured begins so many frames after the losses do, and ends with them."""

LEVELS = (0.1, 1, 2, 5, *range(10, 95, 5), 95, 97, 98, 99, 99.5)
"""Percentages of the inputs at which the distribution is drawn."""
TAIL = (50, 75, 90, 95, 97, 98, 99, 99.5, 99.9)


def run(progress: Callable[[str], object]) -> Figures:
    """Measure.

    Returns:
        By channel: the figures of `Round.summary` and ``latency_ms`` (by percentage), all of them
        medians over the rounds, and ``rounds`` with what was measured in each.
    """
    measured: dict[str, list[dict[str, Any]]] = {channel: [] for channel in CHANNELS}
    with open_browsers(2) as browsers:
        version = browsers[0].version
        for number in range(ROUNDS):
            # Whoever comes first in one round comes last in the next.
            for channel in list(CHANNELS)[:: -1 if number % 2 else 1]:
                measured[channel].append(describe_round(play_round(browsers, channel, number)))
            last = {channel: each[-1]["p99_ms"] for channel, each in measured.items()}
            progress(f"round {number + 1} of {ROUNDS}: p99 {last} ms, load {load()}")
    result: Figures = {"chromium": version}
    for channel, rounds in measured.items():
        latency_ms = [each.pop("latency_ms") for each in rounds]
        names = [name for name in rounds[0] if name != "load"]
        result[channel] = {
            **medians(rounds, names),
            "latency_ms": medians(latency_ms, latency_ms[0]),
            "rounds": rounds,
        }
    return result


def describe_round(seen: Round) -> dict[str, Any]:
    """The figures of a round, its distribution and the load of the machine."""
    levels = sorted({*LEVELS, *TAIL})
    distribution = {
        f"{level:g}": round(percentile(seen.latencies_ms, level), 2) for level in levels
    }
    return {**seen.summary(), "latency_ms": distribution, "load": load()}


def medians(rounds: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    return {name: round(statistics.median(each[name] for each in rounds), 2) for name in names}


def load() -> float:
    """How many programs wanted to run in the last minute; 0 where the system does not tell."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def play_round(browsers: Sequence[Browser], channel: str, number: int) -> Round:
    """Play one match: at first without losses, to compare the clocks, and then with them."""
    entropy = random.Random(SEED)
    quiet = Conditions(delay_ms=ONE_WAY_MS, jitter_ms=0.0, loss=0.0, burst=1)
    people = [Person(name, browser) for name, browser in zip("ab", browsers, strict=True)]
    with tempfile.TemporaryDirectory() as folder, Venue(
        Path(folder),
        quiet,
        entropy=entropy.randbytes,
        record_limits=RecordLimits(verifies=False),
    ) as venue:  # fmt: skip
        venue.network.random.seed(number)
        try:
            flags = {"record": "", "input-channel": channel}
            meet(
                *people,
                venue.url,
                creator_flags=flags,
                joiner_flags=flags,
                input_delay="0",
                score_to_win=21,
            )
            play(people, QUIET_S, seed=number)
            loss_from = newest_frame(people)
            venue.network.conditions.loss = LOSS
            play(people, MEASURE_S, seed=number)
            until = newest_frame(people)
            venue.network.conditions.loss = 0.0
            for person in people:
                person.wait_until("peergym.statistics.confirmedFrame > argument", until)
            flights = [fly(person) for person in people]
        finally:
            for person in people:
                person.context.close()
    return evaluate(
        flights, range(SETTLE_FRAMES, loss_from), range(loss_from + SETTLE_FRAMES, until)
    )


def newest_frame(people: Sequence[Person]) -> int:
    """The frame up to which the foremost of them has come."""
    return int(max(person.statistic("frame") for person in people))


def fly(person: Person) -> Flight:
    """Fly what a page has recorded; its times are counted from 1970, so that pages compare."""
    recording = person.recording()
    if recording is None:
        raise RuntimeError("the page has kept no flight recording")
    return Flyer(recording, person.page.evaluate("performance.timeOrigin")).fly()


def judge(figures: Figures) -> list[Verdict]:
    """What is shipped must not be later than what it replaces."""
    shipped, ordered = figures["datagram"], figures["ordered"]
    return [
        Verdict(f"{name} of datagrams, beside an ordered channel", shipped[key], ordered[key], "ms")
        for name, key in (("p95", "p95_ms"), ("p99", "p99_ms"))
    ]


ROWS = {
    "until an input is held, p50, ms": "p50_ms",
    "p95, ms": "p95_ms",
    "p99, ms": "p99_ms",
    "the latest, ms": "most_ms",
    "rollbacks a second": "rollbacks_per_s",
    "frames simulated again a second": "again_per_s",
    "depth of a rollback, p50, frames": "depth_p50_frames",
    "depth of a rollback, p95, frames": "depth_p95_frames",
    "ticks that waited, a minute": "stalls_per_min",
    "longest wait for a frame, ms": "longest_wait_ms",
    "frames a second": "frames_per_s",
    "inputs": "inputs",
}


def table(figures: Figures) -> str:
    """One column for each channel, and the rounds."""
    rows = [
        (label, *(f"{figures[channel][key]:g}" for channel in CHANNELS))
        for label, key in ROWS.items()
    ]
    rounds = [
        (label, *(f"{each[key]:g}" for each in figures[channel]["rounds"]))
        for channel, name in (("datagram", "datagrams"), ("ordered", "ordered"))
        for label, key in (
            (f"{name}, p95, ms", "p95_ms"),
            (f"{name}, p99, ms", "p99_ms"),
            (f"{name}, load of the machine", "load"),
        )
    ]
    count = len(figures["datagram"]["rounds"])
    header = ("", *(f"round {number}" for number in range(1, count + 1)))
    return "\n\n".join(
        [markdown_table(("", *CHANNELS.values()), rows), markdown_table(header, rounds)]
    )


def plot(figures: Figures, path: Path) -> None:
    """How many inputs are held within which time, and how late the latest are."""
    charts = [
        Chart(
            "Held within this time", "% of the inputs", "ms after it was given",
            [Series(name, distribution(figures[channel])) for channel, name in NAMES.items()],
        ),
        Chart(
            "The latest inputs", "ms until it was held", "percentile of the inputs",
            [Series(name, tail(figures[channel])) for channel, name in NAMES.items()],
        ),
    ]  # fmt: skip
    title = "Latency of inputs over datagrams and over an ordered channel with 5 % loss"
    write_svg(charts, 2, title, path)


NAMES = {"datagram": "datagrams", "ordered": "ordered, reliable"}


def distribution(figures: dict[str, Any]) -> list[Point]:
    """The empirical distribution, through the percentages of `LEVELS`."""
    return [point(figures["latency_ms"][f"{level:g}"], level) for level in LEVELS]


def tail(figures: dict[str, Any]) -> list[Point]:
    """The latencies at the percentages of `TAIL`."""
    return [point(f"{level:g}", figures["latency_ms"][f"{level:g}"]) for level in TAIL]


def point(x: float | str, y: float) -> Point:
    """A point without whiskers."""
    return Point(x, y, y, y)


BENCHMARK = Benchmark("head_of_line", run, judge, table, plot)
