"""Everything a server is told: what it serves, where, to whom, and how much."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from peergym.data.store_model import StoreLimits
from peergym.errors import ConfigurationError
from peergym.server.ice import IceSettings
from peergym.server.relay_connection import RelayLimits
from peergym.signalling import RoomLimits

PACKAGE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How much a connection may ask for.

    Attributes:
        sockets: Connections at once. An idle one costs some 30 KB.
        message_bytes: Of one message. A description with all its candidates has 1 to 4 KB.
        messages_per_s: Steady rate of a connection; what is beyond is refused with an answer.
        messages_burst: Beside it, at once. A peer with three others sends about 60 signals.
        frames_per_s: Steady rate beyond which the connection is closed, for refusing costs, too.
        frames_burst: Beside it, at once.
        entries_per_s: Steady rate at which one address may create and join rooms. It is
            what makes guessing codes hopeless (`peergym.signalling.codes`).
        entries_burst: Beside it, at once; a whole class behind one address comes in together.
    """

    sockets: int = 500
    message_bytes: int = 16_384
    messages_per_s: float = 20.0
    messages_burst: float = 100.0
    frames_per_s: float = 200.0
    frames_burst: float = 1000.0
    entries_per_s: float = 1.0
    entries_burst: float = 30.0


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """How records of matches may come, and what is done with them.

    Attributes:
        at_once: Uploads that may be under way. Each holds its bytes in memory, 16 MiB at most.
        upload_s: How long one may take: 20 KB come in a second over any line.
        uploads_per_s: Steady rate for each record.
        uploads_burst: Beside it, at once: whoever was offline for a while tries often.
        token_lifetime_s: For how long after the start of a match its records can be stored.
        verifies: Whether records are executed again in the background.
        verification_s: How long that may take for one record.
        verification_bytes: Of memory that it may take, where the system can bound that.
    """

    at_once: int = 16
    upload_s: float = 60.0
    uploads_per_s: float = 0.5
    uploads_burst: float = 20.0
    token_lifetime_s: float = 30 * 24 * 3600.0
    verifies: bool = True
    verification_s: float = 900.0
    verification_bytes: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class ForwardedSignal:
    """A signal on its way from one peer to another.

    Attributes:
        code: Of their room.
        sender: The peer that sent it.
        to: The peer that will get it.
        kind: ``description`` or ``candidate``.
        payload: What the browser wrote, as JSON carries it.
    """

    code: str
    sender: int
    to: int
    kind: str
    payload: Any


SignalFilter: TypeAlias = Callable[[ForwardedSignal], Any]
"""Returns the payload to forward instead, or `DROPPED`; for tests that put a network between two
browsers by changing the addresses in candidates."""

DROPPED = object()
"""What a signal filter returns to forward nothing at all."""


def default_data_dir() -> Path:
    """Return where this user's programs keep what they need again, by the system's custom."""
    chosen = os.environ.get("PEERGYM_DATA_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "peergym"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "peergym"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "peergym"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What `create_app` needs.

    Attributes:
        game: Name of a bundled game, ``file.py:Class`` or ``module:Class``.
        draw: The function that draws it, ``file.py:function`` or ``module:function``; None: the
            game draws itself.
        pyodide: The Pyodide that browsers run, a folder or an address; None: the one that comes
            with us.
        players: How many seats a room has, for games that leave the choice; None: theirs.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one, which `peergym.server.serve` puts here.
        lan: Whether to listen on the address in the local network as well, and to show that.
        base_urls: Addresses under which pages reach the server, the one to show first. Empty:
            made of host and port.
        origins: Further origins whose pages may use the server.
        data_dir: Where the secret and the records of matches are kept.
        client_dir: The built client.
        package_dir: Our own package, of which a part is sent to the browsers.
        ice: How peers may connect, and what they show of themselves.
        room_limits: How much rooms may take.
        socket_limits: How much a connection may ask for.
        relay_limits: How much a peer may ask of the relay.
        record_limits: How records of matches may come.
        store_limits: How much of them is kept.
        token_lifetime_s: For how long a room token is good.
        signal_filter: Sees and may change what is forwarded; None in normal use.
        clock: Monotonic seconds.
        wall_clock: Seconds since 1970, for the expiry of tokens.
        entropy: Returns as many random bytes as asked for.
    """

    game: str = "pong"
    draw: str | None = None
    pyodide: str | None = None
    players: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    lan: bool = False
    base_urls: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    data_dir: Path = field(default_factory=default_data_dir)
    client_dir: Path = PACKAGE_DIR / "client_dist"
    package_dir: Path = PACKAGE_DIR
    ice: IceSettings = field(default_factory=IceSettings)
    room_limits: RoomLimits = field(default_factory=RoomLimits)
    socket_limits: SocketLimits = field(default_factory=SocketLimits)
    relay_limits: RelayLimits = field(default_factory=RelayLimits)
    record_limits: RecordLimits = field(default_factory=RecordLimits)
    store_limits: StoreLimits = field(default_factory=StoreLimits)
    token_lifetime_s: float = 12 * 3600.0
    signal_filter: SignalFilter | None = None
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    entropy: Callable[[int], bytes] = os.urandom

    def served_urls(self) -> tuple[str, ...]:
        """Return the addresses under which pages reach the server."""
        return self.base_urls or (f"http://{self.host}:{self.port}",)

    def allowed_origins(self) -> frozenset[str]:
        """Return the origins whose pages may use the server.

        Raises:
            ConfigurationError: If one of ``origins`` is not an origin.
        """
        origins = {read_origin(origin) for origin in self.origins}
        for url in self.served_urls():
            parts = urlsplit(url)
            names = LOOPBACK_NAMES if parts.hostname in LOOPBACK_NAMES else (parts.hostname,)
            port = "" if parts.port is None else f":{parts.port}"
            origins |= {f"{parts.scheme}://{name}{port}" for name in names}
        return frozenset(origins)


def read_origin(text: str) -> str:
    """Return an origin as browsers write it: scheme, host and port, nothing after.

    Raises:
        ConfigurationError: If the text is not an origin.
    """
    parts = urlsplit(text)
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.netloc or not is_bare:
        raise ConfigurationError(
            "origin", f"{text!r} is not an origin; write it like https://play.example.org"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"
