"""A film shows what a page shows: sprites, layers and cameras, in pixels."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("PIL")

from peergym.data.picture import Picture
from peergym.envs import Pixmap, Surface
from peergym.errors import UsageError

RED, GREEN, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 0)
HALVES = Pixmap.from_rows(["rg"], {"r": "#ff0000", "g": "#00ff00"})


def colours(picture: Picture, *places: tuple[int, int]) -> list[tuple[int, ...]]:
    image = picture.image()
    return [image.getpixel(place) for place in places]


def test_a_sprite_is_drawn_around_its_centre_and_flipped_by_a_negative_width() -> None:
    picture = Picture(100, 100)
    picture.clear()
    picture.sheet("halves", HALVES)
    picture.sprite("halves", 30, 50, 20, 20)
    picture.sprite("halves", 70, 50, -20, 20)
    at = colours(picture, (25, 50), (35, 50), (65, 50), (75, 50), (50, 50))
    assert at == [RED, GREEN, GREEN, RED, BLACK]


def test_a_part_of_a_sheet_can_be_turned() -> None:
    picture = Picture(100, 100)
    picture.clear()
    picture.sheet("halves", HALVES)
    picture.sprite("halves", 50, 50, 40, 8, (1, 0, 1, 1), angle=math.pi / 2)
    assert colours(picture, (50, 35), (50, 65), (35, 50)) == [GREEN, GREEN, BLACK]


def test_a_camera_holds_for_what_follows_and_a_layer_is_moved() -> None:
    picture = Picture(100, 100)
    picture.clear()
    picture.camera(10, 10, zoom=10)
    picture.rectangle(9, 9, 2, 2, "#ff0000")
    picture.layer("field", 1, lambda on: on.rectangle(0, 0, 1, 1, "#00ff00"), x=12, y=10)
    picture.no_camera()
    picture.rectangle(0, 0, 5, 5, "#ff0000")
    at = colours(picture, (45, 45), (75, 55), (85, 55), (2, 2), (30, 50))
    assert at == [RED, GREEN, BLACK, RED, BLACK]


def test_a_turned_camera_turns_rectangles() -> None:
    picture = Picture(100, 100)
    picture.clear()
    picture.camera(0, 0, 1, math.pi / 2)
    picture.rectangle(10, -5, 20, 10, "#ff0000")
    assert colours(picture, (50, 70), (70, 50)) == [RED, BLACK]


def test_an_array_is_shown_as_it_comes() -> None:
    np = pytest.importorskip("numpy")
    picture = Picture(100, 100)
    array = np.zeros((10, 10, 3), np.uint8)
    array[:, 5:] = GREEN
    picture.pixels("screen", array, 0, 0, 100, 100)
    assert colours(picture, (20, 20), (80, 80)) == [BLACK, GREEN]


def test_a_film_that_never_ends_keeps_no_shapes() -> None:
    picture = Picture(10, 10)
    for _ in range(10_000):
        picture.clear()
        picture.circle(1, 1, 1, "#ffffff")
        picture.sound("hit", "a")
    assert Surface.encode(picture) == Surface(10, 10).encode()


def test_a_sprite_of_no_sheet_is_refused() -> None:
    with pytest.raises(UsageError, match="no sheet"):
        Picture(10, 10).sprite("a", 0, 0, 1, 1)
