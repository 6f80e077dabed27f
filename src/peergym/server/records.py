"""Records of matches over HTTP: peers store theirs, the operator looks at all.

Theory of operation: an upload is judged by what costs least first: its address, its token, its
headers, its rate. Only then is its body read, up to a bound that is counted and not announced, and
handed to a thread of its own, which stores one record after the other. The answer goes out when
the record is on the disk.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from peergym.data.store import RecordStore
from peergym.data.store_model import (
    RecordClaim,
    Refusal,
    RefusalCode,
    Stored,
    is_match_id,
    is_peer,
)
from peergym.errors import SignallingError, UsageError
from peergym.server.entry_limiter import EntryLimiter
from peergym.server.game import ServedGame
from peergym.server.game_keeper import GameKeeper
from peergym.server.record_tokens import RecordTokens
from peergym.server.settings import ServerSettings
from peergym.server.verifier import Verifier
from peergym.signalling.errors import SENTENCES, ErrorCode

log = logging.getLogger(__name__)

NO_STORE = {"cache-control": "no-store"}
PEER = re.compile(r"0|[1-9][0-9]{0,2}")
BODY = "application/octet-stream"
MOST_MATCHES = 200  # on one page
USUAL_MATCHES = 50
RETRY_S = "5"

STATUS = {
    RefusalCode.NO_REPLAY: 422,
    RefusalCode.OTHER_MATCH: 422,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.CONFLICT: 409,
    RefusalCode.STORE_FULL: 507,
}


class RefusedError(Exception):
    """A request is not carried out.

    Args:
        status: Of the answer.
        code: For programs.
        message: For people.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def to_response(self) -> Response:
        """As an answer."""
        headers = dict(NO_STORE)
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        if self.status in (429, 503):
            headers["retry-after"] = RETRY_S
        content = {"code": self.code, "message": str(self)}
        return JSONResponse(content, self.status, headers)


