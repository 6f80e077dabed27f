"""How late an input arrives when a page is busy, by where the channels are.

Two real pages play Pong over two real connections. The latency of an input is counted from the
moment its frame was due on one side to the moment the thread with the game has it on the other:
how late the tick came, how long it took, the way through the network and through the browser. The
page of one of the two is then kept busy for 30 of every 50 ms, as a heavy page would be.

Three places for the channels: in the worker beside the game (as shipped), in the page with a
`postMessage` hop to the game's worker (the fallback, ``?hop``), and all of it in the page: the
worker's own script, run there.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmark import Benchmark, Figures, Verdict, markdown_table
from browser import HERE, Person, meet, open_browsers, serve_pong
from playwright.sync_api import Browser

PLACES: dict[str, dict[str, str]] = {"worker": {}, "hop": {"hop": ""}, "page": {}}
"""Flags of the page, by place of the channels."""

LABELS = {
    "worker": "in the worker (as shipped)",
    "hop": "`postMessage` hop (`?hop`)",
    "page": "game and channels in the page",
}
FIGURES = ("idle_p50_ms", "idle_p95_ms", "busy_p50_ms", "busy_p95_ms", "added_p95_ms")

ROUNDS = 3
SETTLE_S = 3.0
MEASURE_S = 8.0
LEAST_DATAGRAMS = 200

Latencies = list[float]


def run(progress: Callable[[str], object]) -> Figures:
    """Measure.

    Returns:
        By place: ``idle_p50_ms``, ``idle_p95_ms``, ``busy_p50_ms``, ``busy_p95_ms``,
        ``added_p95_ms``, medians over the rounds, and ``rounds``.
    """
    rounds: dict[str, list[dict[str, float]]] = {place: [] for place in PLACES}
    with open_browsers(1) as [browser], serve_pong() as url:
        version = browser.version
        for number in range(ROUNDS):
            for place in PLACES:
                rounds[place].append(measure(browser, url, place))
            last = {place: each[-1]["added_p95_ms"] for place, each in rounds.items()}
            progress(f"round {number + 1} of {ROUNDS}: p95 grew by {last} ms")
    result: Figures = {"chromium": version}
    for place, all_ in rounds.items():
        medians = {name: statistics.median(each[name] for each in all_) for name in FIGURES}
        result[place] = {name: round(value, 1) for name, value in medians.items()}
        result[place]["rounds"] = all_
    return result


def measure(browser: Browser, url: str, place: str) -> dict[str, float]:
    """Play one match, at first idle and then with one page busy."""
    people = Person("calm", browser), Person("busy", browser)
    try:
        for person in people:
            person.page.add_init_script(placing_script(place))
        flags = PLACES[place]
        meet(
            *people,
            url,
            creator_flags=flags,
            joiner_flags=flags,
            input_delay="0",
            score_to_win=21,
        )
        idle = listen(people)
        people[1].page.evaluate("beBusy(true)")
        busy = listen(people)
        people[1].page.evaluate("beBusy(false)")
    finally:
        for person in people:
            person.context.close()
    # The two pages' clocks may be set a little apart; an idle way takes as long back as forth.
    apart_ms = (statistics.median(idle[0]) - statistics.median(idle[1])) / 2
    result: dict[str, float] = {}
    for name, (to_busy, from_busy) in {"idle": idle, "busy": busy}.items():
        both = [each - apart_ms for each in to_busy] + [each + apart_ms for each in from_busy]
        cuts = statistics.quantiles(both, n=20)
        result[f"{name}_p50_ms"], result[f"{name}_p95_ms"] = round(cuts[9], 2), round(cuts[18], 2)
    result["added_p95_ms"] = round(result["busy_p95_ms"] - result["idle_p95_ms"], 2)
    return result


def placing_script(place: str) -> str:
    """The script that puts the game where it shall be, and its stamps beside it."""
    stamps = (HERE / "workers" / "stamp_inputs.js").read_text(encoding="utf-8")
    placing = (HERE / "workers" / "place_game.js").read_text(encoding="utf-8")
    return f"const PLACE = {json.dumps(place)}, STAMPS = {json.dumps(stamps)};\n{placing}"


def listen(people: tuple[Person, ...]) -> tuple[Latencies, Latencies]:
    """Return the latencies of datagrams to the second and from the second, in milliseconds."""
    people[0].page.wait_for_timeout(SETTLE_S * 1000)
    for person in people:
        person.page.evaluate("takeStamps('clear')")
    people[0].page.wait_for_timeout(MEASURE_S * 1000)
    calm, busy = (person.page.evaluate("takeStamps('report')") for person in people)
    return compare(calm["due"], busy["arrived"]), compare(busy["due"], calm["arrived"])


def compare(due: dict[str, float], arrived: dict[str, float]) -> Latencies:
    """Latencies of the datagrams known on both sides."""
    latencies = [arrived[name] - due[name] for name in due.keys() & arrived.keys()]
    if len(latencies) < LEAST_DATAGRAMS:
        raise RuntimeError(f"only {len(latencies)} datagrams were seen on both sides")
    return latencies


def judge(figures: Figures) -> list[Verdict]:
    """The place that is shipped must beat both others."""
    others = min(figures[place]["added_p95_ms"] for place in ("hop", "page"))
    return [
        Verdict(
            "p95 added by a busy page, channels in the worker, beside the better of the others",
            figures["worker"]["added_p95_ms"],
            others,
            "ms",
        )
    ]


def table(figures: Figures) -> str:
    """One row for each place."""
    rows = [(label, *(figures[place][name] for name in FIGURES)) for place, label in LABELS.items()]
    header = ("ms", "idle p50", "idle p95", "busy p50", "busy p95", "p95 added")
    return markdown_table(header, rows)


def plot(figures: Figures, path: Path) -> None:
    """Bars of the 95th percentiles."""
    from plots import draw_latency  # noqa: PLC0415 - needs Matplotlib, which the tables do not

    draw_latency(figures, path)


BENCHMARK = Benchmark("latency", run, judge, table, plot)
