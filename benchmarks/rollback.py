"""The cost of a rollback, natively and in a module worker of Chromium."""

from __future__ import annotations

from typing import Any

from benchmark import Benchmark, Figures, Progress, Verdict, markdown_table
from browser import HERE, describe_game, fresh_page, open_browsers, run_worker, serve_pong
from calibration import calibration_ms
from rollback_cost import measure_all

FILES = ("calibration.py", "environment.py", "rollback_cost.py", "in_worker.py")
LIMITS = {"TwelveFields": 2.5, "TwentyMicroseconds": 1.5}
LABELS = {"TwelveFields": "cheap", "TwentyMicroseconds": "20 µs and more"}
PLACES = {"native": "CPython", "browser": "Chromium's worker"}


def run(progress: Progress) -> Figures:
    """Measure both."""
    native = measure_all(lambda text: progress(f"native, {text}"))
    return {"native": {**native, "calibration_ms": calibration_ms()}, **in_browser(progress)}


def in_browser(progress: Progress) -> Figures:
    """The same files, on the Pyodide and the package that the server gives to pages."""
    files = {name: (HERE / name).read_text(encoding="utf-8") for name in FILES}
    with open_browsers(1) as [browser], serve_pong() as url:
        runtime = describe_game(url)["runtime"]
        order = {"runtimeUrl": url + runtime["zip_url"], "files": files, "module": "in_worker"}
        with fresh_page(browser) as page:
            told = run_worker(
                page, url, "run_python.js", order, lambda text: progress(f"browser, {text}")
            )
        if not told["isIsolated"]:
            raise RuntimeError("the worker is not isolated, so its clock is too coarse for this")
        return {
            "browser": told["figures"],
            "chromium": browser.version,
            "browser_python": told["python"].split()[0],
        }


def judge(figures: Figures) -> list[Verdict]:
    """Both ratios in both places."""
    return [
        Verdict(
            f"rollback / bare work, {LABELS[game]}, {label}", figures[place][game]["ratio"], limit
        )
        for game, limit in LIMITS.items()
        for place, label in PLACES.items()
    ]


def table(figures: Figures) -> str:
    """One column for each place and environment."""
    columns = [(place, game) for game in LIMITS for place in PLACES]
    header = ("", *(f"{LABELS[game]}, {PLACES[place]}" for place, game in columns))

    def row(label: str, name: str) -> tuple[Any, ...]:
        return (label, *(figures[place][game][name] for place, game in columns))

    calibration = (figures[place]["calibration_ms"] for place, _ in columns)
    return markdown_table(
        header,
        [
            row("step and save, µs", "step_and_save_us"),
            row("bare load and 8 times (step and save), µs", "bare_rollback_us"),
            row("rollback of 8 frames in a session, µs", "rollback_us"),
            row("**ratio**", "ratio"),
            row("of which the runner alone", "runner_ratio"),
            row("whole frame without rollback, µs", "frame_without_rollback_us"),
            row("of which not the game's own step and save, µs", "overhead_per_frame_us"),
            ("calibration loop, ms", *calibration),
        ],
    )


BENCHMARK = Benchmark("rollback", run, judge, table)
