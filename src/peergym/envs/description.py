"""What the lobby, the page and the other peers need to know of a game before it runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from peergym.envs.actions import MAX_ACTIONS
from peergym.envs.adapter import GameAdapter
from peergym.envs.check import check_game
from peergym.envs.check.quick import CHECK_SEED
from peergym.envs.keys import KeyBinding, read_keys_by_player
from peergym.envs.levels import FIELD as LEVELS
from peergym.envs.load import check_class
from peergym.envs.maker import game_maker
from peergym.envs.options import Number, Option, complete_options, read_options
from peergym.envs.pointer import FIELD as POINTER
from peergym.envs.pointer import (
    PointedBox,
    Pointer,
    is_box_space,
    is_pointed_box,
    read_pointed_box,
    read_pointer,
)
from peergym.envs.surface import MAX_SIDE, Surface
from peergym.errors import EnvironmentContractError, UsageError

DEFAULT_SCREEN = (800, 600)

COLOUR = re.compile("#[0-9a-fA-F]{6}")

MAX_ZOOM = 64.0
"""Enlargement of what a game draws of itself: a pixel of art becomes a square of so many."""


@dataclass(frozen=True, slots=True)
class GameDescription:
    """A game, described.

    Attributes:
        name: What people call it.
        players: How many play it.
        frame_rate_hz: Frames per second.
        input_bits: Bits of an input, by player.
        action_counts: How many actions there are, by player.
        noop: The number of the action of somebody who does nothing; -1 where none is sent.
        noop_by_player: The same for each player, where their actions are of different kinds.
        screen: Width and height, in pixels.
        options: What may be chosen in the lobby.
        keys: Which keys mean which action, of the actions that every player has.
        keys_by_player: The same for each player, with the actions that only some have.
        action_names: What the actions are called, by number; empty where they have no names.
        zoom: By how much to enlarge what the game draws of itself; None leaves it to the page.
        waits_for_player: Whether nothing happens until somebody acts.
        pointer: How a shape of it is steered by pointing, if one is.
        pointed_boxes: For each player how the numbers of his actions follow a pointer, if they do.
        is_lockstep: Whether it cannot be put back, and is played without prediction.
        draws_by_player: Whether players are shown different pictures, as far as can be told at the
            beginning of an episode.
        player_colours: A colour for each player, ``#rrggbb``; empty where the game names none.
        has_policy: Whether it brings a computer player to practise against.
        digest: Of its source files, 32 hexadecimal digits; peers with different ones do not play.
    """

    name: str
    players: int
    frame_rate_hz: float
    input_bits: tuple[int, ...]
    action_counts: tuple[int, ...]
    noop: int
    noop_by_player: tuple[int, ...]
    screen: tuple[int, int]
    options: tuple[Option, ...]
    keys: tuple[KeyBinding, ...]
    keys_by_player: tuple[tuple[KeyBinding, ...], ...]
    action_names: tuple[str, ...]
    zoom: float | None
    waits_for_player: bool
    pointer: Pointer | None
    pointed_boxes: tuple[PointedBox | None, ...]
    is_lockstep: bool
    draws_by_player: bool
    player_colours: tuple[str, ...]
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
    game = GameAdapter(env) if players is None else game_maker(cls, players)()
    description = read_description(game, source_digest(cls))
    if not game.is_lockstep:  # what is checked is being put back
        check_game(game, description.screen)
    return replace(description, draws_by_player=_draws_by_player(game, description.screen))


def read_description(game: GameAdapter, digest: str = "") -> GameDescription:
    """Describe a game as its metadata have it, without playing it.

    Args:
        game: The game.
        digest: Of its source files.

    Raises:
        EnvironmentContractError: Its metadata are not usable; says what of them.
    """
    metadata = getattr(game.env, "metadata", None) or {}
    keys_by_player = keys_of(game)
    noops = [game.number_of(each, game.decode_input(each, 0)) for each in range(game.players)]
    description = GameDescription(
        name=str(metadata.get("name", type(game.env).__name__)),
        players=game.players,
        frame_rate_hz=game.frame_rate_hz,
        input_bits=game.input_bits,
        action_counts=game.action_counts,
        noop=noops[0],
        noop_by_player=tuple(noops),
        screen=_read_screen(metadata),
        options=read_options(metadata),
        keys=tuple(key for key in keys_by_player[0] if all(key in o for o in keys_by_player)),
        keys_by_player=keys_by_player,
        action_names=tuple(str(name) for name in metadata.get("action_names", ())),
        zoom=_read_zoom(metadata),
        waits_for_player=bool(metadata.get("wait_on_player", False)),
        pointer=read_pointer(metadata),
        pointed_boxes=_read_pointed_boxes(metadata, game),
        is_lockstep=game.is_lockstep,
        draws_by_player=False,
        player_colours=_read_colours(metadata, game.players),
        has_policy=game.has_policy(),
        digest=digest,
    )
    _check_actions(description, game)
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


def _read_zoom(metadata: Mapping[str, Any]) -> float | None:
    zoom = metadata.get("zoom")
    if zoom is None:
        return None
    if type(zoom) not in (int, float) or not 0 < zoom <= MAX_ZOOM:
        raise EnvironmentContractError(
            f"metadata['zoom'] must be above 0 and at most {MAX_ZOOM}, not {zoom!r}"
        )
    return float(zoom)


def _read_colours(metadata: Mapping[str, Any], players: int) -> tuple[str, ...]:
    colours = tuple(metadata.get("player_colours", ()))
    are_colours = all(isinstance(each, str) and COLOUR.fullmatch(each) for each in colours)
    if colours and (len(colours) < players or not are_colours):
        raise EnvironmentContractError(
            f"metadata['player_colours'] must have a '#rrggbb' for each of the {players} players, "
            f"not {colours!r}"
        )
    return colours[:players]


def _draws_by_player(game: GameAdapter, screen: tuple[int, int]) -> bool:
    if getattr(game.env, "draw", None) is None:
        return False  # what it renders is the same for all
    if game.is_lockstep:
        return True  # to begin an episode may be dear, or leave traces: it is not tried
    game.reset(CHECK_SEED)
    surfaces = [Surface(*screen) for _ in range(game.players)]
    for player, surface in enumerate(surfaces):
        game.draw(surface, player)
    return len({surface.encode() for surface in surfaces}) > 1


def keys_of(game: GameAdapter) -> tuple[tuple[KeyBinding, ...], ...]:
    """Return each player's key bindings: those of the game whose actions the player has.

    Raises:
        EnvironmentContractError: A key or an action is not usable, or no player has the action.
    """
    metadata = getattr(game.env, "metadata", None) or {}

    def number_of(player: int, action: Any) -> int:
        # An array answers to __index__ as well, but only one of no dimension is a number.
        if not hasattr(action, "__index__") or getattr(action, "shape", ()) != ():
            return game.number_of(player, action)
        number = int(action.__index__())
        if not game.has_action(player, number):
            raise UsageError(f"it is action {number}, which player {player} does not have")
        return number

    return read_keys_by_player(metadata, game.agents, number_of)


def _read_pointed_boxes(
    metadata: Mapping[str, Any], game: GameAdapter
) -> tuple[PointedBox | None, ...]:
    waits = bool(metadata.get("wait_on_player", False))
    boxes = []
    for player, agent in enumerate(game.agents):
        space, rest = game.env.action_space(agent), []
        if is_box_space(space):
            rest = game.decode_input(player, int(waits)).reshape(-1).tolist()
        boxes.append(read_pointed_box(metadata, space, metadata.get(LEVELS), rest, MAX_ACTIONS))
    if is_pointed_box(metadata.get(POINTER)) and not any(boxes):
        raise EnvironmentContractError("metadata['pointer'] is for a box, and no player has one")
    return tuple(boxes)


def _check_actions(description: GameDescription, game: GameAdapter) -> None:
    """Check that the pointer names actions every player has."""
    if description.pointer is None:
        return
    for action in (description.pointer.decrease, description.pointer.increase):
        for player in range(game.players):
            if not game.has_action(player, action):
                raise EnvironmentContractError(
                    f"keys or pointer name action {action}, which player {player} does not have"
                )
