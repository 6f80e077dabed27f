"""Every message of signalling, as a schema. Names and units are those of docs/signalling.md.

What comes from clients is read strictly: unknown fields, wrong types, NaN and over-long texts are
refused, and nothing is converted. Descriptions and candidates are carried as the browsers wrote
them: the texts in them are never parsed, escaped or trimmed (ICE passwords contain ``+``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

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
SignalKind: TypeAlias = Literal["description", "candidate"]

CLIENT_EVENTS = ("create_room", "join_room", "quick_match", "resume", "signal", "leave")
"""What clients may say. Each carries one object and is answered."""

MAX_INPUT_DELAY_FRAMES = 10
"""A sixth of a second at 60 Hz: beyond that a game cannot be steered."""

MAX_CHECKSUM_INTERVAL_FRAMES = 3600
"""A minute at 60 Hz; rarer, and a desync would be found long after its cause."""

MAX_OPTIONS = 32
MAX_DESCRIPTION_CHARACTERS = 12_000
"""A description for data channels with all its candidates has 1,000 to 4,000."""

MAX_CANDIDATE_CHARACTERS = 1_000
"""Candidates have 80 to 250."""

Short: TypeAlias = Annotated[str, Field(max_length=100)]
Token: TypeAlias = Annotated[str, Field(max_length=500)]
Code: TypeAlias = Annotated[str, Field(max_length=20)]
Peer: TypeAlias = Annotated[int, Field(ge=0, le=255)]
Delay: TypeAlias = (
    Literal["auto", "article"] | Annotated[StrictInt, Field(ge=0, le=MAX_INPUT_DELAY_FRAMES)]
)


def _browser_name(name: str) -> str:
    """Return a field's name as the browsers spell it."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


class Incoming(BaseModel):
    """A request of a client."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CreateRoom(Incoming):
    """Open a room and take its first seat."""

    version: Short
    options: Annotated[dict[Short, StrictInt | FiniteFloat], Field(max_length=MAX_OPTIONS)] = {}
    input_delay: Delay = "auto"
    checksum_interval_frames: Annotated[int, Field(ge=1, le=MAX_CHECKSUM_INTERVAL_FRAMES)] = 60


class JoinRoom(Incoming):
    """Take a seat in the room with a code."""

    version: Short
    code: Code


class QuickMatch(Incoming):
    """Take a seat beside whoever waits, or wait."""

    version: Short


class Resume(Incoming):
    """Take one's seat again over a new connection."""

    token: Token


class Leave(Incoming):
    """Give one's seat up."""

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
    """Something for another peer of the room."""

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


class SeatView(BaseModel):
    """A taken seat."""

    peer: int
    connected: bool


class RoomView(BaseModel):
    """A room as one of its peers sees it."""

    code: str
    seats: list[SeatView]
    seats_total: int
    state: Literal["open", "playing", "closed"]
    options: dict[str, Number]
    input_delay: InputDelayRule
    you: int


class MatchDescription(BaseModel):
    """What all peers of a match must agree on."""

    match_id: str
    seed: str
    owners: list[int]
    options: dict[str, Number]
    input_delay: InputDelayRule
    checksum_interval_frames: int
    offers: list[tuple[int, int]]
    ice_servers: list[dict[str, Any]]


Model = TypeVar("Model", bound=BaseModel)

SIGNALS: dict[str, type[DescriptionSignal | CandidateSignal]] = {
    "description": DescriptionSignal,
    "candidate": CandidateSignal,
}


def read_message(model: type[Model], data: object) -> Model:
    """Read a request.

    Raises:
        SignallingError: With code ``too_large`` if a text in it is too long, with
            ``bad_request`` if it is anything else that the schema does not allow; names the field.
    """
    return _read(lambda: model.model_validate(data))


def read_signal(data: object) -> DescriptionSignal | CandidateSignal:
    """Read a signal of either kind.

    Raises:
        SignallingError: As `read_message`.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    model = SIGNALS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise refusal(ErrorCode.BAD_REQUEST, "A signal's kind is description or candidate.")
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
