"""Pictures, layers and sounds: what is sent of them, and when."""

from __future__ import annotations

from collections import Counter

import pytest

from peergym.envs import Pixmap, Surface
from peergym.envs.draw_sheets import FRAME_BUDGET_BYTES, MAX_FILE_BYTES, PATCH_HEAD, TILE
from peergym.envs.surface import LAYER_AGAIN_FRAMES
from peergym.errors import UsageError
from tests.envs.shown import Page

np = pytest.importorskip("numpy")

NOISE = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)


def show(surface: Surface, page: Page, array: object) -> int:
    """Show an array in a frame, and return how many bytes the frame has."""
    surface.clear()
    surface.pixels("screen", array, 0, 0, surface.width, surface.height)
    data = surface.encode()
    page.take(data)
    return len(data)


def test_a_picture_arrives_as_it_is() -> None:
    surface, page = Surface(300, 200), Page()
    show(surface, page, NOISE)
    assert (page.array(0) == NOISE).all()


def test_a_large_picture_arrives_within_a_few_frames_none_of_which_is_too_large() -> None:
    surface, page = Surface(600, 600), Page()
    array = np.random.default_rng(2).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    sizes = [show(surface, page, array) for _ in range(5)]
    assert max(sizes) < FRAME_BUDGET_BYTES * 1.1
    assert (page.array(0) == array).all()


def test_only_what_has_changed_is_sent_again_and_the_array_may_be_reused() -> None:
    surface, page = Surface(300, 200), Page()
    array = NOISE.copy()
    first = show(surface, page, array)
    array[50:60, 100:110] += 1
    second = show(surface, page, array)
    assert second < first / 5
    assert (page.array(0) == array).all()
    quiet = show(surface, page, array)
    assert quiet < TILE * TILE * 3 + 100


def test_what_a_page_has_missed_comes_again() -> None:
    surface, late = Surface(300, 200), Page()
    show(surface, Page(), NOISE)
    for _ in range(-(-300 // TILE) * -(-200 // TILE)):
        show(surface, late, NOISE)
    assert (late.array(0) == NOISE).all()


def test_a_picture_of_another_size_replaces_the_first() -> None:
    surface, page = Surface(300, 200), Page()
    show(surface, page, NOISE)
    show(surface, page, NOISE[:64, :64])
    assert (page.array(0) == NOISE[:64, :64]).all()


def test_letters_make_a_picture() -> None:
    surface, page = Surface(10, 10), Page()
    surface.sheet("man", Pixmap.from_rows(["ab", ".a"], {"a": "#010203", "b": (4, 5, 6, 7)}))
    surface.sprite("man", 5, 5, 2, 2)
    page.take(surface.encode())
    wanted = [[[1, 2, 3, 255], [4, 5, 6, 7]], [[0, 0, 0, 0], [1, 2, 3, 255]]]
    assert page.array(0).tolist() == wanted


def test_a_sheet_is_sent_when_it_is_first_drawn_and_then_kept() -> None:
    surface = Surface(100, 100)
    picture = Pixmap(100, 100, bytes(40_000))
    sizes = []
    for _ in range(3):
        surface.clear()
        surface.sheet("map", picture)
        surface.sprite("map", 50, 50, 100, 100)
        sizes.append(len(surface.encode()))
    assert sizes[0] > 40_000
    assert sizes[1] < 5000
    assert sizes[2] < 5000


def test_a_file_goes_as_it_is() -> None:
    surface, page = Surface(10, 10), Page()
    surface.sheet("photo", b"PNG...")
    for _ in range(3):
        surface.clear()
        surface.sprite("photo", 5, 5, 2, 2)
        page.take(surface.encode())
    assert page.files == [b"PNG..."]


@pytest.mark.parametrize(
    "picture",
    [None, "file.png", np.zeros((3, 3)), np.zeros((2, 2, 3)), bytes(MAX_FILE_BYTES + 1)],
)
def test_what_is_no_picture_is_refused(picture: object) -> None:
    with pytest.raises(UsageError, match="picture"):
        Surface(10, 10).sheet("a", picture)


def test_a_sprite_of_no_sheet_is_refused() -> None:
    with pytest.raises(UsageError, match="no sheet 'tiles'"):
        Surface(10, 10).sprite("tiles", 0, 0, 1, 1)


def test_a_layer_is_painted_when_its_version_changes_and_sent_now_and_then() -> None:
    surface, page, painted = Surface(100, 100), Page(), Counter[int]()

    def frame(version: int) -> None:
        def paint(on: Surface) -> None:
            painted[version] += 1
            on.circle(version, 0, 1, "#ffffff")

        surface.clear()
        surface.layer("field", version, paint)
        page.take(surface.encode())

    for version in (1, 1, 2, 1):
        frame(version)
    assert painted == {1: 2, 2: 1}
    assert page.paints == 3
    for _ in range(LAYER_AGAIN_FRAMES):
        frame(1)
    assert page.paints == 4
    assert painted == {1: 2, 2: 1}


def test_a_layer_may_hold_sprites() -> None:
    surface, page = Surface(100, 100), Page()
    surface.sheet("dot", Pixmap(1, 1, b"\x01\x02\x03\xff"))
    surface.layer("field", 1, lambda on: on.sprite("dot", 1, 1, 2, 2))
    page.take(surface.encode())
    assert page.array(0).tolist() == [[[1, 2, 3, 255]]]


def test_a_layer_has_no_layers() -> None:
    surface = Surface(10, 10)
    with pytest.raises(UsageError, match="no layers"):
        surface.layer("a", 1, lambda on: on.layer("b", 1, lambda _: None))


def test_the_head_of_a_piece_is_what_the_table_says() -> None:
    assert PATCH_HEAD.size == 7 * 2 + 1 + 4
