"""Commands to a browser over a WebSocket.

The DevTools protocol and WebDriver BiDi have the same envelope: a command has an id, a method and
params, its answer the id and a result or an error, an event no id.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import connect

WITHIN_S = 60.0
"""No answer takes this long, even on two busy cores; a hang does."""

OnEvent = Callable[[str, dict[str, Any]], None]


class RemoteError(Exception):
    """The browser refused a command; the message is its own."""


class Remote:
    """A connection to a browser; a context manager.

    Args:
        url: Where the browser listens.
        on_event: (method, params) Is told of events, while an answer or time is waited for.
    """

    def __init__(self, url: str, on_event: OnEvent) -> None:
        self._connecting = connect(url, max_size=None, open_timeout=WITHIN_S)
        self._on_event = on_event
        self._asked = 0

    def __enter__(self) -> Self:
        self._socket = self._connecting.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connecting.__exit__(kind, error, trace)

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            RemoteError: The browser refuses it.
            TimeoutError: It does not answer.
        """
        self._asked += 1
        asked = self._asked
        envelope: dict[str, Any] = {"id": asked, "method": method, "params": params}
        if session is not None:
            envelope["sessionId"] = session
        self._socket.send(json.dumps(envelope))
        deadline_s = time.monotonic() + WITHIN_S
        while True:
            message = self._receive(deadline_s)
            if message.get("id") == asked:
                break
        if "error" in message:
            raise RemoteError(f"{method}: {message['error']} {message.get('message', '')}")
        result: dict[str, Any] = message["result"]
        return result

    def wait(self, duration_s: float) -> None:
        """Let time pass, and events come in."""
        deadline_s = time.monotonic() + duration_s
        while time.monotonic() < deadline_s:
            try:
                self._receive(deadline_s)
            except TimeoutError:
                return

    def _receive(self, deadline_s: float) -> dict[str, Any]:
        text = self._socket.recv(timeout=max(0.0, deadline_s - time.monotonic()))
        message: dict[str, Any] = json.loads(text)
        if "id" not in message:
            self._on_event(message["method"], message["params"])
        return message
