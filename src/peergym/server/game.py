"""What is played: the game's description, and what browsers run of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import peergym
from peergym.envs.description import GameDescription, describe
from peergym.envs.drawing import join_spec
from peergym.envs.options import Number
from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game
from peergym.server.runtime import Runtime, make_served_runtime
from peergym.server.settings import ServerSettings
from peergym.signalling import ErrorCode, refusal

VERSION_DIGITS = 12
"""Of the digest, shown in the version: 48 bits tell apart what one server ever serves."""

SNAPSHOT_FIELDS = ("url", "digest", "packageDigest", "pyodideVersion")
"""Of the manifest that the client's build writes, spelled as there."""


@dataclass(frozen=True, slots=True)
class ServedGame:
    """The one game of a server.

    Attributes:
        description: What lobby and page need to know of it.
        runtime: What browsers run.
    """

    description: GameDescription
    runtime: Runtime

    @property
    def version(self) -> str:
        """What a page must name to enter a room: another package or game is another version."""
        return f"{peergym.__version__}+{self.runtime.digest[:VERSION_DIGITS]}"

    def complete_options(self, chosen: Mapping[str, Number]) -> dict[str, Number]:
        """Check the options that a page chose and fill in the rest.

        Raises:
            SignallingError: If one of them is not allowed; names it.
        """
        try:
            return self.description.complete_options(chosen)
        except ConfigurationError as error:
            raise refusal(ErrorCode.BAD_REQUEST, f"Option {error}.") from error

    def check_version(self, version: str) -> None:
        """Refuse pages that were made for something else than what is served now.

        Raises:
            SignallingError: With code ``version_mismatch``.
        """
        if version != self.version:
            raise refusal(ErrorCode.VERSION_MISMATCH)


def serve_game(settings: ServerSettings) -> ServedGame:
    """Find, check, describe and pack the game that a server serves.

    Raises:
        ConfigurationError: If there is no such game, it is not for so many, or it needs what
            cannot go into a browser.
        EnvironmentContractError: If it is not a game, or breaks the laws of one.
    """
    spec = join_spec(settings.game, settings.draw)
    description = describe(find_game(spec), settings.players)
    runtime = make_served_runtime(
        spec, settings.package_dir, settings.client_dir, settings.players, settings.pyodide
    )
    return ServedGame(description, runtime)


def fitting_snapshot(client_dir: Path, runtime: Runtime) -> dict[str, str] | None:
    """Return the manifest of the memory snapshot, if it is of the very package we serve.

    Args:
        client_dir: The built client; the build puts ``snapshot/manifest.json`` there.
        runtime: What is served.

    Returns:
        The manifest with ``url``, ``digest``, ``packageDigest`` and ``pyodideVersion``. None
        where there is none that fits: pages then start Python plainly, which is slower and
        otherwise the same.
    """
    try:
        manifest = json.loads((client_dir / "snapshot" / "manifest.json").read_text("utf-8"))
        snapshot = {name: str(manifest[name]) for name in SNAPSHOT_FIELDS}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return snapshot if snapshot["packageDigest"] == runtime.package_digest else None
