"""Recordings of paths: what is read, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.testing.packet_trace import PacketTrace, parse_packet_trace, read_packet_trace

GOOD = """\
# recorded by hand
delay_ms,note
4.5,first
lost,gone
,gone too
"12",quoted

0
"""


def test_times_losses_headings_and_remarks_are_told_apart() -> None:
    trace = parse_packet_trace(GOOD.splitlines(), "good")
    assert trace.delays_s == (0.0045, None, None, 0.012, None, 0.0)
    assert trace.loss == 0.5
    assert trace.mean_delay_s == pytest.approx(0.0055)


def test_a_first_line_that_is_a_number_is_no_heading() -> None:
    assert parse_packet_trace(["7", "8"], "plain").delays_s == (0.007, 0.008)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\nsoon\n", "line 2: a time of 0 to 10000 ms, or 'lost', not 'soon'"),
        ("-1\n", "line 1"),
        ("1\n1e9\n", "line 2"),
        ("delay\nnan\n", "line 2"),
        ("heading\nanother\n", "line 2"),
        ("", "no packet ever arrived"),
        ("lost\n\nlost\n", "no packet ever arrived"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse_packet_trace(text.splitlines(), "bad")


def test_a_file_that_cannot_be_read_or_is_no_text_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_packet_trace(tmp_path / "missing.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ConfigurationError, match="no text"):
        read_packet_trace(binary)


@given(st.lists(st.none() | st.floats(0, 10), min_size=1))
def test_what_is_written_is_what_is_read(delays_s: list[float | None]) -> None:
    lines = ["lost" if delay_s is None else repr(delay_s * 1000) for delay_s in delays_s]
    if all(delay_s is None for delay_s in delays_s):
        with pytest.raises(ConfigurationError):
            parse_packet_trace(lines, "written")
        return
    read = parse_packet_trace(lines, "written")
    assert read == PacketTrace("written", read.delays_s)
    for one, other in zip(read.delays_s, delays_s, strict=True):
        assert one == (other if other is None else pytest.approx(other))
