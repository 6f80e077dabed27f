"""The codes of what signalling refuses, each with one sentence for a person."""

from __future__ import annotations

from enum import StrEnum

from peergym.errors import SignallingError


class ErrorCode(StrEnum):
    """Why something was refused. Pages choose their words by it; see docs/signalling.md."""

    WRONG_CODE = "wrong_code"
    ROOM_FULL = "room_full"
    SEAT_TAKEN = "seat_taken"
    ROOM_CLOSED = "room_closed"
    KICKED = "kicked"
    VERSION_MISMATCH = "version_mismatch"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a code
    SERVER_FULL = "server_full"
    BAD_ORIGIN = "bad_origin"
    SERVER_ERROR = "server_error"


SENTENCES: dict[ErrorCode, str] = {
    ErrorCode.WRONG_CODE: "There is no room with this code; check it with whoever sent it.",
    ErrorCode.ROOM_FULL: "All seats of this room are taken.",
    ErrorCode.SEAT_TAKEN: "This seat is taken; ask for another one, or for any.",
    ErrorCode.ROOM_CLOSED: "This room is closed; create a new one.",
    ErrorCode.KICKED: "The host has removed you from this room.",
    ErrorCode.VERSION_MISMATCH: (
        "This page belongs to another version of the game than the server runs; reload it."
    ),
    ErrorCode.BAD_REQUEST: "The server does not understand this request.",
    ErrorCode.TOO_LARGE: "This message is larger than the server accepts.",
    ErrorCode.RATE_LIMITED: "That was too much in a short time; wait a little, then try again.",
    ErrorCode.BAD_TOKEN: "The server does not know this seat, or no longer; enter the room again.",
    ErrorCode.SERVER_FULL: "The server serves as many as it can; try again in a few minutes.",
    ErrorCode.BAD_ORIGIN: (
        "Pages of this origin may not use the server; allow them with peergym play --origin."
    ),
    ErrorCode.SERVER_ERROR: "The server failed at this request; its log says why.",
}
"""What is said where nothing more is known. Every code has its sentence."""


def refusal(code: ErrorCode, message: str = "") -> SignallingError:
    """Make the error that refuses a request.

    Args:
        code: Why.
        message: A sentence that knows more than the usual one; empty for the usual one.
    """
    return SignallingError(code.value, message or SENTENCES[code])
