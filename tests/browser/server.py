"""The real server, in this process, on a free port, with a network of proxies behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from peergym.server import ServerSettings
from peergym.server.serve import ServerThread
from tests.browser.proxy import Conditions, Network, PeerProxy


@dataclass(frozen=True)
class Traffic:
    """What the server has heard and forwarded so far."""

    signals: int
    signal_bytes: int
    frame_bytes: int


class Venue:
    """A server, and the network through which those who meet there are connected."""

    def __init__(self, data_dir: Path, conditions: Conditions | None = None, **settings: Any):
        self.network = Network(conditions or Conditions())
        settings = {"signal_filter": self.network.filter, **settings}
        self.server = ServerThread(ServerSettings(data_dir=data_dir, **settings))
        self.url = self.server.url

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.__exit__(kind, error, trace)
        self.network.close()

    def stop(self) -> None:
        """Stop the server alone; those who play go on."""
        self.server.__exit__(None, None, None)

    def start_again(self) -> None:
        """Start it at the same address, with what it had on the disk."""
        self.server = ServerThread(self.server.settings).__enter__()

    @property
    def matches_url(self) -> str:
        """Where the operator sees the matches, with the key."""
        return str(self.server.app.state.server.matches_url())

    def proxies(self, room: str) -> tuple[PeerProxy, PeerProxy]:
        """The proxies of the two peers of a room."""
        return self.network.proxy(room, 0), self.network.proxy(room, 1)

    def health(self) -> dict[str, Any]:
        """What the server says about itself."""
        with urlopen(f"{self.url}/api/health", timeout=30) as response:
            return json.load(response)

    def traffic(self) -> Traffic:
        """What went through the server so far."""
        health = self.health()
        return Traffic(
            health["signals_forwarded"],
            health["signal_bytes_forwarded"],
            health["frame_bytes_received"],
        )
