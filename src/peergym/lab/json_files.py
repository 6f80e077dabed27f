"""Reading JSON that somebody wrote, with a sentence when it is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError

MOST_BYTES = 4 * 1024 * 1024  # far more than any file of ours


def read_json(path: Path, what: str) -> Any:
    """Read a JSON file.

    Args:
        path: The file.
        what: What it is, for the message.

    Raises:
        ConfigurationError: It cannot be read, is too long, or is no JSON.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(what, f"cannot read {path}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise ConfigurationError(what, f"{path} is longer than {MOST_BYTES} bytes")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(what, f"{path} is no JSON: {error}") from error
