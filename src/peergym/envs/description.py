"""What the lobby, the page and the other peers need to know of a game before it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check import check_game
from peergym.envs.keys import KeyBinding, read_keys
from peergym.envs.load import check_class
from peergym.envs.maker import game_maker
from peergym.envs.options import Number, Option, complete_options, read_options
from peergym.envs.pointer import Pointer, read_pointer
from peergym.envs.surface import MAX_SIDE
from peergym.errors import EnvironmentContractError

DEFAULT_SCREEN = (800, 600)


@dataclass(frozen=True, slots=True)
class GameDescription:
    """A game, described.

    Attributes:
        name: What people call it.
        players: How many play it.
        frame_rate_hz: Frames per second.
        input_bits: Bits of an input, by player.
        action_counts: How many actions there are, by player.
        noop: The action of somebody who does nothing.
        screen: Width and height, in pixels.
        options: What may be chosen in the lobby.
        keys: Which keys mean which action.
        pointer: How it is steered by pointing, if it is.
        has_policy: Whether it brings a computer player to practise against.
        digest: Of its source files, 32 hexadecimal digits; peers with different ones do not play.
    """

    name: str
    players: int
    frame_rate_hz: float
    input_bits: tuple[int, ...]
    action_counts: tuple[int, ...]
    noop: int
    screen: tuple[int, int]
    options: tuple[Option, ...]
    keys: tuple[KeyBinding, ...]
    pointer: Pointer | None
    has_policy: bool
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return the description as a dict that JSON can carry; keys are the attributes."""
        return asdict(self)

    def complete_options(self, chosen: Mapping[str, Any] | None) -> dict[str, Number]:
        """Check values that somebody chose and fill in the defaults of the rest.

        Raises:
            ConfigurationError: If an option is unknown or its value not allowed.
        """
        return complete_options(self.options, chosen)


def screen_of(game: GameAdapter) -> tuple[int, int]:
    """Width and height of a game's screen, in its own pixels."""
    metadata = getattr(game.env, "metadata", None) or {}
    width, height = metadata.get("screen", DEFAULT_SCREEN)
    return width, height


def describe(cls: type, players: int | None = None) -> GameDescription:
    """Make a game, play a few frames to check that it keeps its laws, and describe it.

    Args:
        cls: The game's class.
        players: How many shall play; None leaves it to the game.

    Raises:
        EnvironmentContractError: If the class is not a game, its metadata is not usable, or its
            snapshots are not exact.
        ConfigurationError: If the game is not for so many players.
    """
    check_class(cls)
    env = _make(cls)
    metadata = getattr(env, "metadata", None) or {}
    if not isinstance(metadata, Mapping):
        raise EnvironmentContractError(f"{cls.__name__}.metadata must be a dict")
    game = GameAdapter(env) if players is None else game_maker(cls, players)()
    description = GameDescription(
        name=str(metadata.get("name", cls.__name__)),
        players=game.players,
        frame_rate_hz=game.frame_rate_hz,
        input_bits=game.input_bits,
        action_counts=game.action_counts,
        noop=int(metadata.get("noop", 0)),
        screen=_read_screen(metadata),
        options=read_options(metadata),
        keys=read_keys(metadata),
        pointer=read_pointer(metadata),
        has_policy=game.has_policy(),
        digest=source_digest(cls),
    )
    _check_actions(description, game)
    check_game(game, description.screen)
    return description


def source_digest(cls: type) -> str:
    """Return a digest of the files a game is made of.

    That is the folder of its package, or its one file when it is in none. Line ends do not count.

    Raises:
        EnvironmentContractError: If the source is not there, as for a class typed at a prompt.
    """
    module = sys.modules.get(cls.__module__)
    file = getattr(module, "__file__", None)
    if module is None or file is None or not Path(file).is_file():
        raise EnvironmentContractError(f"the source file of {cls.__name__} cannot be found")
    path = Path(file)
    files = sorted(path.parent.glob("*.py")) if module.__package__ else [path]
    digest = blake2b(digest_size=16)
    for each in files:
        source = each.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{each.name} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def _make(cls: type) -> Any:
    try:
        return cls()
    except TypeError as error:
        raise EnvironmentContractError(
            f"{cls.__name__} cannot be made without arguments: {error}"
        ) from error


def _read_screen(metadata: Mapping[str, Any]) -> tuple[int, int]:
    screen = tuple(metadata.get("screen", DEFAULT_SCREEN))
    if len(screen) != 2 or not all(type(n) is int and 1 <= n <= MAX_SIDE for n in screen):
        raise EnvironmentContractError(
            f"metadata['screen'] must be (width, height), each 1 to {MAX_SIDE}, not {screen!r}"
        )
    width, height = screen
    return width, height


def _check_actions(description: GameDescription, game: GameAdapter) -> None:
    """Check that keys and pointer name actions every player has."""
    actions = [binding.action for binding in description.keys]
    if description.pointer is not None:
        actions += [description.pointer.decrease, description.pointer.increase]
    for action in actions:
        for player in range(game.players):
            if not game.has_action(player, action):
                raise EnvironmentContractError(
                    f"keys or pointer name action {action}, which player {player} does not have"
                )
