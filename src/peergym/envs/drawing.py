"""What a game looks like when it does not draw itself: a function of somebody's, or its own pixels.

A drawing is a function ``draw(environment, surface, player)``; ``player`` is the index of the one
who looks, so that each may see a view of his own. It reads the environment and changes nothing. Its
attribute ``screen``, (width, height) in pixels, says how large a surface it wants.

In a game's name, ``GAME drawn by DRAWING`` means the game with such a function; so records, too,
know what their match looked like.

What an environment renders by itself, an array of ``height x width x 3`` bytes, is shown as it
comes, as large as the screen allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

from peergym.envs.absent import AbsentLibraryError
from peergym.envs.names import find
from peergym.envs.surface import Surface
from peergym.errors import ConfigurationError

Drawing: TypeAlias = Callable[[Any, Surface, int], None]

DRAWN_BY = " drawn by "
SCREEN = "screen"
PICTURE = "rendered"
"""Key of the environment's own picture on the surface."""

NOTE_SIZE = 24
NOTE_WIDTH = 46  # letters in a line of a note, on a screen of the usual width


def split_spec(spec: str) -> tuple[str, str]:
    """Return a game's name, and that of the function that draws it; empty if it draws itself."""
    game, _, drawing = spec.partition(DRAWN_BY)
    return game, drawing


def join_spec(game: str, drawing: str | None) -> str:
    """Return the name of a game that is drawn by a function."""
    return f"{game}{DRAWN_BY}{drawing}" if drawing else game


def load_drawing(spec: str) -> Drawing:
    """Find the function that somebody named.

    Args:
        spec: ``file.py:function`` or ``module:function``.

    Raises:
        ConfigurationError: There is none, or importing it fails.
    """
    if ":" not in spec:
        raise ConfigurationError(
            "draw", f"{spec!r} is neither file.py:function nor module:function"
        )
    return cast("Drawing", find(spec).make)


def drawn_by(cls: type, drawing: Drawing) -> type:
    """Return the class of the same game, drawn by a function."""

    def draw(self: Any, surface: Surface, player: int) -> None:
        drawing(environment_of(self), surface, player)

    metadata = dict(getattr(cls, "metadata", None) or {})
    screen = getattr(drawing, SCREEN, None)
    if screen is not None:
        metadata[SCREEN] = tuple(screen)
    members = {"draw": draw, "metadata": metadata, "__module__": cls.__module__}
    return type(cls.__name__, (cls,), {**members, "__doc__": cls.__doc__})


def environment_of(game: Any) -> Any:
    """Return what somebody wrote: the innermost environment behind a game, or the game itself."""
    env = getattr(game, "env", game)
    return getattr(env, "unwrapped", env)


def draw_rendered(game: Any, surface: Surface) -> bool:
    """Show what an environment renders.

    Returns:
        Whether it was an array of pixels that could be shown. Otherwise the surface carries a
        note if there is something to say.
    """
    render = getattr(game, "render", None)
    if render is None:
        return False
    try:
        pixels = render()
    except AbsentLibraryError as error:
        write_note(surface, str(error))
        return True
    except Exception as error:  # noqa: BLE001 - the game goes on, seen or not
        write_note(surface, f"It cannot render here: {type(error).__name__}: {error}")
        return True
    if not is_picture(pixels):
        return False
    height, width = pixels.shape[:2]
    scale = min(surface.width / width, surface.height / height)
    across, down = width * scale, height * scale
    surface.clear()
    left, top = (surface.width - across) / 2, (surface.height - down) / 2
    surface.pixels(PICTURE, pixels, left, top, across, down)
    return True


def is_picture(pixels: Any) -> bool:
    """Whether something is an array of height x width x 3 (or 4) bytes."""
    shape: tuple[int, ...] = getattr(pixels, "shape", ())
    is_bytes = str(getattr(pixels, "dtype", "")) == "uint8"
    return is_bytes and len(shape) == 3 and shape[2] in (3, 4) and min(shape) > 0


def write_note(surface: Surface, text: str) -> None:
    """Write a sentence where a picture should be."""
    surface.clear("#202028")
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= NOTE_WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    lines.append(line)
    size = min(NOTE_SIZE, surface.width / 30)
    top = surface.height / 2 - (len(lines) - 1) * size * 0.7
    for number, each in enumerate(lines):
        y = top + number * size * 1.4
        surface.text(each, surface.width / 2, y, size, "#c8c8d0", align="centre")
