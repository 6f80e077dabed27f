"""Files that are there whole or not at all, whenever the power goes.

Theory of operation: bytes are written into a file of their own beside the others, forced onto the
disk, and then given the name; the change of the name is forced onto the disk too. Whoever looks
sees the old bytes or the new ones.

Law: what `put` has returned from is still there after the process, or the machine, has died.

Source: rename as the commit is POSIX's own (IEEE 1003.1, `rename`); that the folder must be synced
as well is in the manual of Linux, `fsync(2)`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

INCOMING = "incoming"
TRIES = 5
"""Another server that starts on the same folder may take a draft away as somebody's leftover."""


class AtomicFiles:
    """The files of one folder.

    Args:
        folder: The folder; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING

    def clean(self) -> int:
        """Remove what a process left half written. Returns how many files."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        removed = 0
        for draft in self._incoming.iterdir():
            with contextlib.suppress(OSError):
                draft.unlink()
                removed += 1
        return removed

    def put(self, name: str, data: bytes) -> None:
        """Write a file, in place of the one that has the name.

        Args:
            name: Path in the folder, with ``/``; its folders are made.
            data: What is in it.

        Raises:
            OSError: It cannot be written, as for want of space; nothing has changed.
        """
        target = self._folder / name
        self._make_folder(target.parent)
        for attempt in range(TRIES):
            draft = self._incoming / f"{os.getpid()}-{os.urandom(8).hex()}"
            try:
                _write_through(draft, data)
                draft.replace(target)
                break
            except (FileNotFoundError, PermissionError):
                # On Windows, also: somebody reads the file just now.
                if attempt == TRIES - 1:
                    raise
            finally:
                draft.unlink(missing_ok=True)
        _sync_folder(target.parent)

    def read(self, name: str) -> bytes | None:
        """Return what is in a file; None if there is none of that name."""
        try:
            return (self._folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def path(self, name: str) -> Path:
        """Return where a file is, or would be."""
        return self._folder / name

    def walk(self, pattern: str) -> Iterator[Path]:
        """All files of a pattern, as `Path.glob` has it, relative to the folder."""
        for path in self._folder.glob(pattern):
            yield path.relative_to(self._folder)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        at = folder
        while not at.is_dir():
            missing.append(at)
            at = at.parent
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            _sync_folder(each.parent)


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a folder; there, renaming is in the journal of NTFS
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
