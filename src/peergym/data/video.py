"""A replay as a film: MP4 (H.264) by PyAV, or GIF by Pillow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

from peergym.data.execution import OnProgress, executed, tell_nobody
from peergym.data.picture import Picture
from peergym.data.replay.model import Replay
from peergym.envs.description import screen_of
from peergym.envs.maker import MakeGame
from peergym.errors import ConfigurationError

GIF_RATE_HZ = 25  # what every viewer shows at its true speed; GIF counts in hundredths of a second
MAX_GIF_PICTURES = 3000  # two minutes: each is a picture in memory
LEAST_SCALE, MOST_SCALE = 0.1, 4.0
MP4_RATE_HZ = 60.0
SPECTATOR = -1


@dataclass(frozen=True, slots=True)
class Clip:
    """What is filmed of a match, and how.

    Attributes:
        from_s: Begin at this second of play.
        to_s: End at this one.
        player: Who looks; -1 for a spectator.
        scale: How many pixels of the film make one of the game's screen.
    """

    from_s: float = 0.0
    to_s: float = inf
    player: int = SPECTATOR
    scale: float = 1.0


WHOLE = Clip()


def write_video(
    replay: Replay,
    make_game: MakeGame,
    path: Path,
    clip: Clip = WHOLE,
    on_progress: OnProgress | None = None,
) -> int:
    """Film a replay.

    Args:
        replay: What was recorded.
        make_game: Makes a fresh game.
        path: Where to; ``.mp4`` or ``.gif``.
        clip: What of it.
        on_progress: Told how far it is: frames done, frames in all.

    Returns:
        How many pictures the film has.

    Raises:
        ConfigurationError: Another kind of film, a library is missing, nothing was played in the
            time given, or that is too long for a GIF.
    """
    kind = path.suffix.lower()
    rate_hz = replay.header.frame_rate_hz
    film_hz = min(rate_hz, {".mp4": MP4_RATE_HZ, ".gif": GIF_RATE_HZ}.get(kind, 0.0))
    if not film_hz:
        raise ConfigurationError("out", f"a film is .mp4 or .gif, not {path.name!r}")
    if not LEAST_SCALE <= clip.scale <= MOST_SCALE:
        raise ConfigurationError(
            "scale", f"must lie in {LEAST_SCALE} to {MOST_SCALE}, is {clip.scale:g}"
        )
    length_s = min(clip.to_s, replay.duration_s) - max(clip.from_s, 0.0)
    if length_s <= 0:
        raise ConfigurationError(
            "from", f"nothing was played then; the match took {replay.duration_s:.1f} s"
        )
    if kind == ".gif" and length_s * film_hz > MAX_GIF_PICTURES:
        raise ConfigurationError(
            "out", f"a GIF of {length_s:.0f} s is too long: choose --from and --to, or an .mp4"
        )
    images = _images(replay, make_game, clip, film_hz, on_progress or tell_nobody)
    return (_write_gif if kind == ".gif" else _write_mp4)(images, path, film_hz)


def _images(
    replay: Replay, make_game: MakeGame, clip: Clip, film_hz: float, on_progress: OnProgress
) -> Iterator[Any]:
    """The pictures of the film: of every frame, or of those that are on time."""
    rate_hz, seen, shown = replay.header.frame_rate_hz, 0, 0
    first, last = clip.from_s * rate_hz, min(clip.to_s * rate_hz, replay.frames)
    for episode in replay.episodes:
        game = make_game()
        picture = Picture(*screen_of(game), clip.scale)
        for _ in executed(episode, game):
            if seen > last:
                return
            if seen >= first and shown <= (seen - first) * film_hz / rate_hz:
                shown += 1
                picture.clear()
                game.draw(picture, clip.player)
                yield picture.image()
            seen += 1
            if seen % 30 == 0:
                on_progress(seen, round(last))


def _write_gif(images: Iterator[Any], path: Path, film_hz: float) -> int:
    first = next(images, None)
    if first is None:
        raise ConfigurationError("file", "nothing was recorded that could be shown")
    rest = [image.quantize(256) for image in images]
    duration_ms = round(1000 / film_hz / 10) * 10
    first.quantize(256).save(
        path, save_all=True, append_images=rest, duration=duration_ms, loop=0, optimize=True
    )
    return 1 + len(rest)


def _write_mp4(images: Iterator[Any], path: Path, film_hz: float) -> int:
    try:
        import av  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise ConfigurationError("out", "MP4 needs PyAV: pip install 'peergym[video]'") from None
    frames: Any = av.VideoFrame  # has no types
    count = 0
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        for image in images:
            if stream is None:
                rate = Fraction(film_hz).limit_denominator(1001)
                stream = container.add_stream("libx264", rate=rate)
                stream.width, stream.height = image.size
                stream.pix_fmt = "yuv420p"
                stream.options = {"crf": "20", "preset": "veryfast"}
            frame: Any = frames.from_image(image)
            frame.pts = count
            for packet in stream.encode(frame):
                container.mux(packet)
            count += 1
        if stream is None:
            raise ConfigurationError("file", "nothing was recorded that could be shown")
        for packet in stream.encode():
            container.mux(packet)
    return count
