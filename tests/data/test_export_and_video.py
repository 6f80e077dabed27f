"""A replay becomes a table that other programs read, and a film that players show."""

from __future__ import annotations

import csv
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from peergym.data.execution import maker_of
from peergym.data.export import COLUMNS, write_csv, write_parquet
from peergym.data.picture import Picture
from peergym.data.replay import Replay, read_replay
from peergym.data.video import Clip, write_video
from peergym.errors import ConfigurationError
from tests.data.pair import Pair


@pytest.fixture(scope="module")
def replay() -> Replay:
    """What peer 0 recorded of a few seconds."""
    pair = Pair()
    pair.run(420)
    pair.leave()
    return read_replay(pair.records[0])


def test_csv_has_a_row_for_each_player_of_each_frame(replay: Replay, tmp_path: Path) -> None:
    path = tmp_path / "match.csv"
    assert write_csv(replay, path) == 2 * replay.frames
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    episode = replay.episodes[0]
    for row in rows:
        frame, player = int(row["frame"]), int(row["player"])
        assert int(row["input"]) == episode.rows[frame][player]
        assert int(row["predicted"]) == episode.was_guessed(player, frame)
        assert row["peer"] == str(player)
        assert row["agent"] == ("left", "right")[player]
        assert (row["rtt_ms"] == "") == (player == 0)
    by_second = {row["frame"]: int(row["rollbacks"]) for row in rows}
    assert max(by_second.values()) > 0
    assert 90 < float(rows[-1]["rtt_ms"]) < 120


def test_parquet_and_csv_hold_the_same(replay: Replay, tmp_path: Path) -> None:
    write_csv(replay, tmp_path / "match.csv")
    write_parquet(replay, tmp_path / "match.parquet")
    table = pq.read_table(tmp_path / "match.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert table.schema.metadata[b"match_id"] == replay.header.match_id.encode()
    with (tmp_path / "match.csv").open(newline="", encoding="utf-8") as file:
        texts = [row["input"] for row in csv.DictReader(file)]
    assert [str(value) for value in table["input"].to_pylist()] == texts


def test_a_film_shows_what_was_played(replay: Replay, tmp_path: Path) -> None:
    path = tmp_path / "match.mp4"
    count = write_video(replay, maker_of(replay), path, Clip(1.0, 3.0, scale=0.5))
    with av.open(str(path)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 60
    assert len(frames) == count == 121
    assert frames[0].shape == (300, 400, 3)
    moved = np.abs(frames[0].astype(int) - frames[-1].astype(int)).max(axis=2) > 60
    assert 10 < moved.sum() < 4000, "the ball and the paddles, and nothing else"


def test_a_gif_is_as_long_as_what_it_shows(replay: Replay, tmp_path: Path) -> None:
    path = tmp_path / "match.gif"
    count = write_video(replay, maker_of(replay), path, Clip(0.0, 2.0, scale=0.3))
    with Image.open(path) as film:
        durations = []
        for index in range(film.n_frames):
            film.seek(index)
            durations.append(film.info["duration"])
    assert count == 51
    assert 1900 <= sum(durations) <= 2100


@pytest.mark.parametrize(
    ("name", "clip", "words"),
    [
        ("match.avi", Clip(), "mp4 or .gif"),
        ("match.mp4", Clip(scale=0.0), "scale"),
        ("match.mp4", Clip(from_s=90.0), "nothing was played then"),
    ],
)
def test_what_cannot_be_filmed_is_told(
    replay: Replay, tmp_path: Path, name: str, clip: Clip, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        write_video(replay, maker_of(replay), tmp_path / name, clip)
    assert not (tmp_path / name).exists()


def test_a_picture_has_the_shapes_where_a_page_has_them() -> None:
    picture = Picture(40, 30)
    picture.clear("#102030")
    picture.rectangle(10, 5, 8, 4, "#ff0000")
    picture.circle(30, 20, 5, (0, 255, 0))
    picture.line(0, 29, 40, 29, "#0000ff", width=2)
    picture.polygon([(2, 20), (8, 20), (5, 26)], "#ffff0080")
    picture.text("I", 20, 15, 10, "#ffffff", align="centre")
    image = picture.image()
    assert image.size == (40, 30)
    assert image.getpixel((1, 1)) == (0x10, 0x20, 0x30)
    assert image.getpixel((10, 5)) == image.getpixel((17, 8)) == (255, 0, 0)
    assert image.getpixel((18, 6)) == image.getpixel((9, 6)) == (0x10, 0x20, 0x30)
    assert image.getpixel((30, 20)) == (0, 255, 0)
    assert image.getpixel((20, 29)) == (0, 0, 255)
    blended = image.getpixel((5, 22))
    assert 120 < blended[0] < 150, "half of the yellow"
    letter = image.crop((17, 9, 24, 21)).convert("L")
    assert letter.getextrema()[1] > 120, "something bright stands there"
