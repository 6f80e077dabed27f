"""The results of a sweep as CSV and Parquet: a row for each match, the same columns in both."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError
from peergym.lab.networks import FIGURES
from peergym.lab.sweep.grid import AXES
from peergym.lab.sweep.runs import Run

Row = dict[str, Any]

PARQUET_MISSING = "Parquet needs PyArrow: pip install 'peergym[data]'; the CSV has all of it too"


def row_of(run: Run, figures: dict[str, Any]) -> Row:
    """A match as a row: what it was made of, and what came of it."""
    return {
        "game": run.game,
        "frames_wanted": run.frames,
        **{axis: run.value(axis) for axis in AXES},
        **figures,
    }


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write the table as CSV (RFC 4180, UTF-8).

    Raises:
        ConfigurationError: The file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise ConfigurationError("--out", f"cannot write {path}: {error.strerror}") from error


def write_parquet(rows: Sequence[Row], path: Path) -> bool:
    """Write the table as Parquet.

    Returns:
        Whether it could be: without PyArrow it cannot.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra, and slow to import
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        return False
    columns = {name: _column(name, [row[name] for row in rows]) for name in rows[0]}
    try:
        pq.write_table(pa.table(columns), path)
    except OSError as error:
        raise ConfigurationError("--out", f"cannot write {path}: {error}") from error
    return True


def _column(name: str, values: list[Any]) -> list[Any]:
    """The values of a column, of the type that it has in every sweep."""
    if name in FIGURES:
        return [float(value) for value in values]
    if name == "input_delay":  # a number of frames, or the name of a rule
        return [str(value) for value in values]
    return values
