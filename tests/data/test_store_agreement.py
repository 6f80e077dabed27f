"""Two records of a match are one history, or it is told from which frame on they are not."""

from __future__ import annotations

import pytest

from peergym.data.replay import read_replay
from peergym.data.store_agreement import compare_records
from peergym.data.store_model import Agreeing, Agreement
from tests.data.pair import Pair
from tests.data.records import played, rewritten, short, with_flipped_input


def compare(*records):
    replays = [read_replay(record) for record in records]
    found = compare_records(dict(enumerate(replays)))
    backwards = compare_records(dict(reversed(list(enumerate(replays)))))
    assert found == backwards
    return found


def test_both_records_of_a_match_are_equal_in_all_they_have_in_common():
    found = compare(played(peer=0), played(peer=1))
    assert found.state is Agreeing.EQUAL
    lengths = [read_replay(played(peer=peer)).frames for peer in (0, 1)]
    assert found.frames == min(lengths) > 800


@pytest.mark.parametrize("frame", [0, 1, 59, 60, 500])
@pytest.mark.parametrize("peer", [0, 1])
def test_one_flipped_input_is_found_at_its_frame(frame, peer):
    records = [played(peer=0), played(peer=1)]
    records[peer] = with_flipped_input(records[peer], frame, player=1)
    assert read_replay(records[peer]).is_sealed
    found = compare(*records)
    assert (found.state, found.episode, found.from_frame) == (Agreeing.DIFFERS, 0, frame)
    assert (found.what, found.peers) == ("inputs", (0, 1))


def test_a_changed_checksum_is_found_at_its_frame():
    def change(first, span):
        if first <= 600 < first + len(span.rows):
            span.checksums = [(distance, value ^ 1) for distance, value in span.checksums]

    found = compare(played(peer=0), rewritten(played(peer=1), spans=change))
    assert (found.state, found.what) == (Agreeing.DIFFERS, "checksum")
    assert 540 <= found.from_frame <= 660


def test_what_only_one_has_is_no_difference():
    whole = played(peer=0)
    torn = played(peer=1)[:-300]
    found = compare(whole, torn)
    assert found.state is Agreeing.EQUAL
    assert 0 < found.frames < read_replay(whole).frames
    assert compare(whole).state is Agreeing.SINGLE
    header_only = rewritten(whole, spans=lambda _, span: span.rows.clear())
    assert compare(whole, header_only).state is Agreeing.PENDING


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 8), ("owners", [1, 0]), ("frame_rate_hz", 30.0)]
)
def test_records_of_other_agreements_differ_from_the_beginning(name, value):
    changed = rewritten(played(peer=1), header=lambda header: header.update({name: value}))
    found = compare(played(peer=0), changed)
    assert found == Agreement(Agreeing.DIFFERS, 0, 0, "header", (0, 1), 0)


def test_of_three_records_the_two_that_differ_first_are_named():
    records = [short(peer=peer)[-1] for peer in (0, 1, 2)]
    late, early = with_flipped_input(records[1], 300), with_flipped_input(records[2], 100)
    found = compare(records[0], late, early)
    assert (found.from_frame, found.peers) == (100, (0, 2))


def test_episodes_are_compared_one_by_one_with_their_ends():
    pair = Pair(options={"score_to_win": 1})
    pair.run(1200)
    pair.leave()
    one, other = (read_replay(record) for record in pair.records)
    ended = [episode for episode in one.episodes if episode.end_frame is not None]
    assert len(ended) > 1
    assert compare_records({0: one, 1: other}).state is Agreeing.EQUAL
    ended[1].end_checksum ^= 1
    found = compare_records({0: one, 1: other})
    assert (found.episode, found.from_frame, found.what) == (1, ended[1].end_frame, "end")
    ended[1].end_frame -= 1
    assert compare_records({0: one, 1: other}).from_frame == ended[1].end_frame
    # One peer goes on where the game was over for the other.
    other.episodes[1].end_frame = None
    later = ended[1].end_frame + 60
    other.episodes[1].checksums[later] = 1
    assert compare_records({0: one, 1: other}).what == "end"
