"""Record tokens: signed, each for one peer's record of one match; and the operator's key.

A record may come long after its match: from a page that was closed and opened again, from a
laptop that was offline. By then the room is gone, and perhaps another game is served. So the token
itself says all that a record is compared with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from itsdangerous import BadData

from peergym.data.store_model import RecordClaim
from peergym.server.runtime import Runtime
from peergym.server.tokens import make_serializer
from peergym.signalling import ErrorCode, refusal

SALT = "peergym record token"
OPERATOR_SALT = "peergym operator key"
OPERATOR = "operator"

REMEMBERED_MATCHES = 1000
"""More than are played at once; a match has the same start in the tokens of all its peers."""


class RecordTokens:
    """Makes and reads what allows to store and to see records.

    Args:
        secret: What only this server knows.
        lifetime_s: For how long after its start the record of a match can be stored.
    """

    def __init__(self, secret: str, lifetime_s: float) -> None:
        self._claims = make_serializer(secret, SALT)
        self._keys = make_serializer(secret, OPERATOR_SALT)
        self._lifetime_s = lifetime_s

    def issue(self, claim: RecordClaim) -> str:
        """Return the token of a record."""
        fields = [claim.match_id, claim.peer, claim.room, claim.digest, claim.spec]
        return str(self._claims.dumps([*fields, str(claim.seed), claim.started_s]))

    def read(self, token: str, now_s: float) -> RecordClaim:
        """Return what a token stands for.

        Raises:
            SignallingError: If it is not ours or has expired.
        """
        try:
            match_id, peer, room, digest, spec, seed, started_s = self._claims.loads(token)
        except (BadData, UnicodeError) as error:
            raise refusal(
                ErrorCode.BAD_TOKEN, "The server does not know the token of this record."
            ) from error
        if now_s >= started_s + self._lifetime_s:
            raise refusal(ErrorCode.BAD_TOKEN, "The token of this record has expired.")
        return RecordClaim(match_id, peer, room, digest, spec, int(seed), started_s)

    def operator_key(self) -> str:
        """Return the key with which all records can be seen; the same as long as the secret is."""
        return str(self._keys.dumps(OPERATOR))

    def is_operator(self, key: str) -> bool:
        """Whether somebody has the operator's key."""
        try:
            return bool(self._keys.loads(key) == OPERATOR)
        except (BadData, UnicodeError):
            return False


class RecordIssuer:
    """Puts record tokens into what peers are told of their match.

    Args:
        tokens: Makes them.
        runtime: What is served.
        wall_clock: Seconds since 1970.
        on_begun: Called when a match has begun.
    """

    def __init__(
        self,
        tokens: RecordTokens,
        runtime: Runtime,
        wall_clock: Callable[[], float],
        on_begun: Callable[[], None],
    ) -> None:
        self._tokens = tokens
        self._digest = runtime.digest
        self._spec = runtime.spec
        self._wall_clock = wall_clock
        self._on_begun = on_begun
        self._begun: OrderedDict[str, RecordClaim] = OrderedDict()

    def note_match(self, match_id: str, seed: int, room: str, started_s: int | None = None) -> int:
        """Note that a match has begun, unless that is known.

        Args:
            match_id: Its name.
            seed: 64 bits.
            room: Code of its room.
            started_s: When, in seconds since 1970; None for now.

        Returns:
            When it began.
        """
        known = self._begun.get(match_id)
        if known is not None:
            return known.started_s
        if started_s is None:
            started_s = int(self._wall_clock())
        claim = RecordClaim(match_id, 0, room, self._digest, self._spec, seed, started_s)
        self._begun[match_id] = claim
        while len(self._begun) > REMEMBERED_MATCHES:
            self._begun.popitem(last=False)
        self._on_begun()
        return started_s

    def complete(self, match: dict[str, Any], peer: int) -> dict[str, Any]:
        """Return a description of a match with the token of a peer's record in it.

        Args:
            match: As `MatchDescription` in JSON.
            peer: Whose record it will be.
        """
        claim = self._begun.get(match["match_id"])
        if claim is None:
            return match
        return {**match, "record_token": self._tokens.issue(replace(claim, peer=peer))}
