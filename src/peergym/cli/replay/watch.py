"""``peergym replay show --browser``: serve one record to this machine, and open its page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from peergym.cli.server_options import open_page
from peergym.data.execution import maker_of
from peergym.data.replay import Replay
from peergym.server.serve import serve
from peergym.server.settings import ServerSettings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

RECORD_PATH = "/api/matches/local/records/0"
PAGE_PATH = "/watch/local/0"


def watch(path: Path, replay: Replay, game: str | None, *, opens: bool) -> int:
    """Serve a record until Ctrl-C, on this machine alone.

    Args:
        path: The file.
        replay: What it says.
        game: The game to execute it with; None takes the record's own, if that is bundled.
        opens: Whether to open the page.

    Returns:
        The exit status.

    Raises:
        ReplayError: The record does not fit the game.
        ConfigurationError: There is no such game, or no page.
    """
    maker_of(replay, game)
    data = path.read_bytes()
    spec = game or str(replay.header.game["spec"])

    async def record(request: Request) -> Response:
        headers = {"cache-control": "no-store"}
        return Response(data, headers=headers, media_type="application/octet-stream")

    def on_started(settings: ServerSettings, app: FastAPI) -> None:
        app.router.routes.insert(0, Route(RECORD_PATH, record))
        url = settings.served_urls()[0] + PAGE_PATH
        print(f"\n  {path.name} plays at {url}\n\n  Ctrl-C ends it.", flush=True)
        if opens:
            open_page(url)

    with tempfile.TemporaryDirectory(prefix="peergym-") as folder:
        serve(ServerSettings(game=spec, data_dir=Path(folder)), on_started)
    print("\nStopped.")
    return 0
