"""Every request of signalling, as a schema. Names and units are those of docs/signalling.md.

What comes from clients is read strictly: unknown fields, wrong types, NaN and over-long texts are
refused, and nothing is converted. Descriptions and candidates are carried as the browsers wrote
them: the texts in them are never parsed, escaped or trimmed (ICE passwords contain ``+``).
What the server says is in `views.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StrictInt,
    ValidationError,
)

from peergym.signalling.errors import ErrorCode, refusal

Number: TypeAlias = int | float
InputDelayRule: TypeAlias = Literal["auto", "article"] | int
AbsentRule: TypeAlias = Literal["end", "noop", "agent"]
SignalKind: TypeAlias = Literal["description", "candidate", "restart"]

MAX_INPUT_DELAY_FRAMES = 10
"""A sixth of a second at 60 Hz: beyond that a game cannot be steered."""

MAX_PREDICTION_WINDOW_FRAMES = 60
"""A second at 60 Hz, as in `peergym.rollback.config`."""

DEFAULT_PREDICTION_WINDOW_FRAMES = 8

MAX_CHECKSUM_INTERVAL_FRAMES = 3600
"""A minute at 60 Hz; rarer, and a desync would be found long after its cause."""

MIN_GRACE_S, MAX_GRACE_S = 5.0, 600.0
"""A reload takes a few seconds; nobody keeps others waiting for ten minutes."""

MAX_PEERS = 256
"""Of one match in all its time: a datagram says who somebody is in one byte."""

PEERS_FOR_PLAYERS = 64
"""Of those: who watches may come and go as often as he likes, and must not keep players out."""

MAX_GROUP = 16
"""Of a match at one time: eight seats, and those who have just come or gone."""

MAX_OPTIONS = 32
MAX_DESCRIPTION_CHARACTERS = 12_000
"""A description for data channels with all its candidates has 1,000 to 4,000."""

MAX_CANDIDATE_CHARACTERS = 1_000
"""Candidates have 80 to 250."""

Short: TypeAlias = Annotated[str, Field(max_length=100)]
Token: TypeAlias = Annotated[str, Field(max_length=500)]
Code: TypeAlias = Annotated[str, Field(max_length=20)]
Peer: TypeAlias = Annotated[StrictInt, Field(ge=0, lt=MAX_PEERS)]
Seat: TypeAlias = Annotated[StrictInt, Field(ge=0, lt=MAX_PEERS)]
Group: TypeAlias = Annotated[list[Peer], Field(min_length=1, max_length=MAX_GROUP)]
Delay: TypeAlias = (
    Literal["auto", "article"] | Annotated[StrictInt, Field(ge=0, le=MAX_INPUT_DELAY_FRAMES)]
)
Window: TypeAlias = Annotated[StrictInt, Field(ge=0, le=MAX_PREDICTION_WINDOW_FRAMES)]
Grace: TypeAlias = Annotated[StrictInt | FiniteFloat, Field(ge=MIN_GRACE_S, le=MAX_GRACE_S)]


def _browser_name(name: str) -> str:
    """Return a field's name as the browsers spell it."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Incoming(BaseModel):
    """A request of a client."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CreateRoom(Incoming):
    """Open a room and take its first seat. None leaves the choice to the server and the game."""

    version: Short
    options: Annotated[dict[Short, StrictInt | FiniteFloat], Field(max_length=MAX_OPTIONS)] = {}
    input_delay: Delay = "auto"
    prediction_window: Window = DEFAULT_PREDICTION_WINDOW_FRAMES
    checksum_interval_frames: Annotated[int, Field(ge=1, le=MAX_CHECKSUM_INTERVAL_FRAMES)] = 60
    absent: AbsentRule | None = None
    grace_s: Grace | None = None


class JoinRoom(Incoming):
    """Take a seat in the room with a code, a certain one if one is named; or watch."""

    version: Short
    code: Code
    watch: bool = False
    seat: Seat | None = None


class QuickMatch(Incoming):
    """Take a seat beside whoever waits, or wait."""

    version: Short


class Resume(Incoming):
    """Take one's place again over a new connection; with ``rejoin``, as a newcomer to the match."""

    token: Token
    rejoin: bool = False


