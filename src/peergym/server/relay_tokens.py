"""Relay tokens: signed, each for one peer of one match, and good for minutes only."""

from __future__ import annotations

from itsdangerous import BadData

from peergym.server.tokens import make_serializer

RELAY_PATH = "/relay"
"""Where the relay is, below the address of the server."""

SALT = "peergym relay token"


class RelayTokens:
    """Makes and reads what peers attach themselves with.

    Args:
        secret: What only this server knows.
        lifetime_s: For how long a token is good.
    """

    def __init__(self, secret: str, lifetime_s: float) -> None:
        self._serializer = make_serializer(secret, SALT)
        self._lifetime_s = lifetime_s
        self._revoked: dict[tuple[str, int], float] = {}

    def issue(self, match_id: str, peer: int, now_s: float) -> str:
        """Return a token.

        Args:
            match_id: Of the match.
            peer: Who will show it.
            now_s: Seconds since 1970.
        """
        return str(self._serializer.dumps([match_id, peer, int(now_s + self._lifetime_s)]))

    def read(self, token: str, now_s: float) -> tuple[str, int] | None:
        """Return match and peer of a token; None if it is not ours, or good no longer."""
        try:
            match_id, peer, expires_s = self._serializer.loads(token)
        except (BadData, UnicodeError):
            return None
        is_good = now_s < expires_s and (match_id, peer) not in self._revoked
        return (match_id, peer) if is_good else None

    def revoke(self, match_id: str, peer: int, now_s: float) -> None:
        """Have all tokens of a peer be good no longer.

        They are remembered until the last of them has expired; a server that starts anew meanwhile
        forgets it.
        """
        left = {each: end_s for each, end_s in self._revoked.items() if now_s < end_s}
        self._revoked = {**left, (match_id, peer): now_s + self._lifetime_s}
