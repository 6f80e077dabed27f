"""What is recorded of a match can be read again, whatever happens to the file."""

from __future__ import annotations

import random
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.data.replay import Replay, read_replay
from peergym.data.replay.format import (
    MAX_REPLAY_BYTES,
    MAX_STATE_BYTES,
    Chunk,
    ChunkWriter,
    StateKind,
    read_chunks,
)
from peergym.data.replay.model import RecordedState, ReplayHeader
from peergym.data.replay.span import Figures, Span, SpanCodec
from peergym.data.replay.writer import ReplayWriter
from peergym.errors import ReplayError
from peergym.rollback.binary import BitWriter, WireError
from peergym.rollback.seats import Control
from tests.data.pair import Pair

HEADER = ReplayHeader(
    match_id="m",
    local_peer=0,
    owners=(0, 1),
    input_bits=(2, 5),
    seed=7,
    frame_rate_hz=60.0,
    checksum_interval_frames=60,
)


@pytest.fixture(scope="module")
def pair() -> Pair:
    """A short match of three episodes, left by peer 0."""
    pair = Pair(options={"score_to_win": 1})
    pair.run(1500)
    pair.leave()
    return pair


def test_both_peers_record_the_same_match(pair: Pair) -> None:
    one, other = (read_replay(record) for record in pair.records)
    assert one.is_sealed
    assert other.is_sealed
    assert len(one.episodes) >= 3
    for mine, theirs in zip(one.episodes, other.episodes, strict=True):
        frames = min(len(mine.played_rows), len(theirs.played_rows))
        assert frames > 60
        assert mine.played_rows[:frames] == theirs.played_rows[:frames]
        assert (mine.seed, mine.end_frame, mine.end_checksum) == (
            theirs.seed,
            theirs.end_frame,
            theirs.end_checksum,
        )
        common = mine.checksums.keys() & theirs.checksums.keys()
        assert common
        assert all(mine.checksums[frame] == theirs.checksums[frame] for frame in common)
    assert {row[0] for row in one.episodes[0].rows} == {0, 1, 2}


def test_a_record_says_who_was_guessed(pair: Pair) -> None:
    for peer, record in enumerate(pair.records):
        episode = read_replay(record).episodes[0]
        others = [episode.was_guessed(1 - peer, frame) for frame in range(20, 200)]
        own = [episode.was_guessed(peer, frame) for frame in range(200)]
        assert all(others), "with 50 ms of latency and no delay every remote input is guessed"
        assert not any(own)


def test_a_record_has_figures_of_every_second(pair: Pair) -> None:
    episode = read_replay(pair.records[0]).episodes[0]
    assert len(episode.samples) >= len(episode.rows) // 60
    assert sum(sample.figures.rollbacks for sample in episode.samples) > 3
    assert 90 < episode.samples[-1].figures.rtts_ms[1] < 120


def test_a_crash_loses_at_most_a_second() -> None:
    pair = Pair()
    pair.run(400)
    for record, driver in zip(pair.records, pair.drivers, strict=True):
        replay = read_replay(record)
        assert not replay.is_sealed
        assert replay.reason is None
        held = replay.episodes[0].next_frame
        assert driver.session.confirmed_frame - held <= 60


def test_wherever_a_file_is_torn_off_the_rest_can_be_read(pair: Pair) -> None:
    data = pair.records[0]
    whole = read_replay(data)
    ends = [chunk.end for chunk in read_chunks(data)]
    for end in range(ends[0], len(data), 7):
        torn = read_replay(data[:end])
        assert not torn.is_sealed
        assert torn.sound_bytes == max(each for each in ends if each <= end)
        for mine, theirs in zip(torn.episodes, whole.episodes, strict=False):
            assert theirs.rows[: len(mine.rows)] == mine.rows


def test_a_longer_record_begins_with_the_shorter_one() -> None:
    pair = Pair()
    pair.run(300)
    early = pair.records[0]
    pair.run(300)
    assert len(pair.records[0]) > len(early)
    assert pair.records[0].startswith(early)


