"""Who draws a game that does not draw itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import GameAdapter, Surface
from peergym.envs.drawing import drawn_by, environment_of, join_spec, load_drawing, split_spec
from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game


class Plain:
    """Neither draws nor renders."""

    possible_agents = ("a", "b")
    metadata: dict[str, Any] = {"name": "Plain"}

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.frame = 0
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.frame += 1
        nobody = dict.fromkeys(actions, False)
        return {}, {}, nobody, nobody, {}


def drawn(env: Any, player: int = 0) -> bytes:
    game = GameAdapter(env)
    game.reset(1)
    surface = Surface(100, 100)
    game.draw(surface, player)
    return surface.encode()


def test_a_function_gets_the_environment_the_surface_and_who_looks() -> None:
    seen: list[Any] = []

    def draw(env: Any, surface: Surface, player: int) -> None:
        seen.append((type(env), env.frame, player))
        surface.circle(player, 0, 1, "#ffffff")

    cls = drawn_by(Plain, draw)
    assert drawn(cls(), 0) != drawn(cls(), 1)
    assert seen == [(cls, 0, 0), (cls, 0, 1)]
    assert cls.__name__ == "Plain"


def test_a_function_may_say_how_large_a_surface_it_wants() -> None:
    def draw(env: Any, surface: Surface, player: int) -> None:
        """Draw nothing."""

    draw.screen = (320, 200)  # type: ignore[attr-defined]
    assert drawn_by(Plain, draw).metadata == {"name": "Plain", "screen": (320, 200)}  # type: ignore[attr-defined]
    assert Plain.metadata == {"name": "Plain"}


def test_what_was_wrapped_is_what_the_function_gets() -> None:
    class Innermost:
        """What somebody wrote."""

    class Wrapper:
        unwrapped = Innermost()

    class Form:
        env = Wrapper()

    assert isinstance(environment_of(Form()), Innermost)


def test_the_name_of_a_game_says_who_draws_it(tmp_path: Path) -> None:
    (tmp_path / "view.py").write_text("def draw(env, surface, player): surface.clear('#ff0000')")
    spec = join_spec("pong", f"{tmp_path / 'view.py'}:draw")
    assert split_spec(spec) == ("pong", f"{tmp_path / 'view.py'}:draw")
    assert join_spec("pong", None) == "pong"
    assert split_spec("pong") == ("pong", "")
    assert drawn(find_game(spec)())[6:9] == b"\xff\x00\x00"


@pytest.mark.parametrize("spec", ["view", "nowhere.py:draw", "peergym:no_such"])
def test_a_function_that_is_not_there_is_refused(spec: str) -> None:
    with pytest.raises(ConfigurationError):
        load_drawing(spec)


def test_an_array_that_is_rendered_is_shown_in_the_middle_as_large_as_it_fits() -> None:
    np = pytest.importorskip("numpy")

    class Rendering(Plain):
        def render(self) -> Any:
            return np.full((10, 20, 3), 7, np.uint8)

    data = drawn(Rendering())
    assert data[0] == 2
    assert bytes([7] * 10 * 20 * 3) in data
    place = np.frombuffer(data[-30:-10], "<f4").tolist()
    assert place == [50, 50, 100, 50, 0]


@pytest.mark.parametrize(
    ("render", "note"),
    [
        (lambda self: None, b"has no draw method"),
        (lambda self: "text", b"has no draw method"),
        (lambda self: 1 / 0, b"ZeroDivisionError"),
    ],
)
def test_where_nothing_can_be_seen_there_is_a_note_and_the_game_goes_on(
    render: Any, note: bytes
) -> None:
    assert note in drawn(type("Odd", (Plain,), {"render": render})())
    assert b"has no draw method" in drawn(Plain())


def test_what_only_draws_makes_no_difference_and_neither_does_what_stands_for_it() -> None:
    pytest.importorskip("pygame", reason="NOT TESTED: pygame is not installed")
    program = """
import sys
if sys.argv[1] == "absent":
    from peergym.envs.absent import install_stand_ins
    install_stand_ins(["pygame"])
import pygame, pygame.freetype
from peergym.envs.objects import ObjectState
from peergym.rollback.canonical import encode
pygame.init(), pygame.freetype.init()
class World:
    def __init__(self):
        self.screen = pygame.Surface((3, 3))
        self.held = [pygame.Surface((1, 1)), pygame.freetype.Font(None, 24), 5]
        self.clock = pygame.time.Clock()
states = ObjectState(World())
saved = states.save()
states.load(saved)
print(encode(states.plain(states.save())).hex())
"""
    said = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program, how],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        for how in ("there", "absent")
    ]
    assert said[0] == said[1]
    assert b"screen" not in bytes.fromhex(said[0])


def test_a_library_that_is_absent_imports_and_refuses_with_a_sentence() -> None:
    program = """
from peergym.envs.absent import AbsentLibraryError, install_stand_ins
install_stand_ins(["pygame", "_multiprocessing"])
import pygame, pygame.freetype, multiprocessing.synchronize
from pygame.sprite import Sprite
pygame.init()
screen = pygame.Surface((3, 3))
class Man(Sprite): pass
keys = {pygame.K_a: 1}
assert not isinstance(1, pygame.Surface)
for use in (lambda: Man(), lambda: screen.fill(0), lambda: pygame.Rect(0, 0, 1, 1)):
    try:
        use()
    except AbsentLibraryError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 3, done.stderr
    assert all("is not there in a browser" in line and "--draw" in line for line in lines)
    assert "pygame.Rect was used" in lines[2]