@dataclass(frozen=True, slots=True)
class RecordDesk:
    """Takes records in and gives them out.

    Attributes:
        store: Where they are kept.
        tokens: Who may do what.
        settings: Limits and clocks.
        keeper: Keeps what is played beside its records.
        verifier: What compares and executes them in the background.
        limiter: Of the rate at which each record comes.
        slots: Of the uploads under way.
        writer: The thread that stores.
    """

    store: RecordStore
    tokens: RecordTokens
    settings: ServerSettings
    keeper: GameKeeper
    verifier: Verifier
    limiter: EntryLimiter
    slots: asyncio.Semaphore
    writer: ThreadPoolExecutor

    def start(self) -> None:
        """Begin to work in the background."""
        self.verifier.start()

    def stop(self) -> None:
        """End that; records that are on their way to the disk get there first."""
        self.writer.shutdown()
        self.verifier.stop()
        self.store.close()

    def note_begin(self) -> None:
        """A match has begun, of which there will be records."""
        self.writer.submit(self.keeper.keep)

    async def take_in(self, request: Request, match_id: str, peer: str) -> Response:
        """Store a record, or more of one."""
        claim = self._check_upload(request, match_id, peer)
        if self.slots.locked():
            raise RefusedError(
                429, "rate_limited", "The server takes in as many records as it can; try again."
            )
        async with self.slots:
            data = await self._read_body(request)
            # Not a bug: if the client hangs up meanwhile, the record is stored all the same.
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self.writer, self._put, claim, data)
        return self._answer(result)

    async def give_out(self, request: Request, match_id: str, peer: str) -> Response:
        """Return a record to the operator, or to whom it is from."""
        number = _check_address(match_id, peer)
        if not self._is_own(request, match_id, number):
            self.check_operator(request)
        data, name = await asyncio.to_thread(self._look_up, match_id, number)
        if data is None:
            raise RefusedError(404, "no_record", "There is no such record.")
        file = f"{name}-{match_id}-peer{number}.pgr"
        headers = {**NO_STORE, "content-disposition": f'attachment; filename="{file}"'}
        return Response(data, headers=headers, media_type=BODY)

    async def list_matches(self, request: Request) -> Response:
        """Return a page of the matches."""
        self.check_operator(request)
        before = request.query_params.get("before")
        limit = request.query_params.get("limit", str(USUAL_MATCHES))
        if not re.fullmatch(r"[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST_MATCHES:
            raise RefusedError(422, "bad_request", f"limit is a number from 1 to {MOST_MATCHES}.")
        try:
            page = await asyncio.to_thread(self.store.list_matches, before, int(limit))
        except UsageError as error:
            raise RefusedError(422, "bad_request", f"before: {error}.") from error
        return JSONResponse({"matches": page.matches, "next": page.next}, headers=NO_STORE)

    def check_operator(self, request: Request) -> None:
        """Refuse whoever is not the operator.

        Raises:
            RefusedError: He is not.
        """
        if not self.tokens.is_operator(_bearer(request)):
            raise RefusedError(
                403,
                "bad_token",
                "This key does not open the records; use the link that the server printed.",
            )

    # --- inside

    def _put(self, claim: RecordClaim, data: bytes) -> Stored | Refusal:
        self.keeper.keep()
        return self.store.put(claim, data)

    def _check_upload(self, request: Request, match_id: str, peer: str) -> RecordClaim:
        number = _check_address(match_id, peer)
        claim = self._claim_of(request)
        if (claim.match_id, claim.peer) != (match_id, number):
            raise RefusedError(403, "other_record", "This token is of another record.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != BODY or "content-encoding" in request.headers:
            raise RefusedError(415, "bad_request", f"A record comes as {BODY}, not encoded.")
        if not self.limiter.take(f"{match_id}/{number}", self.settings.clock()):
            raise RefusedError(
                429, "rate_limited", "The record comes too often; wait a little, then try again."
            )
        return claim

    def _claim_of(self, request: Request) -> RecordClaim:
        try:
            return self.tokens.read(_bearer(request), self.settings.wall_clock())
        except SignallingError as error:
            raise RefusedError(403, error.code, str(error)) from error

    def _is_own(self, request: Request, match_id: str, peer: int) -> bool:
        try:
            claim = self._claim_of(request)
        except RefusedError as error:
            if error.status == 401:
                raise
            return False
        return (claim.match_id, claim.peer) == (match_id, peer)

    async def _read_body(self, request: Request) -> bytes:
        most = self.settings.store_limits.record_bytes
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.settings.record_limits.upload_s):
                async for part in request.stream():
                    size += len(part)
                    if size > most:
                        raise RefusedError(
                            413, "too_large", f"A record has {most:,} bytes at most."
                        )
                    parts.append(part)
        except TimeoutError as error:
            raise RefusedError(408, "too_slow", "The record took too long to come.") from error
        except ClientDisconnect as error:
            raise RefusedError(400, "bad_request", "The record was broken off.") from error
        return b"".join(parts)

    def _answer(self, result: Stored | Refusal) -> Response:
        if isinstance(result, Refusal):
            raise RefusedError(STATUS[result.code], result.code.value, result.message)
        self.verifier.wake()
        content = {"stored_bytes": result.stored_bytes, "sealed": result.is_sealed}
        return JSONResponse(content, 201 if result.is_new else 200, NO_STORE)

    def _look_up(self, match_id: str, peer: int) -> tuple[bytes | None, str]:
        name = re.sub(r"[^a-z0-9]+", "-", self.store.game_name(match_id).lower()).strip("-")
        return self.store.read(match_id, peer), name[:40] or "match"


def make_desk(settings: ServerSettings, game: ServedGame, secret: str) -> RecordDesk:
    """Make the desk of a server.

    Args:
        settings: Folder, limits and clocks.
        game: What is served.
        secret: What only this server knows.

    Raises:
        ConfigurationError: The folder cannot be used, or a newer peergym filled it.
    """
    limits = settings.record_limits
    store = RecordStore(settings.data_dir, settings.wall_clock, settings.store_limits)
    return RecordDesk(
        store,
        RecordTokens(secret, limits.token_lifetime_s),
        settings,
        GameKeeper(store, game),
        Verifier(store, settings),
        EntryLimiter(limits.uploads_per_s, limits.uploads_burst),
        asyncio.Semaphore(limits.at_once),
        ThreadPoolExecutor(1, "peergym records"),
    )


def add_records(app: FastAPI, desk: RecordDesk) -> None:
    """Add the interface to an application."""

    @app.get("/api/matches")
    async def matches(request: Request) -> Response:
        return await _answered(desk.list_matches(request))

    @app.get("/api/matches/{match_id}/records/{peer}")
    async def record(request: Request, match_id: str, peer: str) -> Response:
        return await _answered(desk.give_out(request, match_id, peer))

    @app.put("/api/matches/{match_id}/records/{peer}")
    async def upload(request: Request, match_id: str, peer: str) -> Response:
        return await _answered(desk.take_in(request, match_id, peer))


async def _answered(handling: Awaitable[Response]) -> Response:
    try:
        return await handling
    except RefusedError as error:
        return error.to_response()
    except Exception:
        log.exception("a request about records failed")
        return RefusedError(500, "server_error", SENTENCES[ErrorCode.SERVER_ERROR]).to_response()


def _check_address(match_id: str, peer: str) -> int:
    if not is_match_id(match_id) or PEER.fullmatch(peer) is None or not is_peer(int(peer)):
        raise RefusedError(404, "no_record", "No match has such a name, or no peer such a number.")
    return int(peer)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise RefusedError(401, "no_token", "Say who you are: Authorization: Bearer, and a token.")
    return token.strip()
