"""The page on drawing shows what there is, and its game draws what its picture shows."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import Surface, describe
from peergym.envs.draw_sheets import FRAME_BUDGET_BYTES, MAX_FILE_BYTES, TILE
from peergym.envs.surface import MAX_SHAPES
from peergym.games.catalogue import find_game
from tests.docs.test_snippets import ROOT, snippets

PAGE = ROOT / "docs/drawing.md"
TEXT = PAGE.read_text()


def test_its_game_is_one_and_draws_every_kind_of_shape_that_it_names(tmp_path: Path) -> None:
    (code,) = snippets(PAGE, "python")
    file = tmp_path / "shapes.py"
    file.write_text(code)
    assert describe(find_game(f"{file}:Shapes")).name == "Shapes"


def test_its_table_names_every_call_of_a_surface_with_its_parameters() -> None:
    table = TEXT.split("## Shapes")[1].split("Colours are")[0]
    named = dict(re.findall(r"`(\w+)\(([^)]*)\)`", table))
    calls = {
        name: function
        for name, function in inspect.getmembers(Surface, inspect.isfunction)
        if not name.startswith("_") and name not in ("encode", "sheet")
    }
    assert named.keys() == calls.keys()
    for name, parameters in named.items():
        known = inspect.signature(calls[name]).parameters
        assert {each.strip(" =") for each in parameters.split(",") if each} <= known.keys()


def test_its_figures_are_those_of_the_code() -> None:
    assert f"at most {MAX_SHAPES} shapes" in TEXT
    assert f"{TILE} x {TILE} pixels, up to {FRAME_BUDGET_BYTES // 1024} KB a frame" in TEXT
    assert f"at most {MAX_FILE_BYTES // 1024} KB" in TEXT


@pytest.mark.parametrize(("width", "height", "frames"), [
    (160, 210, 1), (256, 256, 1), (400, 400, 3), (600, 600, 5),
])  # fmt: skip
def test_a_picture_is_complete_within_the_frames_that_it_says(
    width: int, height: int, frames: int
) -> None:
    np: Any = pytest.importorskip("numpy")
    surface, picture = Surface(width, height), np.zeros((height, width, 3), np.uint8)

    def send(shade: int) -> int:
        surface.clear()
        picture[:] = shade
        surface.pixels("all", picture, 0, 0, width, height)
        return len(surface.encode())

    sizes = [send(1) for _ in range(frames + 1)]
    assert min(sizes[:frames]) > sizes[-1] * 2
    assert sizes[-1] < 2 * TILE * TILE * 3
    row = rf"\| {width} x {height}.*?\| (in every frame|within {frames} frames)"
    assert re.search(row, TEXT)


def test_the_boats_of_the_example_are_a_game() -> None:
    assert describe(find_game(f"{ROOT / 'examples/boats.py'}:Boats")).players == 2
