"""What runs in the process that executes or compares records; see `peergym.server.re_execution`.

    python re_execution_child.py verify LIMIT_S MEMORY_BYTES RECORD RUNTIME SPEC
    python re_execution_child.py compare LIMIT_S MEMORY_BYTES PEER:BYTES:RECORD ...

Run by its path, so that nothing of the server is imported: it starts in a fraction of the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from peergym.data.replay import read_replay
from peergym.data.store_agreement import compare_records
from peergym.data.verify import main_in_pyodide

OURS = "peergym/"
NICENESS = 10
"""Of 19: pages and players come first, and on an idle machine it costs nothing."""

Say = Callable[[dict[str, Any]], None]


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say, and print the result."""
    what, limit_s, memory_bytes, *rest = arguments
    say = _take_output()
    _be_modest(int(limit_s), int(memory_bytes))
    if what == "verify":
        record, runtime, spec = rest
        say({"result": _verify(Path(record), Path(runtime), spec, say)})
    else:
        say({"result": _compare(rest)})


def _verify(record: Path, runtime: Path, spec: str, say: Say) -> dict[str, Any]:
    def tell(done: int, total: int) -> None:
        say({"done": done, "total": total})

    with tempfile.TemporaryDirectory(prefix="peergym-") as folder:
        _unpack_game(runtime, Path(folder))
        sys.path.insert(0, folder)
        told: dict[str, Any] = json.loads(main_in_pyodide(record.read_bytes(), spec, tell))
        return told


def _unpack_game(runtime: Path, folder: Path) -> None:
    """Unpack what is not ours: peergym itself is executed as it is here."""
    with zipfile.ZipFile(runtime) as archive:
        for name in archive.namelist():
            if not name.startswith(OURS):
                archive.extract(name, folder)


def _compare(records: Sequence[str]) -> dict[str, Any]:
    replays = {}
    for each in records:
        peer, size, path = each.split(":", 2)
        replays[int(peer)] = read_replay(Path(path).read_bytes()[: int(size)])
    return compare_records(replays).to_json()


def _take_output() -> Say:
    """Keep the standard output for results: a game that prints does so elsewhere."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(what: dict[str, Any]) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    return say


def _be_modest(limit_s: int, memory_bytes: int) -> None:
    """Take a low priority, and have the system end us where we take too much.

    Who started us ends us in time; but it may have died.
    """
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICENESS)
    try:
        import resource  # noqa: PLC0415 - POSIX alone has it
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


if __name__ == "__main__":
    main(sys.argv[1:])
