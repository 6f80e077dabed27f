"""Credentials of a TURN server that shares a secret with us, and expire by themselves.

Theory of operation: coturn with ``use-auth-secret`` knows no users. Whoever shows a name of the
form ``<expiry>:<name>`` with the right code for it, made with the secret, may relay until that
time. So this server makes credentials without a word to the TURN server, one for each peer and
each asking, and the two share one line of text.

A credential that expires ends nothing that runs: coturn checks the time when an allocation is
made, not when it is refreshed (``tests/turn`` holds it to that). It has to last from the time a
match is described to the first packet, however slow the page; whoever needs a new path later asks
for new ones.

Laws:
    - The secret leaves this process in no message, log or error.
    - A name says neither match nor peer to whoever lacks the secret: the TURN server's log
      holds addresses, and must not be a key to our records.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from peergym.errors import ConfigurationError

LIFETIME_S = 900.0
"""A quarter of an hour: longer than any page loads, longer than the clocks of two machines that
keep time are apart, and short for whoever finds a credential in a log."""

SHORTEST_LIFETIME_S = 30.0
"""Shorter ones expire before slow pages use them."""

SECRET_BYTES = 32
"""256 bits, more than the code of 160 bits can use."""

FEWEST_SECRET_CHARACTERS = 16
"""Shorter secrets are guessed from one credential, which every player has."""

NAME_DIGITS = 16
"""Of the digest in a name: 64 bits keep all peers apart; quotas are counted by name."""

NAME_LABEL = b"peergym turn name\0"


@dataclass(frozen=True, slots=True)
class TurnService:
    """A TURN server and the secret that we share with it.

    Attributes:
        urls: Where it is, such as ``turn:turn.example.org:3478``.
        secret: What coturn calls ``static-auth-secret``.
        lifetime_s: For how long a credential is good.
    """

    urls: tuple[str, ...]
    secret: str = field(repr=False)
    lifetime_s: float = LIFETIME_S

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            ConfigurationError: The secret or the lifetime is too short.
        """
        if len(self.secret) < FEWEST_SECRET_CHARACTERS:
            raise ConfigurationError(
                "turn_secret_file",
                f"the secret has {len(self.secret)} characters and needs "
                f"{FEWEST_SECRET_CHARACTERS} or more; peergym turn-config makes one",
            )
        if self.lifetime_s < SHORTEST_LIFETIME_S:
            raise ConfigurationError(
                "turn_lifetime_s",
                f"credentials of {self.lifetime_s:g} s expire before slow pages use them; "
                f"take {SHORTEST_LIFETIME_S:g} s or more",
            )

    def issue(self, match_id: str, peer: int, now_s: float) -> dict[str, Any]:
        """Return what browsers call an RTCIceServer, with credentials of one peer.

        Args:
            match_id: Of the match that the peer is in.
            peer: Who will use them.
            now_s: Seconds since 1970.
        """
        user = f"{int(now_s + self.lifetime_s)}:{self._name(match_id, peer)}"
        return {
            "urls": list(self.urls),
            "username": user,
            "credential": make_password(self.secret, user),
        }

    def _name(self, match_id: str, peer: int) -> str:
        said = NAME_LABEL + f"{match_id}/{peer}".encode()
        return hmac.new(self.secret.encode(), said, sha256).hexdigest()[:NAME_DIGITS]


def make_password(secret: str, user: str) -> str:
    """Return the password of a user whose name says until when it is good.

    Source:
        draft-uberti-behave-turn-rest-00, section 2.2; turnserver(1), ``--use-auth-secret``.
    """
    # SHA-1 is what the scheme and coturn say; in an HMAC it is sound.
    return b64encode(hmac.new(secret.encode(), user.encode(), sha1).digest()).decode()


def read_turn_secret(path: Path) -> str:
    """Read the secret: the one line of a file.

    Raises:
        ConfigurationError: There is no such file, or it holds something else.
    """
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            "turn_secret_file",
            f"{path} cannot be read ({error}); peergym turn-config --secret-file {path} makes it",
        ) from error
    if len(lines) != 1:
        raise ConfigurationError(
            "turn_secret_file", f"{path} must hold the secret and nothing else, without spaces"
        )
    return lines[0]


def keep_turn_secret(path: Path) -> str:
    """Return the secret in a file, which is made with a new one if it is not there.

    Raises:
        ConfigurationError: The file can be neither read nor made.
    """
    if path.exists():
        return read_turn_secret(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Created for its owner alone; one that is there is never replaced.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(
            "turn_secret_file", f"{path} cannot be made: {error.strerror}"
        ) from error
    secret = token_hex(SECRET_BYTES)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secret}\n")
    return secret