def test_every_flipped_bit_is_noticed(pair: Pair) -> None:
    data = pair.records[0]
    sound = read_replay(data)
    generator = random.Random(1)
    for at in {*range(200), *(generator.randrange(len(data)) for _ in range(600))}:
        damaged = bytearray(data)
        damaged[at] ^= 1 << generator.randrange(8)
        try:
            replay = read_replay(bytes(damaged))
        except ReplayError:
            continue
        # A length became so large that the rest looks torn off, and is told to be.
        assert sound.is_sealed
        assert not replay.is_sealed
        assert replay.sound_bytes <= at


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a replay"),
        (b"GIF89a", "not a replay"),
        (b"PGRP", "nothing is in it"),
        (b"PGRP\x01", "torn off"),
        (b"PGRP\x02more", "newer"),
        (b"PGRP" + bytes(200), "format 0"),
        (b"PGRP\x01" + bytes(MAX_REPLAY_BYTES), "bytes"),
    ],
)
def test_what_is_no_replay_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ReplayError, match=words):
        read_replay(data)


def chunked(*chunks: tuple[int, bytes], header: ReplayHeader = HEADER) -> bytes:
    """A file with a header and these chunks, sound in every check."""
    head = ReplayWriter(header).take()
    first = next(read_chunks(head))
    writer = ChunkWriter()
    parts = [writer.begin(), writer.chunk(first.kind, first.payload)]
    return b"".join([*parts, *(writer.chunk(kind, payload) for kind, payload in chunks)])


EPISODE = bytes([0]) + bytes(8) + bytes([0]) + bytes([1, 0, 2, 0])


def rows_bomb() -> bytes:
    """Few bits that say a million frames."""
    out = BitWriter()
    out.golomb(1_000_000, 6)
    return out.to_bytes()


