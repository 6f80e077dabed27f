"""Room tokens: signed, for one sitting in one room, and not for ever."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

from peergym.errors import ConfigurationError
from peergym.signalling import ErrorCode, SeatPass, refusal

SECRET_FILE = "secret"  # noqa: S105 - the name of a file
SECRET_BYTES = 32
"""256 bits, as many as the signature's hash can use."""

SALT = "peergym room token"
"""Keeps signatures of other things, made with the same secret, apart from these."""


class TokenSigner:
    """Makes and reads room tokens."""

    def __init__(self, secret: str, lifetime_s: float) -> None:
        """Make a signer.

        Args:
            secret: What only this server knows.
            lifetime_s: For how long a token is good.
        """
        self._serializer = make_serializer(secret, SALT)
        self._lifetime_s = lifetime_s

    def issue(self, seat_pass: SeatPass, now_s: float) -> str:
        """Return the token of a seat.

        Args:
            seat_pass: What it stands for.
            now_s: Seconds since 1970.
        """
        expires_s = int(now_s + self._lifetime_s)
        claims = [seat_pass.room_id, seat_pass.key, expires_s]
        return str(self._serializer.dumps(claims))

    def read(self, token: str, now_s: float) -> SeatPass:
        """Return what a token stands for.

        Raises:
            SignallingError: If it is not ours or has expired.
        """
        try:
            room_id, key, expires_s = self._serializer.loads(token)
        except (BadData, UnicodeError, ValueError) as error:
            raise refusal(ErrorCode.BAD_TOKEN) from error
        if now_s >= expires_s:
            raise refusal(
                ErrorCode.BAD_TOKEN, "The token of this seat has expired; enter the room again."
            )
        return SeatPass(room_id, key)


def make_serializer(secret: str, salt: str) -> URLSafeSerializer:
    """Return what signs and checks, with a key of its own for each salt."""
    # The library's default is SHA-1, which is sound in an HMAC, yet needs explaining.
    signing = {"key_derivation": "hmac", "digest_method": sha256}
    return URLSafeSerializer(secret, salt=salt, signer_kwargs=signing)


def load_secret(data_dir: Path) -> str:
    """Return the server's secret, made at the first start and kept where only its owner reads.

    Args:
        data_dir: Folder that keeps it; made if it is not there.

    Raises:
        ConfigurationError: If the folder or the file cannot be used.
    """
    path = data_dir / SECRET_FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create_secret(path)
        # Whoever copied the file about may have opened it to others.
        path.chmod(0o600)
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            "data_dir",
            f"the server's secret cannot be kept in {path} ({error}); "
            "name another folder with --data, or in PEERGYM_DATA_DIR",
        ) from error
    if len(secret) != 2 * SECRET_BYTES:
        raise ConfigurationError(
            "data_dir", f"{path} does not hold a secret of ours; delete it to get a new one"
        )
    return secret


def _create_secret(path: Path) -> None:
    """Write a new secret. Two servers that start at once agree on one of the two."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(os.urandom(SECRET_BYTES).hex())
    try:
        # Appears whole or not at all, and never replaces one that is there.
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError:
        # No hard links on this file system.
        draft.replace(path)
        return
    draft.unlink()
