"""What has been played so far, on disk.

Theory of operation: every match that has been played is a line of JSON in a file of results; each
part of the fleet writes a file of its own, and all of them are read. A line that was cut off when
its process was killed is no result, and its match is played again. What was played with another
version of the source counts for nothing, so each line says with which it was.

Laws:
    - A line is written only when its match is over, in one piece.
    - No line is ever changed or removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import peergym

Result = dict[str, Any]

FIELDS = {
    "trial": str,
    "failure": str,
    "source": str,
    "match": dict,
    "problems": list,
    "figures": dict,
}


OF_PEERGYM = (
    "errors.py", "envs/**/*.py", "games/chaos/**/*.py", "lab/*.py", "rollback/**/*.py",
    "testing/**/*.py",
)  # fmt: skip
OF_FLEET = ("checks.py", "pace.py", "trials.py")
"""What a match and its checks are made of."""


@cache
def source() -> str:
    """The version of the source that is running, as far as matches depend on it."""
    digest = sha256()
    for folder, names in (
        (Path(peergym.__file__).parent, OF_PEERGYM),
        (Path(__file__).parent, OF_FLEET),
    ):
        for path in [path for name in names for path in sorted(folder.glob(name))]:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder holds.

    Attributes:
        results: By the names of the trials; of this version of the source.
        broken: Lines that are none, as sentences.
        foreign: How many results are of another version.
    """

    results: dict[str, Result]
    broken: list[str]
    foreign: int


class Results:
    """The results in a folder.

    Args:
        folder: Made when something is written.
        part: The name of our part, in the name of the file that we write.
    """

    def __init__(self, folder: Path, part: str = "1of1") -> None:
        self._folder = folder
        self._path = folder / f"results-{part}.jsonl"

    def check(self) -> None:
        """Try whether results can be written.

        Raises:
            OSError: They cannot.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8"):
            pass

    def read(self) -> Kept:
        """All results so far, of all parts.

        Raises:
            OSError: A file cannot be read.
        """
        kept, broken, foreign = dict[str, Result](), list[str](), 0
        for path in sorted(self._folder.glob("results-*.jsonl")):
            for number, line in _lines(path):
                result = _result_of(line)
                if result is None:
                    broken.append(f"{path}, line {number}: no result, left out")
                elif result["source"] != source():
                    foreign += 1
                else:
                    kept[result["trial"]] = result
        return Kept(kept, broken, foreign)

    def append(self, result: Result) -> None:
        """Write one result down."""
        line = json.dumps({"source": source(), **result}).encode() + b"\n"
        with self._path.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    line = b"\n" + line  # the last one was cut off
            file.write(line)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line:
            yield number, line


def _result_of(line: bytes) -> Result | None:
    try:
        result = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(result, dict):
        return None
    return result if all(isinstance(result.get(f), kind) for f, kind in FIELDS.items()) else None
