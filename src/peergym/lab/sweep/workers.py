"""Carries the runs of a sweep out, on as many processes as are wanted.

Theory of operation: each process has a pipe of its own, over which it gets one run after the other
and gives the figures back. When its pipe closes, because the sweep is over or because whoever
started it was killed, it stops.

Law: nobody is left behind, whoever dies first.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from traceback import format_exc
from typing import Any

from peergym.errors import ConfigurationError, PeergymError
from peergym.games.catalogue import find_game
from peergym.lab.sweep.runs import Run, simulate

Done = Callable[[Run, dict[str, Any]], None]
"""Told the figures of each run, as soon as it is over."""


def usable_cores() -> int:
    """How many processes can really run at a time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def carry_out(runs: Sequence[Run], processes: int, done: Done) -> None:
    """Simulate runs.

    Args:
        runs: Which; they are begun in this order.
        processes: How many at a time; with 1, in this process.
        done: Called here, in the order in which they end.

    Raises:
        ConfigurationError: A run cannot be simulated, or its process died.
    """
    if processes <= 1 or len(runs) <= 1:
        for run in runs:
            done(run, _figures_of(run, _attempt(run)))
        return
    _carry_out_together(runs, min(processes, len(runs)), done)


def _carry_out_together(runs: Sequence[Run], processes: int, done: Done) -> None:
    # Not forked: the same everywhere, and nothing of this process leaks into the others.
    context = get_context("spawn")
    waiting = iter(runs)
    busy: dict[Any, Run] = {}
    pipes = []
    try:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            context.Process(target=_serve, args=(theirs,), daemon=True).start()
            theirs.close()
            pipes.append(ours)
            _give_next(ours, waiting, busy)
        while busy:
            for pipe in wait(list(busy)):
                run = busy.pop(pipe)
                done(run, _figures_of(run, _answer(pipe, run)))
                _give_next(pipe, waiting, busy)
    finally:
        for pipe in pipes:
            pipe.close()


def _give_next(pipe: Any, waiting: Any, busy: dict[Any, Run]) -> None:
    run = next(waiting, None)
    if run is not None:
        pipe.send(run)
        busy[pipe] = run


def _answer(pipe: Any, run: Run) -> dict[str, Any] | str:
    try:
        answer: dict[str, Any] | str = pipe.recv()
    except (EOFError, OSError) as error:
        raise ConfigurationError(
            "sweep", f"the process that simulated {run.describe()} died"
        ) from error
    return answer


def _figures_of(run: Run, answer: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(answer, str):
        raise ConfigurationError("sweep", f"{run.describe()}: {answer}")
    return answer


def _attempt(run: Run) -> dict[str, Any] | str:
    """Simulate a run; a text says why it was not possible."""
    try:
        return simulate(run, find_game)
    except PeergymError as error:
        return str(error)
    except Exception:  # noqa: BLE001  a game may raise anything; its text goes to the other process
        return format_exc()


def _serve(pipe: Connection) -> None:
    """What each process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us sees to it
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            pipe.send(_attempt(pipe.recv()))
