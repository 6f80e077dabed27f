"""A replay as a table: one row for each player of each frame.

The columns are those of `COLUMNS`; `docs/replay.md` says what they mean.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from peergym.data.replay.model import RecordedEpisode, Replay
from peergym.data.replay.span import Figures
from peergym.errors import ConfigurationError

COLUMNS = (
    "episode",
    "frame",
    "time_s",
    "player",
    "agent",
    "peer",
    "is_ai",
    "input",
    "predicted",
    "rollbacks",
    "rollback_frames",
    "stalls",
    "rtt_ms",
)
BATCH_ROWS = 1 << 16
Record = tuple[Any, ...]


def records(replay: Replay) -> Iterator[Record]:
    """The rows of the table, in the order of `COLUMNS`."""
    period_s = 1.0 / replay.header.frame_rate_hz
    for episode in replay.episodes:
        yield from _episode_records(replay, episode, period_s)


def _episode_records(replay: Replay, episode: RecordedEpisode, period_s: float) -> Iterator[Record]:
    players = range(len(replay.header.owners))
    agents = replay.header.agents
    names = [agents[player] if player < len(agents) else str(player) for player in players]
    sample_frames = [sample.frame for sample in episode.samples]
    for frame, inputs in enumerate(episode.played_rows, start=episode.first_frame):
        at = bisect_left(sample_frames, frame)
        figures = episode.samples[at].figures if at < len(sample_frames) else Figures()
        time_s = round(frame * period_s, 6)
        for player in players:
            control = episode.controller(player, frame)
            yield (
                episode.number,
                frame,
                time_s,
                player,
                names[player],
                control.peer if control.peer >= 0 else None,
                control.is_agent,
                inputs[player],
                episode.was_guessed(player, frame),
                figures.rollbacks,
                figures.rollback_frames,
                figures.stalls,
                figures.rtts_ms.get(control.peer),
            )


def write_csv(replay: Replay, path: Path) -> int:
    """Write the table as CSV (RFC 4180, UTF-8), and return how many rows it has."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for record in records(replay):
            writer.writerow([_plain(value) for value in record])
            count += 1
    return count


def write_parquet(replay: Replay, path: Path) -> int:
    """Write the table as Parquet, and return how many rows it has.

    Raises:
        ConfigurationError: PyArrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to import
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            "format", "Parquet needs PyArrow: pip install 'peergym[data]'; CSV needs nothing"
        ) from None
    schema = _schema(pa, replay)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(records(replay)):
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            count += len(batch)
    return count


def _schema(pa: Any, replay: Replay) -> Any:
    inputs = pa.uint64() if max(replay.header.input_bits) <= 64 else pa.string()
    types = {
        "episode": pa.int32(),
        "frame": pa.int32(),
        "time_s": pa.float64(),
        "player": pa.int16(),
        "agent": pa.string(),
        "peer": pa.int16(),
        "is_ai": pa.bool_(),
        "input": inputs,
        "predicted": pa.bool_(),
        "rollbacks": pa.int32(),
        "rollback_frames": pa.int32(),
        "stalls": pa.int32(),
        "rtt_ms": pa.float64(),
    }
    about = {"match_id": replay.header.match_id, "recorded_by": str(replay.header.local_peer)}
    return pa.schema([(name, types[name]) for name in COLUMNS], metadata=about)


def _batches(rows: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _plain(value: Any) -> Any:
    """As CSV has it: nothing for None, 0 and 1 for no and yes."""
    if value is None:
        return ""
    return int(value) if isinstance(value, bool) else value
