"""A description holds what lobby, page and peers need, or says what is wrong with the game."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import describe, load_game
from peergym.envs.keys import read_keys
from peergym.envs.pointer import read_pointer
from peergym.envs.surface import Surface
from peergym.errors import ConfigurationError, EnvironmentContractError
from peergym.games.bomberman import Bomberman
from peergym.games.bomberman.sprites import COLOURS
from peergym.games.pong import Pong

KEYS = [(("ArrowUp",), 0), (("ArrowDown",), 2), (("w",), 0), (("s",), 2)]


def test_pong_is_described_in_json() -> None:
    description = describe(Pong)
    text = json.loads(json.dumps(description.to_json()))
    assert text["name"] == "Pong"
    assert (text["players"], text["frame_rate_hz"], text["screen"]) == (2, 60.0, [800, 600])
    assert (text["input_bits"], text["action_counts"], text["noop"]) == ([2, 2], [3, 3], 1)
    assert [option["name"] for option in text["options"]] == ["ball_speed", "score_to_win"]
    assert [(tuple(key["keys"]), key["action"]) for key in text["keys"]] == KEYS
    assert text["pointer"]["shape"] == "paddle_{player}"
    assert text["has_policy"] is True
    assert len(text["digest"]) == 32


def test_a_game_for_any_number_is_described_for_the_number_that_is_wanted() -> None:
    assert (describe(Bomberman).players, describe(Bomberman, 5).players) == (2, 5)
    assert len(describe(Bomberman, 5).input_bits) == 5
    assert describe(Pong, 2) == describe(Pong)
    with pytest.raises(ConfigurationError, match="for 2, not for 3"):
        describe(Pong, 3)
    with pytest.raises(ConfigurationError, match="2 to 8"):
        describe(Bomberman, 9)


def test_a_spectator_has_a_choice_of_views_where_players_see_different_pictures() -> None:
    class Blind(Pong):
        draw = None  # type: ignore[assignment]

    class Alike(Pong):
        def draw(self, surface: Surface, player: int) -> None:
            super().draw(surface, -1)

    assert describe(Pong).draws_by_player
    assert describe(Bomberman, 5).draws_by_player
    assert not describe(Alike).draws_by_player
    assert not describe(Blind).draws_by_player


def test_colours_of_the_players_are_read_and_must_be_enough() -> None:
    def coloured(*colours: str) -> type:
        return type("Coloured", (Pong,), {"metadata": {**Pong.metadata, "player_colours": colours}})

    assert describe(Pong).player_colours == ()
    assert describe(coloured("#112233", "#445566", "#778899")).player_colours == (
        "#112233",
        "#445566",
    )
    for wrong in (("#112233",), ("#112233", "red"), ("#112233", "#44556")):
        with pytest.raises(EnvironmentContractError, match=r"player_colours.*2 players"):
            describe(coloured(*wrong))


def test_bombermans_players_have_the_colours_of_their_bombers() -> None:
    assert describe(Bomberman, 8).player_colours == COLOURS
    assert len({*COLOURS}) == 8


def test_the_digest_changes_with_the_source_but_not_with_line_ends(tmp_path: Path) -> None:
    source = Path(__file__).with_name("test_load.py").read_text().split('"""')[3]
    digests = []
    for number, text in enumerate((source, source.replace("\n", "\r\n"), source + "#")):
        path = tmp_path / str(number) / "still.py"
        path.parent.mkdir()
        path.write_bytes(text.encode())
        digests.append(describe(load_game(f"{path}:Still")).digest)
    assert digests[0] == digests[1] != digests[2]


def test_keys_are_read_in_every_spelling_of_gymnasium() -> None:
    declared = {
        "w": 1,
        "wa": 2,
        ("W", "ArrowUp"): 3,
        " ": 4,
        ord("d"): 5,
        1073741906: 6,
        (ord("x"), "Enter"): 7,
    }
    bindings = read_keys({"keys_to_action": declared})
    assert [(binding.keys, binding.action) for binding in bindings] == [
        (("w",), 1),
        (("w", "a"), 2),
        (("w", "ArrowUp"), 3),
        ((" ",), 4),
        (("d",), 5),
        (("ArrowUp",), 6),
        (("x", "Enter"), 7),
    ]


@pytest.mark.parametrize("declared", [{"": 0}, {(): 0}, {5: 0}, {None: 0}, {"w": "up"}, ["w"]])
def test_unusable_keys_are_refused(declared: Any) -> None:
    with pytest.raises(EnvironmentContractError, match="keys_to_action"):
        read_keys({"keys_to_action": declared})


@pytest.mark.parametrize(
    "change", [{"axis": "z"}, {"shape": None, "axis": None}, {"dead_zone": -1}, {"increase": "up"}]
)
def test_an_unusable_pointer_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EnvironmentContractError, match="pointer"):
        read_pointer({"pointer": Pong.metadata["pointer"] | change})


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"screen": (800,)}, "screen"),
        ({"screen": (0, 600)}, "screen"),
        ({"keys_to_action": {"w": 3}, "noop": 1}, "action 3, which player 0 does not have"),
        ({"keys_to_action": {"left": {"w": 3}}}, "action 3, which player 0 does not have"),
        ({"pointer": {"right": 0}}, "for a box, and no player has one"),
        ("Pong", "metadata must be a dict"),
    ],
)
def test_unusable_metadata_is_refused(metadata: Any, message: str) -> None:
    broken = type("Broken", (Pong,), {"metadata": metadata, "__module__": Pong.__module__})
    with pytest.raises(EnvironmentContractError, match=message):
        describe(broken)


def test_a_class_that_needs_arguments_is_refused() -> None:
    class Needy(Pong):
        def __init__(self, width: int) -> None:
            super().__init__()

    with pytest.raises(EnvironmentContractError, match="cannot be made without arguments"):
        describe(Needy)
