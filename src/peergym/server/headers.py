"""Headers that every answer carries."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders

from peergym.server.gate import App, AsgiEvent, Receive, Send

COMMON_HEADERS = {
    # Together these isolate the page, which raises the resolution of its clock from 100 to 5
    # microseconds. Nothing depends on it: on a bare LAN address browsers ignore them.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    # A link into a room contains its code.
    "referrer-policy": "no-referrer",
    "content-security-policy": "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
}


class CommonHeaders:
    """An ASGI application that adds the headers to what another one answers."""

    def __init__(self, app: App) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve a request."""

        async def send_with_headers(event: AsgiEvent) -> None:
            if event["type"] == "http.response.start":
                headers = MutableHeaders(scope=event)
                for name, value in COMMON_HEADERS.items():
                    headers[name] = value
            await send(event)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
