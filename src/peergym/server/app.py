"""The application: pages, the interface for them, and signalling, made from settings."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

import socketio
from fastapi import FastAPI, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import WebSocketRoute

from peergym.data.store_model import DIGEST_PATTERN
from peergym.server.game import ServedGame, fitting_snapshot, serve_game
from peergym.server.gate import SocketGate, Traffic
from peergym.server.headers import CommonHeaders
from peergym.server.ice import IceIssuer
from peergym.server.kept_rooms import KeptRooms
from peergym.server.pages import FOREVER, ClientFiles, accepts, not_found
from peergym.server.record_tokens import RecordIssuer
from peergym.server.records import RecordDesk, add_records, make_desk
from peergym.server.relay import RelayEndpoint
from peergym.server.relay_tokens import RELAY_PATH, RelayTokens
from peergym.server.room_store import RoomStore
from peergym.server.settings import ServerSettings
from peergym.server.sockets import SignallingSockets
from peergym.server.tokens import TokenSigner, load_secret
from peergym.signalling import Rooms
from peergym.signalling.messages import MAX_INPUT_DELAY_FRAMES

NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class ServerState:
    """What one application holds, as ``app.state.server``; for tests and operators.

    Attributes:
        settings: What it was made from.
        game: What it serves.
        rooms: Where members sit.
        kept_rooms: What is kept of them for the next run.
        sockets: The Socket.IO side.
        gate: What is in front of that.
        traffic: What has come in and gone through.
        records: Where records of matches come in and go out.
        relay: Through which peers speak that find no direct way.
    """

    settings: ServerSettings
    game: ServedGame
    rooms: Rooms
    kept_rooms: KeptRooms
    sockets: SignallingSockets
    gate: SocketGate
    traffic: Traffic
    records: RecordDesk
    relay: RelayEndpoint

    def matches_url(self) -> str:
        """Return where the operator looks at the matches; the key in it is for nobody else.

        Behind the ``#``, so that browsers tell it to no server.
        """
        key = self.records.tokens.operator_key()
        return f"{self.settings.served_urls()[0]}/matches#key={key}"


def create_app(settings: ServerSettings) -> FastAPI:
    """Make the application of one server. Two of them in one process share nothing.

    Args:
        settings: What it serves, where, to whom, and how much.

    Raises:
        ConfigurationError: If there is no such game, an origin is none, or the secret cannot
            be kept.
        EnvironmentContractError: If the game is not one, or breaks the laws of one.
    """
    server = _assemble(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        server.records.start()
        pushing = asyncio.create_task(server.sockets.run())
        try:
            yield
        finally:
            pushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pushing
            await server.sockets.sio.shutdown()
            server.kept_rooms.close()
            await asyncio.to_thread(server.records.stop)

    app = FastAPI(
        title="peergym", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.server = server
    app.add_middleware(CommonHeaders)
    app.mount("/socket.io", server.gate)
    app.router.routes.append(WebSocketRoute(RELAY_PATH, server.relay))
    _add_interface(app, server)
    add_records(app, server.records)
    _add_pages(app, server)
    return app


def _assemble(settings: ServerSettings) -> ServerState:
    game = serve_game(settings)
    traffic = Traffic()
    rooms = Rooms(
        seats_total=game.description.players,
        entropy=settings.entropy,
        limits=settings.room_limits,
    )
    secret = load_secret(settings.data_dir)
    signer = TokenSigner(secret, settings.token_lifetime_s)
    records = make_desk(settings, game, secret)
    issuer = RecordIssuer(records.tokens, game.runtime, settings.wall_clock, records.note_begin)
    ice = IceIssuer(settings.ice, settings.wall_clock)
    relay_tokens = RelayTokens(secret, settings.relay_limits.token_lifetime_s)
    kept = _keep_rooms(settings, game, rooms, issuer)
    relay = RelayEndpoint(
        relay_tokens,
        settings.allowed_origins(),
        settings.relay_limits,
        settings.clock,
        settings.wall_clock,
    )
    sockets = SignallingSockets(
        settings, game, rooms, signer, issuer, ice, relay_tokens, relay.core.expel, kept, traffic
    )
    gate = SocketGate(
        socketio.ASGIApp(sockets.sio, socketio_path=None),
        settings.allowed_origins(),
        settings.socket_limits,
        traffic,
        settings.clock,
    )
    return ServerState(settings, game, rooms, kept, sockets, gate, traffic, records, relay)


def _keep_rooms(
    settings: ServerSettings, game: ServedGame, rooms: Rooms, issuer: RecordIssuer
) -> KeptRooms:
    # Of the servers that share a folder, the one that is started again has the same port.
    name = f"{game.version} {game.runtime.spec} {settings.port}"
    lifetime_s = settings.room_limits.room_lifetime_s
    store = RoomStore(settings.data_dir, name, lifetime_s)
    kept = KeptRooms(rooms, store, issuer, settings.clock, settings.wall_clock)
    kept.restore()
    return kept


def _add_interface(app: FastAPI, server: ServerState) -> None:
    """Add what pages ask for over HTTP."""
    settings, runtime = server.settings, server.game.runtime
    packed = gzip.compress(runtime.data, mtime=0)

    @app.get("/api/game")
    async def game() -> JSONResponse:
        return JSONResponse(_describe(server), headers=NO_STORE)

    @app.get("/api/health")
    async def health() -> JSONResponse:
        return JSONResponse(_health(server), headers=NO_STORE)

    @app.get(f"/runtime/{runtime.digest}.zip")
    async def runtime_zip(request: Request) -> Response:
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        if not accepts(request.headers.get("accept-encoding", ""), "gzip"):
            return Response(runtime.data, headers=headers, media_type="application/zip")
        headers["content-encoding"] = "gzip"
        return Response(packed, headers=headers, media_type="application/zip")

    @app.get("/runtime/{digest}.zip")
    async def earlier_runtime(digest: str) -> Response:
        # Records are watched with what they were played with, also when other is served now.
        if DIGEST_PATTERN.fullmatch(digest) is not None:
            path = server.records.store.runtime_path(digest)
            if path.is_file():
                headers = {"cache-control": FOREVER}
                return FileResponse(path, headers=headers, media_type="application/zip")
        return not_found()

    @app.get("/snapshot/manifest.json")
    async def snapshot() -> JSONResponse:
        # Not a bug: "null" with status 200. That there is none that fits is no error, and a
        # browser would put a 404 on its console as one.
        return JSONResponse(fitting_snapshot(settings.client_dir, runtime), headers=NO_STORE)


def _add_pages(app: FastAPI, server: ServerState) -> None:
    """Add the built client; last, for it answers to every address that is left."""
    files = ClientFiles(server.settings.client_dir)
    pyodide = server.game.runtime.pyodide

    if pyodide is not None and pyodide.is_served:

        @app.get(f"{pyodide.url}{{name}}")
        async def pyodide_file(request: Request, name: str) -> Response:
            folder = pyodide.folder
            if folder is None or not pyodide.serves(name):
                return not_found()
            return files.respond_forever(folder / name, request.scope)

    @app.get("/")
    async def front_page(request: Request) -> Response:
        return files.index(request.scope)

    # The page reads the code; whether there is such a room, it asks when it joins.
    @app.get("/join/{code}")
    async def join_page(request: Request, code: str) -> Response:
        return files.index(request.scope)

    # Likewise: the page shows what the interface tells the operator.
    @app.get("/matches")
    async def matches_page(request: Request) -> Response:
        return files.index(request.scope)

    # A file of one's own, chosen in the page.
    @app.get("/watch")
    async def watch_file_page(request: Request) -> Response:
        return files.index(request.scope)

    @app.get("/watch/{match_id}/{peer}")
    async def watch_page(request: Request, match_id: str, peer: str) -> Response:
        return files.index(request.scope)

    @app.get("/{path:path}")
    async def file(request: Request, path: str) -> Response:
        return files.respond(path, request.scope)


def _describe(server: ServerState) -> dict[str, object]:
    settings, runtime = server.settings, server.game.runtime
    return {
        "game": server.game.description.to_json(),
        "runtime": {
            "zip_url": f"/runtime/{runtime.digest}.zip",
            "digest": runtime.digest,
            "package_digest": runtime.package_digest,
            "spec": runtime.spec,
            "snapshot": fitting_snapshot(settings.client_dir, runtime),
            "pyodide": None if runtime.pyodide is None else runtime.pyodide.to_json(),
            "packages": list(runtime.packages_to_json()),
            "surroundings": asdict(runtime.surroundings),
        },
        "version": server.game.version,
        "limits": {
            "message_bytes": settings.socket_limits.message_bytes,
            "input_delay_frames": MAX_INPUT_DELAY_FRAMES,
            "grace_s": settings.room_limits.grace_s,
        },
        "privacy": settings.ice.privacy,
        "links": {"base_urls": list(settings.served_urls())},
    }


def _health(server: ServerState) -> dict[str, object]:
    traffic = server.traffic
    states = Counter(room.state.value for room in server.rooms.rooms())
    return {
        "ok": True,
        "version": server.game.version,
        "sockets": server.gate.sockets,
        "rooms": {"open": states["open"], "playing": states["playing"]},
        "frames_received": traffic.frames,
        "frame_bytes_received": traffic.frame_bytes,
        "signals_forwarded": traffic.signals,
        "signal_bytes_forwarded": traffic.signal_bytes,
        "refused": dict(traffic.refused),
        "relay": server.relay.health(),
    }
