"""How long a player waits: from the click on a link to the first drawn frame of the match.

The other player waits in the room, with Python loaded, practising meanwhile. Each join happens in
a fresh browser context: nothing is cached, nothing compiled. By turns with it, and beside the same
waiting page, a worker that only calls ``loadPyodide()``, from the same server.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser

from browser import HERE, Person, fresh_page, open_browsers, run_worker, serve_pong

ROUNDS = 5
FLAGS = {"snapshot": "", "plain": "?no-snapshot"}
WITHIN_MS = 120_000

STAGES = (
    ("page", "the page is there and has its script"),
    ("described", "it knows the game"),
    ("seated", "the server has given it a seat"),
    ("connected", "the browsers are connected"),
    ("loaded", "Python runs"),
    ("imported", "the package and the game are imported"),
    ("booted", "Python is warm"),
    ("greeted", "the two sessions know each other"),
    ("started", "the match has been agreed upon and begins"),
    ("received", "the first frame is simulated"),
    ("drawn", "it is drawn"),
)
"""Marks in the order in which they usually come; connecting and loading go on side by side."""


def run(progress: Callable[[str], object]) -> dict[str, Any]:
    """Measure.

    Returns:
        Times in milliseconds: ``bare``, ``snapshot`` and ``plain``, each with ``rounds`` and
        ``median``; for the latter two ``stages``, medians by name of the stage.
    """
    bare: list[float] = []
    marks: dict[str, list[dict[str, float]]] = {how: [] for how in FLAGS}
    with open_browsers(2) as (home, away), serve_pong() as url:
        host = Person("host", home)
        for number in range(ROUNDS):
            link = wait_in_room(host, url)
            with fresh_page(away) as page:
                bare.append(run_worker(page, url, "bare_start.js", {})["durationMs"])
            for how, flag in FLAGS.items():
                marks[how].append(join(away, link + flag, how))
                link = wait_in_room(host, url)
            last = {how: round(each[-1]["drawn"]) for how, each in marks.items()}
            progress(f"round {number + 1} of {ROUNDS}: bare {bare[-1]:.0f} ms, {last}")
    return {
        "bare": figures(bare),
        **{how: {**figures([m["drawn"] for m in each]), "stages": stages(each)}
           for how, each in marks.items()},
    }  # fmt: skip


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
