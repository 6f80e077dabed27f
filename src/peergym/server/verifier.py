"""Compares and executes records in the background, one at a time.

Theory of operation: a thread takes what is to be done from the index, has it done by a process of
its own, and notes what came of it. It wakes when something was stored, and when a record that has
no end has been quiet for long enough. What a server left undone, the next one does.

Laws:
    - The server never waits for it, and no record, game or crash of theirs touches the server.
    - Every record gets a finding: if nothing else, why there is none.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from peergym.data.store import RecordStore
from peergym.data.store_jobs import JobBook
from peergym.data.store_model import Agreeing, Agreement, Check, CheckResult, Job, RecordRef
from peergym.data.verify import Outcome, Verification
from peergym.errors import PeergymError
from peergym.server.child import ChildError, ChildRunner, StoppedError
from peergym.server.re_execution import (
    PackedGame,
    compare_natively,
    verify_in_pyodide,
    verify_natively,
)
from peergym.server.settings import ServerSettings

log = logging.getLogger(__name__)

PAUSE_S = 5.0  # after an error of ours, before the next try
TOLD_EVERY_S = 1.0  # how often it is noted how far a record is


class Verifier:
    """The background worker of a server.

    Args:
        store: Where the records are.
        settings: Limits, and the clock that the store goes by.
    """

    def __init__(self, store: RecordStore, settings: ServerSettings) -> None:
        self._store = store
        self._settings = settings
        self._book = JobBook(store)
        self._runner = ChildRunner(settings.record_limits.verification_s)
        self._has_news = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name="peergym verifier", daemon=True)

    def start(self) -> None:
        """Begin, with what was left undone."""
        if self._settings.record_limits.verifies:
            self._book.resume()
            self._thread.start()

    def wake(self) -> None:
        """Look now whether there is something to do."""
        self._has_news.set()

    def stop(self) -> None:
        """End what is running, and wait until it has."""
        self._is_stopping = True
        self._runner.stop()
        self._has_news.set()
        if self._thread.is_alive():
            self._thread.join()

    # --- inside

    def _work(self) -> None:
        while not self._is_stopping:
            self._has_news.clear()
            try:
                job = self._book.next_job(self._settings.wall_clock())
                if job is None:
                    self._has_news.wait(self._wait_s())
                elif job.is_comparison:
                    self._compare(job)
                else:
                    self._verify(job)
            except StoppedError:
                return
            except Exception:
                log.exception("a job in the background failed")
                self._has_news.wait(PAUSE_S)

    def _wait_s(self) -> float | None:
        due_s = self._book.next_due_s()
        return None if due_s is None else max(0.1, due_s - self._settings.wall_clock())

    def _compare(self, job: Job) -> None:
        paths = {ref.peer: (self._path(ref), ref.stored_bytes) for ref in job.records}
        try:
            agreement = compare_natively(paths, self._runner, self._memory_bytes())
        except ChildError as error:
            log.error("the records of match %s: %s", job.records[0].match_id, error)  # noqa: TRY400
            agreement = Agreement(Agreeing.PENDING, what="it could not be compared")
        self._book.note_agreement(job.records, agreement)

    def _verify(self, job: Job) -> None:
        (ref,) = job.records

        def note(done: int) -> None:
            self._book.note_check(ref, CheckResult(Check.RUNNING, frame=done))

        try:
            result = self._execute(job, ref, _seldom(note))
        except PeergymError as error:
            result = CheckResult(Check.FAILED, message=f"{error}")
        self._book.note_check(ref, result)

    def _execute(self, job: Job, ref: RecordRef, tell: Callable[[int, int], None]) -> CheckResult:
        path = self._path(ref)
        if job.game is None:
            return CheckResult(Check.FAILED, message="What was played is not kept here any more.")
        game = PackedGame(self._store.runtime_path(job.game.digest), job.game.spec)
        if not game.runtime.is_file():
            return CheckResult(Check.FAILED, message="What was played is not kept here any more.")
        found = verify_natively(path, game, tell, self._runner, self._memory_bytes())
        if found.outcome is not Outcome.DIFFERS or found.same_maths:
            return read_finding(found, "natively")
        try:
            found = verify_in_pyodide(path, game, tell, self._runner, self._pyodide_dir())
        except PeergymError as error:
            return CheckResult(
                Check.FAILED,
                message=f"It differs natively, where maths is another than in browsers; {error}",
            )
        return read_finding(found, "in Pyodide")

    def _pyodide_dir(self) -> Path:
        """Where Node.js finds what browsers run; of one at an address, only ours is here."""
        where = self._settings.pyodide
        is_folder = where is not None and "://" not in where
        return Path(where) if is_folder and where else self._settings.client_dir / "pyodide"

    def _path(self, ref: RecordRef) -> Path:
        return self._store.record_path(ref.match_id, ref.peer)

    def _memory_bytes(self) -> int:
        return self._settings.record_limits.verification_bytes


def read_finding(found: Verification, where: str) -> CheckResult:
    """Put what was found into what is shown.

    Args:
        found: What executing a record has shown.
        where: In which Python that was, to be read after "executed".
    """
    state = Check(found.outcome.value)
    if found.outcome is Outcome.FAILED:
        return CheckResult(state, message=found.error)
    compared = (
        f"Executed {where}: {found.frames:,} frames, {found.checksums:,} checksums and "
        f"{found.states:,} states compared"
    )
    if found.outcome is Outcome.REPAIRED:
        first = found.repairs[0]
        return CheckResult(
            state, first.episode, first.from_frame, "", f"{compared}; a desync was repaired."
        )
    if found.mismatch is None:
        return CheckResult(state, message=f"{compared}; all are equal.")
    differs = found.mismatch
    told = (
        f"{compared}; the {differs.what} of frame {differs.frame} in episode {differs.episode} "
        f"differs"
    )
    return CheckResult(state, differs.episode, differs.frame, differs.field, f"{told}.")


def _seldom(tell: Callable[[int], object]) -> Callable[[int, int], None]:
    """Pass on how far something is, but not so often that telling costs more than doing."""
    told_s = time.monotonic()

    def on_progress(done: int, total: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s >= TOLD_EVERY_S:
            told_s = time.monotonic()
            tell(done)

    return on_progress
