"""What may come in, and what is said of what may not."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import SignallingError
from peergym.signalling.errors import SENTENCES, ErrorCode
from peergym.signalling.messages import (
    CreateRoom,
    JoinRoom,
    Leave,
    QuickMatch,
    Resume,
    read_message,
    read_signal,
)

OFFER = {"type": "offer", "sdp": "v=0\r\na=ice-pwd:a+b/c+d==\r\n"}
CANDIDATE = {
    "candidate": "candidate:1 1 udp 2 192.0.2.7 5000 typ host ufrag a+b",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "a+b",
}


def test_a_request_is_read_with_its_defaults():
    request = read_message(CreateRoom, {"version": "1"})
    assert (request.options, request.input_delay, request.checksum_interval_frames) == (
        {},
        "auto",
        60,
    )


@pytest.mark.parametrize("input_delay", ["auto", "article", 0, 3, 10])
def test_every_input_delay_of_the_lobby_is_read(input_delay):
    request = read_message(CreateRoom, {"version": "1", "input_delay": input_delay})
    assert request.input_delay == input_delay


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (CreateRoom, None),
        (CreateRoom, []),
        (CreateRoom, {}),
        (CreateRoom, {"version": 1}),
        (CreateRoom, {"version": "1", "surprise": 1}),
        (CreateRoom, {"version": "1", "input_delay": 11}),
        (CreateRoom, {"version": "1", "input_delay": -1}),
        (CreateRoom, {"version": "1", "input_delay": 2.5}),
        (CreateRoom, {"version": "1", "input_delay": True}),
        (CreateRoom, {"version": "1", "input_delay": "AUTO"}),
        (CreateRoom, {"version": "1", "checksum_interval_frames": 0}),
        (CreateRoom, {"version": "1", "checksum_interval_frames": 3601}),
        (CreateRoom, {"version": "1", "checksum_interval_frames": "60"}),
        (CreateRoom, {"version": "1", "options": [1]}),
        (CreateRoom, {"version": "1", "options": {"a": "1"}}),
        (CreateRoom, {"version": "1", "options": {"a": None}}),
        (CreateRoom, {"version": "1", "options": {"a": math.nan}}),
        (CreateRoom, {"version": "1", "options": {"a": math.inf}}),
        (JoinRoom, {"version": "1"}),
        (JoinRoom, {"version": "1", "code": 5}),
        (JoinRoom, {"version": "1", "code": "\ud800"}),
        (QuickMatch, {"version": None}),
        (Resume, {"token": 3}),
        (Leave, {}),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(model, data):
    with pytest.raises(SignallingError) as caught:
        read_message(model, data)
    assert caught.value.code == "bad_request"
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        (CreateRoom, {"version": "1" * 101}, "version"),
        (CreateRoom, {"version": "1", "options": {str(n): n for n in range(33)}}, "options"),
        (JoinRoom, {"version": "1", "code": "C" * 21}, "code"),
        (Resume, {"token": "t" * 501}, "token"),
    ],
)
def test_what_is_too_long_is_called_that_and_named(model, data, field):
    with pytest.raises(SignallingError) as caught:
        read_message(model, data)
    assert caught.value.code == "too_large"
    assert str(caught.value).startswith(field)


def test_descriptions_and_candidates_are_carried_letter_by_letter():
    base = {"token": "t", "to": 1}
    description = read_signal({**base, "kind": "description", "payload": OFFER})
    assert description.payload.model_dump() == OFFER
    candidate = read_signal({**base, "kind": "candidate", "payload": CANDIDATE})
    assert candidate.payload.model_dump(by_alias=True) == CANDIDATE
    assert read_signal({**base, "kind": "candidate", "payload": None}).payload is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_letter_of_a_description_is_changed(text):
    data = {"token": "t", "to": 1, "kind": "description", "payload": {"type": "offer", "sdp": text}}
    assert read_signal(data).payload.sdp == text


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "game data"},
        {"kind": None},
        {"kind": ["description"]},
        {"to": -1},
        {"to": 256},
        {"to": "1"},
        {"to": True},
        {"payload": None},
        {"payload": "v=0"},
        {"payload": {"type": "rollback", "sdp": ""}},
        {"payload": {"type": "offer"}},
        {"payload": {"type": "offer", "sdp": 5}},
        {"extra": 1},
        {"kind": "candidate"},
        {"kind": "candidate", "payload": {"candidate": 1}},
        {"kind": "candidate", "payload": {"candidate": "", "sdpMLineIndex": -1}},
    ],
)
def test_signals_that_are_none_are_refused(change):
    data = {"token": "t", "to": 1, "kind": "description", "payload": OFFER}
    assert read_signal(data)
    with pytest.raises(SignallingError) as caught:
        read_signal(data | change)
    assert caught.value.code == "bad_request"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON | st.dictionaries(st.sampled_from(["token", "to", "kind", "payload", "version"]), JSON))
def test_whatever_comes_in_nothing_but_a_refusal_comes_out(data):
    for read in (read_signal, lambda data: read_message(CreateRoom, data)):
        with suppress(SignallingError):
            read(data)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_has_one_sentence(code):
    sentence = SENTENCES[code]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
