"""Any file as a flight recording: it is refused with a sentence, or it is flown again."""

from __future__ import annotations

import json
from typing import Any

from peergym.errors import ConfigurationError
from peergym.rollback.canonical import encode
from peergym.rollback.flight_recorder import (
    MAGIC,
    RECORD,
    Op,
    config_from_json,
    config_to_json,
    read_recording,
    replay,
)
from tests.fuzz.choices import Choices
from tests.rollback.pair import Tally, make_config

ODD_VALUES = (
    None, True, -1, 0, 1, 2, 1.5, 1e308, 10**30, "", "x", "\ud800", [], [0], [0, 0], [0, 1.5],
    [None, 1], [[0], 1], {}, {"a": 1}, {"a": "b"}, {"rule": "automatic"}, {"rule": []},
    {"rule": "article", "most_delay_frames": 9.5}, float("nan"), float("inf"),
)  # fmt: skip
"""What somebody else may have put in the place of any field."""

TIMES_S = (0.0, 0.016, 0.25, 1.0, 11.0, -1.0, 1e9, 1e300, float("nan"), float("inf"))


DEEP = frozenset({"not a recording", "damaged", "impossible", "flown", "differs", "plays"})


def reach(data: bytes) -> set[str]:
    """The first byte says whether the others are a file or decide about one."""
    choices = Choices(data)
    file = choices.pick((_any_file, _with_odd_fields, _with_odd_calls))(choices)
    try:
        recording = read_recording(file)
    except ConfigurationError as error:
        why, is_type, _ = str(error).partition(" cannot be ")  # which field, whatever the value
        damaged = {"damaged", why} if is_type else {"damaged"}
        return damaged if file.startswith(MAGIC) else {"not a recording"}
    assert config_from_json(json.loads(json.dumps(config_to_json(recording.config)))) == (
        recording.config
    )
    try:
        result = replay(recording, encode, Tally(20).execute)
    except ConfigurationError:
        return {"impossible"}
    assert result.calls <= len(recording.calls)
    reached = {"flown" if result.first_difference is None else "differs"}
    return reached | ({"plays"} if result.frames > 0 else set())


def _any_file(choices: Choices) -> bytes:
    return choices.take(choices.left)


def _with_odd_fields(choices: Choices) -> bytes:
    """A recording of nothing with odd values in its header."""
    config: dict[str, Any] = config_to_json(make_config(0))
    fields: dict[str, Any] = {"config": config, "game": {}}
    for _ in range(1 + choices.below(3)):
        of = choices.pick((config, config, config, fields))
        name = choices.pick((*of, "unknown"))
        if choices.flag():
            of[name] = choices.pick(ODD_VALUES)
        else:
            of.pop(name, None)
    return _file(fields) + _calls(choices)


def _with_odd_calls(choices: Choices) -> bytes:
    """A recording with a sound header of odd calls."""
    return _file({"config": config_to_json(make_config(0)), "game": {}}) + _calls(choices)


def _file(fields: dict[str, Any]) -> bytes:
    return MAGIC + json.dumps(fields).encode() + b"\n"


def _calls(choices: Choices) -> bytes:
    calls = bytearray()
    now_s = 0.0
    while choices.left:
        op = choices.pick((*Op, 0, 99))
        if choices.flag():
            now_s = now_s + 0.02 if choices.flag() else choices.pick(TIMES_S)
        payload = choices.take(choices.below(24))
        calls += RECORD.pack(op, now_s, choices.below(4), len(payload)) + payload
    return bytes(calls)
