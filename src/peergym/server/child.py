"""A process that works for us and tells how far it is, in lines of JSON.

Theory of operation: what executes other people's records and games may take all the memory, never
end, or die. So it is done in a process of its own, which gets little and can be ended at any time.
It prints ``{"done": n, "total": n}`` now and then, and ``{"result": ...}`` once.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any

from peergym.data.execution import OnProgress

MOST_LINE_BYTES = 1024 * 1024
MOST_ERROR_BYTES = 2000
LAST_WORDS = 300  # characters of what a process said before it died


class ChildError(Exception):
    """The process did not come to a result; says why, in a sentence."""


class StoppedError(Exception):
    """The process was ended because nobody wants its result any more."""


class ChildRunner:
    """Runs one process at a time; `stop` may come from another thread.

    Args:
        limit_s: How long a process may take.

    Attributes:
        limit_s: The same.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """End the process that runs, and run no more."""
        with self._lock:
            self._is_stopped = True
            if self._running is not None:
                self._running.kill()

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        on_progress: OnProgress | None = None,
    ) -> dict[str, Any]:
        """Run a process to its end.

        Args:
            command: The program and its arguments.
            environment: Its environment.
            on_progress: Told how far it is.

        Returns:
            Its result.

        Raises:
            ChildError: It took too long, died, or said something else.
            StoppedError: `stop` was called.
        """
        with tempfile.TemporaryFile() as errors:
            process = self._start(command, environment, errors)
            is_late = threading.Event()

            def end() -> None:
                is_late.set()
                process.kill()

            timer = threading.Timer(self.limit_s, end)
            timer.daemon = True
            timer.start()
            try:
                result = _read(process, on_progress)
            finally:
                timer.cancel()
                self._end(process)
            if self._is_stopped:
                raise StoppedError
            if is_late.is_set():
                raise ChildError(f"It took longer than {self.limit_s:.0f} s.")
            if result is None:
                raise ChildError(_last_words(process.returncode, errors))
            return result

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._running = None

    def _start(
        self, command: Sequence[str], environment: Mapping[str, str], errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_stopped:
                raise StoppedError
            try:
                self._running = subprocess.Popen(  # noqa: S603 - our own programs
                    command,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    # Ctrl-C in the terminal is meant for the server, which ends what it started.
                    start_new_session=True,
                )
            except OSError as error:
                raise ChildError(f"{command[0]} cannot be started: {error}.") from error
            return self._running


def _read(
    process: subprocess.Popen[bytes], on_progress: OnProgress | None
) -> dict[str, Any] | None:
    """Listen until there is a result, or nothing more."""
    assert process.stdout is not None  # noqa: S101 - it was started with one
    while True:
        line = process.stdout.readline(MOST_LINE_BYTES)
        if not line:
            return None
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        result = said.get("result")
        if isinstance(result, dict):
            return result
        if on_progress is not None:
            on_progress(int(said.get("done", 0)), int(said.get("total", 0)))


def _last_words(status: int, errors: IO[bytes]) -> str:
    size = errors.seek(0, 2)
    errors.seek(max(0, size - MOST_ERROR_BYTES))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    said = f": {lines[-1][-LAST_WORDS:]}" if lines else ""
    return f"The process that executed it ended with status {status}{said}."
