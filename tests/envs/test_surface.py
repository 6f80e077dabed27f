"""A drawing becomes exactly these bytes; the page reads the same table."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest

from peergym.envs import Pixmap, Surface
from peergym.envs.surface import MAX_SHAPES
from peergym.errors import ConfigurationError, UsageError


def test_every_kind_of_shape_has_its_golden_bytes() -> None:
    surface = Surface(800, 600)
    surface.clear("#102030")
    surface.rectangle(1, 2, 3, 4, "#01020304", key="pad", radius=0.5)
    surface.circle(1.5, -2, 8, (255, 0, 128))
    surface.line(0, 1, 2, 3, (1, 2, 3, 4), width=5)
    surface.polygon([(0, 0), (1, 0), (0, 1)], "#ffffff")
    surface.text("3 ü", 400, 80, 64, "#ABCDEF", align="centre")
    golden = (
        "0100 2003 5802 102030ff 0500"
        "01 03 706164 01020304 0000803f 00000040 00004040 00008040 0000003f"
        "02 00 ff0080ff 0000c03f 000000c0 00000041"
        "03 00 01020304 00000000 0000803f 00000040 00004040 0000a040"
        "04 00 ffffffff 0300 00000000 00000000 0000803f 00000000 00000000 0000803f"
        "05 00 abcdefff 0000c843 0000a042 00008042 01 0400 3320c3bc"
    )
    assert surface.encode().hex() == golden.replace(" ", "")


def test_what_came_with_version_2_has_its_golden_bytes() -> None:
    # The page's own test, display_list.test.ts, reads these very bytes.
    surface = Surface(800, 600)
    surface.clear("#102030")
    surface.sheet("dot", Pixmap.from_rows(["r."], {"r": "#ff0000"}))
    surface.camera(100, 50, 2, 0.5)
    surface.layer("field", 1, lambda on: on.circle(1, 2, 3, "#00ff00"), x=4)
    surface.sprite("dot", 10, 20, -30, 40, (0, 0, 1, 1), angle=0.25, alpha=0.5, key="a")
    surface.no_camera()
    surface.sound("hit", "goal 1")
    golden = (
        "0200 2003 5802 102030ff 0700"
        "07 00 ffffffff 0000 0200 0100 0000 0000 0200 0100 02 08000000 ff0000ff 00000000"
        "0a 06 63616d657261 ffffffff 0000c842 00004842 00000040 0000003f"
        "08 00 ffffffff 0000 01000000 14000000 0100"
        "02 00 00ff00ff 0000803f 00000040 00004040"
        "09 00 ffffffff 0000 01000000 00008040 00000000"
        "06 01 61 ffffff80 00002041 0000a041 0000f0c1 00002042 0000803e"
        " 0000 0000 0000 0100 0100"
        "0a 00 ffffffff 00000000 00000000 00000000 00000000"
        "0b 06 676f616c2031 ffffffff 03 686974"
    )
    assert surface.encode().hex() == golden.replace(" ", "")


def test_clear_removes_what_was_drawn() -> None:
    surface = Surface(10, 10)
    surface.circle(1, 1, 1, "#ffffff")
    surface.clear("#00ff0080")
    assert surface.encode() == struct.pack("<BBHH4BH", 1, 0, 10, 10, 0, 255, 0, 128, 0)


def test_a_surface_that_was_not_cleared_is_black() -> None:
    assert Surface(1, 1).encode()[6:10] == b"\x00\x00\x00\xff"


@pytest.mark.parametrize(
    "colour", ["red", "#12345", "#12345g", (1, 2), (1, 2, 256), (1.5, 2, 3), ""]
)
def test_an_unknown_colour_is_refused(colour: Any) -> None:
    with pytest.raises(UsageError, match="a colour is"):
        Surface(10, 10).circle(0, 0, 1, colour)


@pytest.mark.parametrize("number", ["1", None, 1e300])
def test_a_number_that_cannot_be_drawn_is_refused(number: Any) -> None:
    with pytest.raises(UsageError, match="32-bit floats"):
        Surface(10, 10).circle(0, number, 1, "#ffffff")


def test_sizes_are_bounded() -> None:
    surface = Surface(10, 10)
    with pytest.raises(UsageError, match="key"):
        surface.circle(0, 0, 1, "#ffffff", key="k" * 256)
    with pytest.raises(UsageError, match="corners"):
        surface.polygon([(0, 0), (1, 1)], "#ffffff")
    with pytest.raises(UsageError, match="65535"):
        surface.text("x" * 65536, 0, 0, 1, "#ffffff")
    with pytest.raises(UsageError, match="align"):
        surface.text("x", 0, 0, 1, "#ffffff", align="middle")
    for _ in range(MAX_SHAPES):
        surface.circle(0, 0, 1, "#ffffff")
    with pytest.raises(UsageError, match="shapes"):
        surface.circle(0, 0, 1, "#ffffff")
    with pytest.raises(ConfigurationError, match="height"):
        Surface(10, 0)


def test_colours_may_be_lists_and_arrays_and_keys_numbers() -> None:
    usual, other = Surface(80, 60), Surface(80, 60)
    usual.clear((1, 2, 3))
    usual.circle(1, 2, 3, (255, 0, 128), key="0")
    other.clear([1, 2, 3])  # type: ignore[arg-type]
    other.circle(1, 2, 3, np.array([255, 0, 128], dtype=np.uint8), key=0)  # type: ignore[arg-type]
    assert other.encode() == usual.encode()


def test_a_layer_is_painted_again_when_a_list_of_the_games_own_has_changed() -> None:
    surface, walls, grid = Surface(80, 60), [1, 2], np.zeros(3)
    painted: list[str] = []
    for _ in range(2):
        surface.layer("walls", walls, lambda _: painted.append("walls"))
        surface.layer("grid", grid, lambda _: painted.append("grid"))
    assert painted == ["walls", "grid"]
    walls[0] = 5
    grid[1] = 5
    surface.layer("walls", walls, lambda _: painted.append("walls"))
    surface.layer("grid", grid, lambda _: painted.append("grid"))
    assert painted == ["walls", "grid", "walls", "grid"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda surface: surface.polygon([1, 2, 3], "#ffffff"),
        lambda surface: surface.pixels("a", "no picture", 0, 0, 9, 9),
        lambda surface: surface.pixels("a", np.zeros(4, np.uint8), 0, 0, 9, 9),
        lambda surface: surface.circle(1, 2, 3, [1.5, 0, 0]),
        lambda surface: surface.circle(1, 2, 3, None),
        lambda surface: surface.circle(1, 2, 3, 7, key=9),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(draw: Any) -> None:
    with pytest.raises(UsageError):
        draw(Surface(80, 60))


def test_half_a_letter_is_no_reason_to_stop_drawing() -> None:
    surface = Surface(80, 60)
    surface.text("\ud800", 1, 1, 10, "#ffffff")
    assert surface.encode().endswith(b"?")
