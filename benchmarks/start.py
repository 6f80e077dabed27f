"""How long a player waits: from the click on a link to the first drawn frame of the match.

The other player waits in the room, with Python loaded, practising meanwhile. Each join happens in
a fresh browser context: nothing is cached, nothing compiled. By turns with it, and beside the same
waiting page, a worker that only calls ``loadPyodide()``, from the same server.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark import Benchmark, Figures, Verdict, markdown_table
from browser import HERE, Person, fresh_page, open_browsers, run_worker, serve_pong
from playwright.sync_api import Browser

ROUNDS = 5
FLAGS = {"snapshot": "", "plain": "?no-snapshot"}
WITHIN_MS = 120_000

SHARE_OF_BARE = {"snapshot": 0.5, "plain": 1.0}
ADDED_MS = {"snapshot": 1000, "plain": 1500}
LABELS = {"snapshot": "from the memory snapshot", "plain": "without (`?no-snapshot`)"}

STAGES = {
    "page": "the page has its script and starts the worker",
    "described": "it knows the game",
    "seated": "the server has given it a seat",
    "connected": "the browsers are connected",
    "loaded": "Python runs",
    "imported": "the package and the game are imported",
    "booted": "Python is warm",
    "greeted": "the two sessions know each other",
    "started": "the start has been agreed upon",
    "received": "the first frame has been simulated",
    "drawn": "it is drawn",
}
"""Connecting and loading go on side by side; the others follow one another."""


def run(progress: Callable[[str], object]) -> Figures:
    """Measure.

    Returns:
        Times in milliseconds: ``bare``, ``snapshot`` and ``plain``, each with ``rounds`` and
        ``median``; for the latter two also ``stages``, medians by name of the stage, and
        ``over_limit_ms``, the median of what each round took beyond the limit that the bare start
        of the same round sets.
    """
    bare: list[float] = []
    marks: dict[str, list[dict[str, float]]] = {how: [] for how in FLAGS}
    with open_browsers(2) as [home, away], serve_pong() as url:
        version = home.version
        host = Person("host", home)
        for number in range(ROUNDS):
            link = wait_in_room(host, url)
            before_ms = load_bare(away, url)
            for how, flag in FLAGS.items():
                marks[how].append(join(away, link + flag, how))
                link = wait_in_room(host, url)
            # Once before and once after: what slows the machine down comes and goes.
            bare.append((before_ms + load_bare(away, url)) / 2)
            last = {how: round(each[-1]["drawn"]) for how, each in marks.items()}
            progress(f"round {number + 1} of {ROUNDS}: bare {bare[-1]:.0f} ms, {last}")
    result: Figures = {"chromium": version, "bare": figures(bare)}
    for how, each in marks.items():
        drawn = [mark["drawn"] for mark in each]
        over = [time - limit(how, bare_ms) for time, bare_ms in zip(drawn, bare, strict=True)]
        result[how] = {
            **figures(drawn),
            "over_limit_ms": round(statistics.median(over)),
            "stages": stages(each),
        }
    return result


def limit(how: str, bare_ms: float) -> float:
    """How long a start may take, in milliseconds, where a bare one takes so long."""
    return SHARE_OF_BARE[how] * bare_ms + ADDED_MS[how]


def load_bare(browser: Browser, url: str) -> float:
    """Return how long a bare ``loadPyodide()`` takes in a worker, in milliseconds."""
    with fresh_page(browser) as page:
        duration_ms: float = run_worker(page, url, "bare_start.js", {})["durationMs"]
        return duration_ms


def wait_in_room(host: Person, url: str) -> str:
    """Bring the host into a new room; return the link to it."""
    host.open(url)
    host.wait_for_python()
    link = host.create_game(input_delay="0")
    host.wait_until("peergym.framesDrawn > 30")
    return link


def join(browser: Browser, link: str, how: str) -> dict[str, float]:
    """Follow the link in a fresh context; return when each stage was reached, in milliseconds."""
    with fresh_page(browser, viewport={"width": 1280, "height": 800}) as page:
        page.set_default_timeout(WITHIN_MS)
        page.add_init_script(path=HERE / "workers" / "mark_start.js")
        page.goto(link, wait_until="commit")
        page.wait_for_function("window.startMarks.drawn !== undefined")
        marks: dict[str, float] = page.evaluate("window.startMarks")
        started = page.evaluate("window.peergym.python.how")
        if started != how:
            raise RuntimeError(f"Python started from {started}, not from {how}")
        return marks


def figures(times_ms: list[float]) -> dict[str, Any]:
    """Median and rounds."""
    rounds = [round(time_ms) for time_ms in times_ms]
    return {"median": round(statistics.median(rounds)), "rounds": rounds}


def stages(marks: list[dict[str, float]]) -> dict[str, float]:
    """Median of each mark."""
    return {
        name: round(statistics.median(each[name] for each in marks))
        for name in marks[0]
        if all(name in each for each in marks)
    }


def judge(figures: Figures) -> list[Verdict]:
    """Each start beside the bare start of the same round.

    Rounds differ more than starts do, so the limit shown is the one that the measured median and
    the median distance to the limits of the rounds imply.
    """
    return [
        Verdict(
            f"click to first frame, {label}",
            figures[how]["median"],
            figures[how]["median"] - figures[how]["over_limit_ms"],
            "ms",
        )
        for how, label in LABELS.items()
    ]


def table(figures: Figures) -> str:
    """Whole times, then the stages."""
    whole = [
        ("bare `loadPyodide()` in a worker", figures["bare"]["median"], *figures["bare"]["rounds"])
    ]
    whole += [(LABELS[how], figures[how]["median"], *figures[how]["rounds"]) for how in FLAGS]
    numbers = [f"round {number + 1}" for number in range(len(figures["bare"]["rounds"]))]
    steps = [
        (label, *(figures[how]["stages"].get(name, "") for how in FLAGS))
        for name, label in STAGES.items()
    ]
    return "\n\n".join(
        (
            markdown_table(("ms", "median", *numbers), whole),
            "Where the time goes: medians of when each stage was reached, ms after the click.",
            markdown_table(("", *(LABELS[how] for how in FLAGS)), steps),
        )
    )


def plot(figures: Figures, path: Path) -> None:
    """Bars of the stages, and the limits."""
    from plots import draw_start  # noqa: PLC0415 - needs Matplotlib, which the tables do not

    draw_start(figures, {how: limit(how, figures["bare"]["median"]) for how in FLAGS}, path)


BENCHMARK = Benchmark("start", run, judge, table, plot)
