"""The dump of a desync: what is written is read again, and anything else is refused in words."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.rollback import SessionConfig, canonical
from peergym.rollback.canonical import MAX_CANONICAL_BYTES, checksum, encode
from peergym.rollback.desync_dump import (
    MAGIC,
    MAX_INPUT_FRAMES,
    MAX_RECORDING_BYTES,
    make_dump,
    read_dump,
)
from peergym.rollback.flight_recorder import RecordedSession
from peergym.rollback.input_runs import InputRun

CONFIG = SessionConfig(
    owners=(0, 1, 0),
    local_peer=0,
    input_bits=(2, 1, 16),
    match_id="a match",
    seed=5,
    description={"game": "pong", "options": '{"score_to_win": 3}', "python": "3.13"},
)
OURS, THEIRS = encode({"x": 1}), encode({"x": 2})
FACTS: dict[str, Any] = {
    "episode": 2,
    "seed": 2**64 - 1,
    "frame": 120,
    "last_equal_frame": 60,
    "checksums": {0: checksum(OURS), 1: checksum(THEIRS)},
    "states": {0: OURS, 1: THEIRS},
    "last_equal_state": encode({"x": 0}),
    "inputs": [
        InputRun(60, (0, 3) * 30),
        InputRun(58, (1,) * 62),
        InputRun(60, (65535,) * 59),
    ],
    "recording": b"PGFR1\n{}\n",
}
DUMP = make_dump(CONFIG, **FACTS)


def test_everything_that_is_written_is_read_again() -> None:
    dump = read_dump(DUMP)
    assert dump.match_id == "a match"
    assert (dump.episode, dump.seed, dump.local_peer) == (2, 2**64 - 1, 0)
    assert (dump.frame, dump.last_equal_frame) == (120, 60)
    assert (dump.owners, dump.input_bits) == ((0, 1, 0), (2, 1, 16))
    assert dump.states == {0: OURS, 1: THEIRS}
    assert dump.checksums == FACTS["checksums"]
    assert dump.last_equal_state == FACTS["last_equal_state"]
    assert dump.recording == FACTS["recording"]
    assert dump.description == CONFIG.description
    assert dump.peers == (0, 1)


def test_inputs_are_found_by_player_and_frame_as_far_as_they_are_held() -> None:
    dump = read_dump(DUMP)
    assert [dump.input_of(0, frame) for frame in (59, 60, 61, 119, 120)] == [None, 0, 3, 3, None]
    assert [dump.input_of(1, frame) for frame in (57, 58, 119)] == [None, 1, 1]
    assert [dump.input_of(2, frame) for frame in (118, 119)] == [65535, None]


def test_the_game_is_taken_from_the_description_unless_the_host_knows_better() -> None:
    assert read_dump(DUMP).game == {"spec": "pong", "options": {"score_to_win": 3}}
    known = {"spec": "mine.py:Game", "options": {}, "digest": "12"}
    assert read_dump(make_dump(CONFIG, **FACTS, game=known)).game == known
    hashed = SessionConfig(
        owners=(0,), local_peer=0, input_bits=(1,), match_id="m", seed=1,
        description={"game": "pong", "options": "0c5e"},
    )  # fmt: skip
    facts = FACTS | {"inputs": [InputRun(60, (1,))]}
    assert read_dump(make_dump(hashed, **facts)).game == {"spec": "pong", "options": {}}


def test_a_desync_before_any_equal_frame_has_no_equal_state() -> None:
    facts = FACTS | {"frame": 0, "last_equal_frame": -1, "last_equal_state": None}
    dump = read_dump(make_dump(CONFIG, **facts))
    assert dump.last_equal_state is None
    assert dump.last_equal_frame == -1
    assert dump.states == {0: OURS, 1: THEIRS}


def test_seats_that_changed_hands_are_written_as_they_were() -> None:
    assert read_dump(make_dump(CONFIG, **FACTS, owners=(3, 1, -1))).owners == (3, 1, -1)


def test_what_is_too_large_is_left_out_and_the_rest_is_there() -> None:
    facts = FACTS | {
        "states": {0: OURS, 1: bytes(MAX_CANONICAL_BYTES + 1)},
        "recording": bytes(MAX_RECORDING_BYTES + 1),
        "inputs": [InputRun(0, (1,) * (MAX_INPUT_FRAMES + 7)), *FACTS["inputs"][1:]],
    }
    dump = read_dump(make_dump(CONFIG, **facts))
    assert dump.states == {0: OURS}
    assert dump.checksums == FACTS["checksums"]
    assert dump.recording == b""
    assert len(dump.inputs[0]) == MAX_INPUT_FRAMES
    assert dump.first_input_frames[0] == 7
    assert dump.input_of(0, 6) is None


def test_a_state_that_was_none_to_begin_with_makes_the_dump_unusable() -> None:
    facts = FACTS | {"states": {0: OURS, 1: b"\xff"}}
    with pytest.raises(ConfigurationError, match="state of peer 1 is unusable: tag 255"):
        read_dump(make_dump(CONFIG, **facts))


@given(
    st.dictionaries(
        st.integers(0, 255), st.builds(encode, st.lists(st.integers(), max_size=5)), max_size=5
    ),
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 1)), max_size=9), min_size=3, max_size=3),
    st.binary(max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
def test_any_dump_comes_back(
    states: dict[int, bytes], inputs: list[Any], recording: bytes, match_id: str
) -> None:
    config = SessionConfig(
        owners=(0, 1, 2), local_peer=1, input_bits=(1, 2, 3), match_id=match_id, seed=1
    )
    facts = FACTS | {
        "states": states,
        "inputs": [InputRun(60, tuple(run)) for run in inputs],
        "recording": recording,
    }
    data = make_dump(config, **facts)
    dump = read_dump(data)
    assert dump.states == states
    assert dump.inputs == tuple(tuple(run) for run in inputs)
    assert dump.recording == recording
    assert dump.match_id == match_id
    again = facts | {
        "last_equal_state": dump.last_equal_state,
        "game": dump.game,
        "checksums": dump.checksums,
    }
    assert make_dump(config, **again) == data


def unusable(data: bytes) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(ConfigurationError) as refused:
        read_dump(data)
    sentence = str(refused.value)
    assert sentence.startswith("dump: this is no usable desync dump: ")
    assert len(sentence) < 300
    return sentence


def test_files_that_are_something_else_are_called_what_they_are() -> None:
    assert "it is empty" in unusable(b"")
    assert "does not begin like one" in unusable(b"hello")
    assert "does not begin like one" in unusable(pickle.dumps({"states": {}}))
    assert "another version of peergym" in unusable(b"PGDS2\n{}\n")
    assert "flight recording" in unusable(b"PGFR1\n{}\n")


def test_a_file_that_is_cut_off_says_so_wherever_it_ends() -> None:
    assert "header is cut off" in unusable(DUMP[: len(MAGIC) + 20])
    assert "it is cut off" in unusable(DUMP[:-1])
    assert "1 bytes too many" in unusable(DUMP + b"x")
    for size in range(len(DUMP)):
        unusable(DUMP[:size])


def test_a_changed_byte_behind_the_header_is_noticed() -> None:
    body = DUMP.index(b"\n", len(MAGIC)) + 1
    for at in range(body, len(DUMP)):
        changed = bytearray(DUMP)
        changed[at] ^= 0x10
        assert "have been changed" in unusable(bytes(changed))


@given(st.integers(0, len(DUMP) * 8 - 1))
def test_any_flipped_bit_is_refused_in_words_or_read(bit: int) -> None:
    changed = bytearray(DUMP)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        read_dump(bytes(changed))
    except ConfigurationError:
        return


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_are_refused_in_words(data: bytes) -> None:
    unusable(MAGIC + data)


def with_header(change: Callable[[dict[str, Any]], Any]) -> bytes:
    head, separator, body = DUMP[len(MAGIC) :].partition(b"\n")
    fields = json.loads(head)
    change(fields)
    return MAGIC + json.dumps(fields).encode() + separator + body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("match_id", 5),
        ("match_id", "x" * 65),
        ("episode", -1),
        ("episode", 1.0),
        ("episode", True),
        ("seed", 2**64),
        ("frame", 2**31),
        ("frame", "120"),
        ("last_equal_frame", 121),
        ("last_equal_frame", -2),
        ("local_peer", 256),
        ("owners", "0"),
        ("owners", []),
        ("owners", [0, 1]),
        ("owners", [0, 1, 256]),
        ("owners", [0, 1, None]),
        ("owners", [0] * 33),
        ("input_bits", [2, 1, 257]),
        ("input_bits", [0, 0, 0]),
        ("inputs", [0, 0]),
        ("inputs", [0, 0, -1]),
        ("game", []),
        ("description", {"a": 1}),
        ("description", {str(n): "" for n in range(300)}),
        ("description", {"a": "x" * 5000}),
        ("checksums", {"0": 5}),
        ("checksums", {"0": "xyz"}),
        ("checksums", {"0": "g" * 16}),
        ("checksums", {"²": "0" * 16}),
        ("checksums", {"-1": "0" * 16}),
        ("blobs", {}),
        ("blobs", [1]),
        ("blobs", [{}]),
        ("blobs", [{"kind": "state", "peer": 0, "frame": 120, "bytes": -1}]),
        ("blobs", [{"kind": "state", "peer": 0, "frame": 120, "bytes": 2**40}]),
        ("blobs", [{"kind": "inputs", "peer": 0, "frame": 0, "bytes": 1}] * 50),
        ("digest", ""),
        ("digest", None),
    ],
)
def test_a_header_with_a_field_out_of_shape_is_refused(field: str, value: Any) -> None:
    assert read_dump(with_header(lambda fields: None)) == read_dump(DUMP)
    unusable(with_header(lambda fields: fields.update({field: value})))
    unusable(with_header(lambda fields: fields.pop(field)))


def test_what_a_later_version_adds_to_the_header_is_left_alone() -> None:
    assert read_dump(with_header(lambda fields: fields.update(more=[1]))) == read_dump(DUMP)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"frame": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\xff\xfe{\x00}\x00",
        b"1" * 10_000,
        b"{}" + b" " * (1 << 20),
    ],
    ids=range(10),
)
def test_a_header_that_is_a_bomb_or_no_object_is_refused(header: bytes) -> None:
    unusable(MAGIC + header + b"\n")


@pytest.mark.parametrize(
    "inputs",
    [
        None,
        (),
        ((), ()),
        [(), (), ()],
        ((), (), [1]),
        ((4,), (), ()),
        ((-1,), (), ()),
        ((True,), (), ()),
        ((1.0,), (), ()),
        ((0,) * (MAX_INPUT_FRAMES + 1), (), ()),
    ],
    ids=range(10),
)
def test_inputs_that_no_player_can_have_made_are_refused(
    inputs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [InputRun(60, ()), InputRun(60, ()), InputRun(60, ())]
    monkeypatch.setattr(canonical, "encode", lambda value: encode(inputs))
    data = make_dump(CONFIG, **(FACTS | {"inputs": runs}))
    monkeypatch.undo()
    unusable(data)


def test_a_flight_recording_goes_in_as_the_recorder_gives_it() -> None:
    session = RecordedSession(CONFIG, encode, {"spec": "pong"})
    recording = session.recording()
    assert recording
    assert read_dump(make_dump(CONFIG, **(FACTS | {"recording": recording}))).recording == recording
