"""The built client, served as files: types, caching, and what was compressed in advance."""

from __future__ import annotations

import os
import stat
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""Spelled out: on Windows the registry decides what Python's own table says, and a module or a
WebAssembly file under a wrong type is refused by the browser."""

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""What a file may lie beside itself as, best first."""

FOREVER = "public, max-age=31536000, immutable"
"""For addresses that contain a digest of what they give."""

HASHED_PREFIX = "snapshot-"
"""Memory snapshots carry their digest in their names, as all files in assets/ do."""

ASK_AGAIN = "no-cache"
"""For all others: kept, but asked about each time, which costs an answer without a body."""

NO_CLIENT_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>peergym</title>
<meta name="viewport" content="width=device-width">
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto;
padding: 0 1rem } code { background: #8883; padding: 0.1em 0.3em; border-radius: 4px }</style>
<h1>The page is not built yet</h1>
<p>The server runs, but this copy of peergym comes without its built page. In a checkout,
<code>make play</code> builds it and starts the game; then reload this page.</p>
</html>
"""

NOT_FOUND_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>peergym</title>
<meta name="viewport" content="width=device-width">
<h1>There is nothing here</h1><p>The game is at <a href="/">the front page</a>.</p></html>
"""


class ClientFiles(StaticFiles):
    """The folder of the built client."""

    def __init__(self, folder: Path) -> None:
        """Serve a folder, which need not be there yet."""
        super().__init__(directory=folder, check_dir=False)
        self._folder = folder
        self._assets = Path(os.path.realpath(folder / "assets"))

    def index(self, scope: MutableMapping[str, Any]) -> Response:
        """Return the page itself, or one that says how to build it."""
        path = self._folder / "index.html"
        if not path.is_file():
            return HTMLResponse(NO_CLIENT_PAGE, 503, {"cache-control": "no-store"})
        return self.file_response(path, path.stat(), scope)

    def respond(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """Return a file of the folder, or a page that says that there is none."""
        try:
            full_path, found = self.lookup_path(os.path.normpath(path))
        except (OSError, ValueError):
            # No file can have such a name: too long, or with a zero byte in it.
            found = None
        if found is None or not stat.S_ISREG(found.st_mode):
            return not_found()
        return self.file_response(full_path, found, scope)

    def respond_forever(self, path: Path, scope: MutableMapping[str, Any]) -> Response:
        """Return a file of another folder, whose address contains a digest of what it gives."""
        if not path.is_file():
            return not_found()
        response = self.file_response(path, path.stat(), scope)
        response.headers["cache-control"] = FOREVER
        return response

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: MutableMapping[str, Any],
        status_code: int = 200,
    ) -> Response:
        """Return a file, in the best encoding that lies beside it and the browser takes."""
        wanted = Headers(scope=scope)
        headers = {"cache-control": self._caching(Path(full_path)), "vary": "accept-encoding"}
        body_path = Path(full_path)
        for encoding, ending in ENCODINGS:
            beside = Path(f"{full_path}{ending}")
            if accepts(wanted.get("accept-encoding", ""), encoding) and beside.is_file():
                body_path, stat_result = beside, beside.stat()
                headers["content-encoding"] = encoding
                break
        media_type = MEDIA_TYPES.get(Path(full_path).suffix, "application/octet-stream")
        response = FileResponse(
            body_path, status_code, headers, media_type, stat_result=stat_result
        )
        if self.is_not_modified(response.headers, wanted):
            return NotModifiedResponse(response.headers)
        return response

    def _caching(self, path: Path) -> str:
        folder = Path(os.path.realpath(path.parent))
        is_hashed = folder == self._assets or path.name.startswith(HASHED_PREFIX)
        return FOREVER if is_hashed else ASK_AGAIN


def not_found() -> Response:
    """Return a page that says that there is nothing."""
    return HTMLResponse(NOT_FOUND_PAGE, 404, {"cache-control": "no-store"})


def accepts(accept_encoding: str, encoding: str) -> bool:
    """Whether a browser that sent this header takes an encoding."""
    for entry in accept_encoding.lower().split(","):
        name, _, quality = entry.partition(";")
        if name.strip() == encoding:
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
