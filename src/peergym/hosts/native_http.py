"""What a native peer asks of the server over HTTP: what is played, and to keep its record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from peergym.errors import ConfigurationError, SignallingError
from peergym.hosts.native_signalling import UNREACHABLE

ANSWER_WITHIN_S = 30.0
"""As in the page: an answer that has not come by then will not come."""

JOIN_PATH = "/join/"


def read_address(text: str) -> tuple[str, str]:
    """Read the address of a server, or the link to one of its rooms.

    Args:
        text: ``http://host:port``, or ``http://host:port/join/CODE``.

    Returns:
        The server's address without a slash at its end, and the code; empty if there is none.

    Raises:
        ConfigurationError: It is neither.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigurationError("url", f"{text!r} is not an address such as http://127.0.0.1:8000")
    base, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if path.startswith(JOIN_PATH):
        return base, path.removeprefix(JOIN_PATH)
    if path:
        raise ConfigurationError("url", f"{text!r} is neither a server nor the link to a room")
    return base, ""


@dataclass(frozen=True, slots=True)
class ServedGame:
    """What a server says that it serves.

    Attributes:
        version: What whoever enters a room has to name.
        spec: How the game is found in what browsers run.
        digest: Of what browsers run, game included.
        surroundings: The libraries that browsers run it with; nothing if the server tells none.
    """

    version: str
    spec: str
    digest: str
    surroundings: Mapping[str, Any] = field(default_factory=dict)


async def fetch_game(http: aiohttp.ClientSession, url: str) -> ServedGame:
    """Ask a server what it serves.

    Raises:
        SignallingError: It cannot be reached, or is no server of peergym.
    """
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with http.get(f"{url}/api/game", timeout=timeout) as response:
            told = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SignallingError(UNREACHABLE, f"{url} does not answer: {error}.") from error
    except ValueError:
        told = None
    try:
        runtime = told["runtime"]
        around = runtime.get("surroundings") or {}
        named = (str(told["version"]), str(runtime["spec"]), str(runtime["digest"]))
        return ServedGame(*named, surroundings=dict(around))
    except (AttributeError, TypeError, KeyError, IndexError, ValueError):
        raise SignallingError("no_server", f"{url} is no server of peergym.") from None


class Kept(Enum):
    """What became of a record that was sent."""

    SAVED = "saved"
    REFUSED = "refused"  # and will be later
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a record goes.

    Attributes:
        url: Of the server.
        match_id: Of the match.
        peer: Who recorded it.
        token: Allows it.
    """

    url: str
    match_id: str
    peer: int
    token: str


async def put_record(http: aiohttp.ClientSession, upload: Upload, data: bytes) -> tuple[Kept, str]:
    """Send all of a record so far, once.

    Returns:
        What became of it, and why.
    """
    headers = {
        "authorization": f"Bearer {upload.token}",
        "content-type": "application/octet-stream",
    }
    url = f"{upload.url}/api/matches/{upload.match_id}/records/{upload.peer}"
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        async with http.put(url, data=data, headers=headers, timeout=timeout) as response:
            said = _object(await response.text())
            status = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        return Kept.LATER, f"the server does not answer: {error}"
    if status in (200, 201):
        is_whole = said.get("stored_bytes", 0) >= len(data)
        return (Kept.SAVED, "") if is_whole else (Kept.LATER, "the server has not kept all of it")
    reason = str(said.get("message", f"status {status}"))
    is_passing = status in (408, 429) or status >= 500
    return (Kept.LATER if is_passing else Kept.REFUSED), reason


def _object(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


class RecordKeeper:
    """Brings a record to the server, again and again until it is there.

    Laws: at most one request is under way; what came meanwhile is sent after it. A refusal is
    final. Waits double, and after `MOST_TRIES` in a row it is given up.

    Args:
        http: For requests.
        upload: Where it goes; None keeps nothing.

    Attributes:
        state: What became of the latest attempt; None before there was one.
        reason: Why.
    """

    MOST_TRIES = 10
    FIRST_WAIT_S = 1.0
    LONGEST_WAIT_S = 60.0

    def __init__(self, http: aiohttp.ClientSession, upload: Upload | None) -> None:
        self.state: Kept | None = None
        self.reason = ""
        self._http = http
        self._upload = upload
        self._record = bytearray()
        self._sent_bytes = 0
        self._work: asyncio.Task[None] | None = None

    def append(self, piece: bytes) -> None:
        """Take in the next piece."""
        self._record += piece

    def save(self) -> None:
        """Send what there is now."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._send(), name="record")

    async def finish(self, within_s: float) -> None:
        """Send what there is still, and wait for it, but not longer than given."""
        self.save()
        assert self._work is not None  # noqa: S101 - `save` has made it
        await asyncio.wait({self._work}, timeout=within_s)
        self._work.cancel()

    async def _send(self) -> None:
        tries = 0
        while (
            self._upload is not None
            and self.state is not Kept.REFUSED
            and self._sent_bytes < len(self._record)
            and tries < self.MOST_TRIES
        ):
            data = bytes(self._record)
            self.state, self.reason = await put_record(self._http, self._upload, data)
            if self.state is Kept.SAVED:
                self._sent_bytes, tries = len(data), 0
            elif self.state is Kept.LATER:
                await asyncio.sleep(min(self.FIRST_WAIT_S * 2**tries, self.LONGEST_WAIT_S))
                tries += 1