def zlib_bomb() -> bytes:
    """A state of a few kilobytes that unpacks to more than there may be."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes([0, 0]) + deflater.compress(bytes(MAX_STATE_BYTES + 1)) + deflater.flush()


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ([(Chunk.SPAN, b"\0")], "no episode"),
        ([(Chunk.HEADER, b"{}")], "does not know"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.EPISODE, EPISODE)], "after episode"),
        ([(Chunk.EPISODE, EPISODE[:-1])], "needed|ends"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.SPAN, rows_bomb())], "above"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.STATE, zlib_bomb())], "more than"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.STATE, b"\0\0garbage")], "unpacked"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.STATE, b"\x09\0")], "StateKind"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.EPISODE_END, b"\x05" + bytes(8))], "ends at frame 5"),
        ([(Chunk.EPISODE, EPISODE), (Chunk.CONTROL, b"\x07\0\0\0\0")], "above"),
        ([(Chunk.EVENT, b"\0[]")], "JSON object"),
        ([(Chunk.EVENT, b"\0" + b"[" * 4000)], "JSON"),
        ([(Chunk.SEAL, b"\0" + bytes(16))], "another file"),
        ([(0x30, b"")], "newer peergym"),
    ],
)
def test_what_cannot_be_is_refused_and_says_where(
    chunks: list[tuple[int, bytes]], words: str
) -> None:
    with pytest.raises(ReplayError, match=words) as refusal:
        read_replay(chunked(*chunks))
    assert "byte" in str(refusal.value)


def test_many_small_chunks_cannot_stand_for_much() -> None:
    events = [(Chunk.EVENT, b'\0{"event":"x"}')] * 10_001
    with pytest.raises(ReplayError, match="more than 10,000"):
        read_replay(chunked((Chunk.EPISODE, EPISODE), *events))
    out = BitWriter()
    for code in (0, 2 * 4096):  # no rows, 4,096 guesses as the last one was
        out.golomb(code, 6 if code == 0 else 0)
    out.bits(1, 1)
    out.golomb(0, 0)
    out.bits(0, 1)
    spans = [(Chunk.SPAN, out.to_bytes())] * 980
    with pytest.raises(ReplayError, match="frames"):
        read_replay(chunked((Chunk.EPISODE, EPISODE), *spans))


def test_kinds_that_say_nothing_necessary_are_passed_over() -> None:
    replay = read_replay(chunked((Chunk.EPISODE, EPISODE), (0xC7, b"from the future")))
    assert len(replay.episodes) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"owners": ()},
        {"input_bits": (2,)},
        {"frame_rate_hz": 0.0},
        {"checksum_interval_frames": 0},
        {"match_id": "x" * 300},
        {"agents": ("x" * 200,)},
        {"seed": -1},
        {"local_peer": 300},
    ],
)
def test_a_header_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    header = replace(HEADER, **change)
    with pytest.raises(ReplayError, match="HEADER"):
        read_replay(ReplayWriter(header).take())


def test_seats_states_events_and_ends_come_back_as_they_were_written() -> None:
    writer = ReplayWriter(HEADER)
    writer.event(0, "PeerConnected", {"peer": 1})
    writer.episode(3, 99, 0, [Control(0, 0), Control(0, 1)])
    writer.span(Span([(1, 31)] * 70, [2] * 70, [(61, 5)], Figures(3, 9, 1, {1: 50.3})))
    writer.state(RecordedState(StateKind.KEPT, 60, b"state"))
    writer.event(70, "PlayerCut", {"player": 1})
    writer.end_episode(64, 2**64 - 1)
    writer.seal("over")
    replay = read_replay(writer.take())
    (episode,) = replay.episodes
    assert (episode.number, episode.seed, episode.next_frame) == (3, 99, 70)
    assert episode.checksums == {60: 5}
    assert episode.kept() == {60: b"state"}
    assert episode.samples[0].figures == Figures(3, 9, 1, {1: 50.3})
    assert len(episode.played_rows) == 64
    assert (episode.end_frame, episode.end_checksum) == (64, 2**64 - 1)
    assert [happening.name for happening in replay.lobby] == ["PeerConnected"]
    assert episode.happenings[0].fields == {"player": 1}
    assert replay.reason == "over"


FIGURES = st.builds(
    Figures,
    st.integers(0, 500),
    st.integers(0, 5000),
    st.integers(0, 500),
    st.dictionaries(st.integers(0, 255), st.integers(0, 90_000).map(lambda n: n / 10), max_size=8),
)


@given(
    st.lists(
        st.builds(
            Span,
            st.lists(st.tuples(st.integers(0, 3), st.integers(0, 31)), max_size=80),
            st.lists(st.integers(0, 3), max_size=80),
            st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 2**64 - 1)), max_size=4),
            st.none() | FIGURES,
        ),
        max_size=4,
    )
)
def test_spans_come_back_as_they_were_written(spans: list[Span]) -> None:
    writer, reader = SpanCodec((2, 5)), SpanCodec((2, 5))
    assert [reader.decode(writer.encode(span)) for span in spans] == spans


@given(st.binary(max_size=200))
def test_any_bits_are_a_span_or_refused(data: bytes) -> None:
    try:
        span = SpanCodec((2, 5)).decode(data)
    except WireError:
        return
    assert len(span.rows) <= 4096
    assert len(span.guesses) <= 4096


@given(st.binary(max_size=300), st.integers(0, 400), st.data())
def test_any_bytes_behind_a_sound_beginning_are_read_or_refused(
    tail: bytes, cut: int, data: st.DataObject
) -> None:
    sound = chunked((Chunk.EPISODE, EPISODE), (Chunk.SPAN, SpanCodec((2, 5)).encode(Span())))
    kind = data.draw(st.sampled_from([*Chunk, 0x33, 0x99]))
    for attempt in (sound[:cut] + tail, chunked((Chunk.EPISODE, EPISODE), (int(kind), tail))):
        try:
            replay = read_replay(attempt)
        except ReplayError:
            continue
        assert isinstance(replay, Replay)
