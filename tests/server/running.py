"""Real servers on free ports of the loopback address, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from peergym.server import ServerSettings
from peergym.server.serve import ServerThread

StartServer = Callable[..., ServerThread]


@contextmanager
def running_servers(folder: Path) -> Iterator[StartServer]:
    """Give what starts servers; its arguments are their settings. All are stopped at the end."""
    with ExitStack() as running:

        def start(**settings: Any) -> ServerThread:
            chosen = {"data_dir": folder / "data", "client_dir": folder / "client", **settings}
            return running.enter_context(ServerThread(ServerSettings(**chosen)))

        yield start
