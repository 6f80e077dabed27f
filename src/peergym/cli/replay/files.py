"""What the subcommands have in common: the file, the game, progress, and clocks for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peergym.data.execution import OnProgress
from peergym.data.replay import Replay, read_replay
from peergym.data.replay.format import MAX_REPLAY_BYTES
from peergym.errors import ConfigurationError, ReplayError


def add_file(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the replay, as NAME.pgr")


def add_game(parser: argparse.ArgumentParser) -> None:
    """Add the game."""
    parser.add_argument(
        "--game", metavar="GAME",
        help="execute it with this game: a bundled one, file.py:Class or module:Class (default: "
        "the replay's own, if it is bundled; what a file says of other code is not run unasked)",
    )  # fmt: skip


def open_replay(path: Path) -> Replay:
    """Read a file.

    Raises:
        ConfigurationError: It cannot be opened.
        ReplayError: It is no replay, or damaged; names the file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_REPLAY_BYTES + 1)
    except OSError as error:
        raise ConfigurationError("file", f"{path} cannot be read: {error.strerror}") from None
    try:
        return read_replay(data)
    except ReplayError as error:
        raise ReplayError(f"{path}: {error}") from None


def add_target(parser: argparse.ArgumentParser, usual: str, other: str) -> None:
    """Add where to write to: by default beside the replay, with the suffix ``usual``."""
    parser.add_argument(
        "--out", type=Path, metavar="FILE",
        help=f"where to, as NAME{usual} or NAME{other} (default: beside the replay, as {usual})",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(usual_suffix=usual)


def target_of(args: argparse.Namespace) -> Path:
    """Where to write to.

    Raises:
        ConfigurationError: There is a file already, or no such folder.
    """
    path: Path = args.out or args.file.with_suffix(args.usual_suffix)
    if path.exists() and not args.force:
        raise ConfigurationError("out", f"{path} is there already; --force replaces it")
    if not path.parent.is_dir():
        raise ConfigurationError("out", f"there is no folder {path.parent}")
    return path


@contextmanager
def progress(what: str) -> Iterator[OnProgress]:
    """Show on the standard error how far a long work is; nothing where that is no terminal."""
    from rich.console import Console  # slow to import
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    console = Console(file=sys.stderr)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def duration(seconds: float) -> str:
    """A length of time, as people say it: 4:07."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