class SetReady(Incoming):
    """Say whether one is ready for the match."""

    token: Token
    ready: bool


class Start(Incoming):
    """Begin the match with those who are there."""

    token: Token


class Kick(Incoming):
    """Remove somebody from the room, for good."""

    token: Token
    sitting: Annotated[int, Field(ge=0)]


class Arbitrate(Incoming):
    """Ask whether one of two equal halves may go on; without members, of all who ever came."""

    token: Token
    epoch: Annotated[int, Field(ge=0)]
    group: Group
    members: Group | None = None


class FreshIceServers(Incoming):
    """Ask for the servers that help to connect, with credentials that last."""

    token: Token


class FreshRelayToken(Incoming):
    """Ask for a token for the relay, because the one at hand was refused there."""

    token: Token


class Leave(Incoming):
    """Give one's place up."""

    token: Token


class Description(BaseModel):
    """An RTCSessionDescription. Fields we do not know are left out on the way."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    type: Literal["offer", "answer"]
    sdp: Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARACTERS)]


class Candidate(BaseModel):
    """An RTCIceCandidate as its `toJSON` writes it. Fields we do not know are left out."""

    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, alias_generator=_browser_name
    )

    candidate: Annotated[str, Field(max_length=MAX_CANDIDATE_CHARACTERS)]
    sdp_mid: Short | None = None
    sdp_m_line_index: Annotated[int, Field(ge=0, le=255)] | None = None
    username_fragment: Annotated[str, Field(max_length=256)] | None = None


class SignalRequest(Incoming):
    """Something for another peer of the match."""

    token: Token
    to: Peer


class DescriptionSignal(SignalRequest):
    """A description for another peer."""

    kind: Literal["description"]
    payload: Description


class CandidateSignal(SignalRequest):
    """A candidate for another peer; null says that there are no more."""

    kind: Literal["candidate"]
    payload: Candidate | None


class RestartSignal(SignalRequest):
    """The answering peer asks for a new offer, since its path has gone or is another one now."""

    kind: Literal["restart"]
    payload: None


Signal: TypeAlias = DescriptionSignal | CandidateSignal | RestartSignal

CLIENT_EVENTS = (
    *("create_room", "join_room", "quick_match", "resume", "ready", "start", "kick"),
    *("signal", "ice_servers", "relay_token", "arbitrate", "leave"),
)
"""What clients may say. Each carries one object and is answered."""

SIGNALS: dict[str, type[Signal]] = {
    "description": DescriptionSignal,
    "candidate": CandidateSignal,
    "restart": RestartSignal,
}

Model = TypeVar("Model", bound=BaseModel)


def read_message(model: type[Model], data: object) -> Model:
    """Read a request.

    Raises:
        SignallingError: With code ``too_large`` if a text in it is too long, with
            ``bad_request`` if it is anything else that the schema does not allow; names the field.
    """
    return _read(lambda: model.model_validate(data))


def read_signal(data: object) -> Signal:
    """Read a signal of any kind.

    Raises:
        SignallingError: As `read_message`.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    model = SIGNALS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise refusal(
            ErrorCode.BAD_REQUEST, "A signal's kind is description, candidate or restart."
        )
    return _read(lambda: model.model_validate(data))


Result = TypeVar("Result")


def _read(validate: Callable[[], Result]) -> Result:
    try:
        return validate()
    except ValidationError as error:
        # Not the input: it may be long, and the sender knows what he sent.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part)[:40] for part in first["loc"][:4]) or "the request"
    if first["type"] in ("string_too_long", "too_long"):
        raise refusal(ErrorCode.TOO_LARGE, f"{where} is longer than the server accepts.")
    raise refusal(ErrorCode.BAD_REQUEST, f"{where}: {first['msg']}.")
