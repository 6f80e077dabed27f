"""Checksums of one episode, compared with those of others: who counts from when, what is kept."""

from __future__ import annotations

from collections.abc import Iterable

from peergym.rollback.canonical import checksum, encode
from peergym.rollback.desync import MOST_OWN_CHECKSUMS, ChecksumComparer, Mismatch
from peergym.rollback.snapshots import Snapshots


class Bench:
    """A comparer with the states that it is given."""

    def __init__(self, peers: tuple[int, ...] = (1, 2), interval: int = 1) -> None:
        self.comparer = ChecksumComparer(peers, encode, interval)
        self.snapshots = Snapshots()

    def confirm(self, frames: Iterable[int]) -> None:
        """The states of these frames become final; each is its own number."""
        for frame in frames:
            self.snapshots.new_slot(frame).put(frame)
            self.comparer.compute(self.snapshots, frame - 1, None)

    def report(self, peer: int, frames: Iterable[int], off_by: int = 0) -> None:
        """A peer has states that differ from ours by so much."""
        for frame in frames:
            self.comparer.add_report(peer, frame, checksum(encode(frame + off_by)))

    def mismatch(self) -> Mismatch | None:
        """What is found now."""
        return self.comparer.compare()


def test_equal_states_are_kept_only_as_far_as_everybody_has_reported_them() -> None:
    bench = Bench()
    bench.confirm(range(20))
    bench.report(1, range(15))
    bench.report(2, range(10))
    assert bench.mismatch() is None
    bench.confirm([20])
    assert bench.comparer.last_equal_frame == 9
    assert bench.comparer.last_equal == (9, 9)


def test_a_peer_counts_from_the_frame_with_which_it_was_added() -> None:
    bench = Bench(peers=(1,))
    bench.comparer.add_peer(2, 10)
    bench.confirm(range(20))
    bench.report(1, range(20))
    bench.report(2, range(10), off_by=5)
    bench.report(2, range(10, 15))
    assert bench.mismatch() is None
    bench.report(2, [15], off_by=5)
    found = bench.mismatch()
    assert found is not None
    assert (found.peer, found.frame, found.last_equal_frame) == (2, 15, 14)


def test_the_last_equal_state_is_found_between_two_checksums() -> None:
    bench = Bench(peers=(1,), interval=10)
    bench.confirm(range(41))
    bench.comparer.add_peer(2, 26)
    bench.report(1, [0, 10, 20, 30, 40])
    assert bench.mismatch() is None
    assert bench.comparer.last_equal == (20, 20)


def test_a_difference_is_told_once_and_waits_for_everybodys_checksum() -> None:
    bench = Bench()
    bench.confirm(range(10))
    bench.report(1, range(10), off_by=1)
    found = bench.mismatch()
    assert found == Mismatch(1, 0, checksum(encode(0)), checksum(encode(1)), -1)
    assert bench.mismatch() is None
    assert bench.comparer.checksums_at_difference({0, 1, 2}) is None
    bench.report(2, [0])
    sums = bench.comparer.checksums_at_difference({0, 1, 2})
    assert sums is not None
    assert [sums[0] == sums[peer] for peer in (0, 1, 2)] == [True, False, True]


def test_somebody_who_came_after_the_difference_is_not_waited_for() -> None:
    bench = Bench(peers=(1,))
    bench.confirm(range(10))
    bench.report(1, [3], off_by=1)
    assert bench.mismatch() is not None
    bench.comparer.add_peer(2, 8)
    assert bench.comparer.checksums_at_difference({0, 1, 2}) is not None


def test_nothing_more_is_kept_after_a_difference() -> None:
    bench = Bench()
    bench.confirm(range(10))
    bench.report(1, range(10), off_by=1)
    assert bench.mismatch() is not None
    before = len(bench.comparer._own)
    bench.confirm(range(10, 500))
    assert len(bench.comparer._own) == before
    assert bench.comparer.next_frame == 500, "the others still hear our checksums"


def test_what_is_kept_is_bounded_if_nobody_reports_and_if_nobody_is_there() -> None:
    mute, alone = Bench(), Bench(peers=())
    for bench in (mute, alone):
        bench.confirm(range(MOST_OWN_CHECKSUMS + 100))
    assert len(mute.comparer._own) == MOST_OWN_CHECKSUMS
    assert len(alone.comparer._own) == 1


def test_after_a_repair_only_those_count_who_were_right() -> None:
    bench = Bench()
    bench.confirm(range(10))
    bench.report(1, [5], off_by=1)
    assert bench.mismatch() is not None
    bench.comparer.resume({2}, 12)
    bench.confirm(range(10, 30))
    bench.report(1, range(10, 20), off_by=1)  # not repaired yet
    bench.report(2, range(10, 30))
    assert bench.mismatch() is None
    bench.comparer.count_again(1, 20)
    bench.report(1, range(15, 20), off_by=1)  # late, from before its repair
    bench.report(1, range(20, 25))
    assert bench.mismatch() is None
    bench.report(1, [25], off_by=1)
    found = bench.mismatch()
    assert found is not None
    assert (found.peer, found.frame, found.last_equal_frame) == (1, 25, 24)


def test_whoever_is_gone_is_neither_compared_nor_waited_for() -> None:
    bench = Bench()
    bench.confirm(range(10))
    bench.report(1, range(10))
    bench.report(2, [5], off_by=1)
    bench.comparer.remove_peer(2)
    bench.report(2, [6], off_by=1)
    assert bench.mismatch() is None
    assert bench.comparer.last_equal_frame == 9


def test_different_ends_are_a_difference() -> None:
    bench = Bench()
    bench.confirm(range(10))
    bench.comparer.note_end(9, 1, "over")
    bench.comparer.add_end_report(1, 9, 1)
    assert bench.mismatch() is None
    bench.comparer.add_end_report(2, 9, 2)
    found = bench.mismatch()
    assert found is not None
    assert (found.peer, found.frame) == (2, 9)
    assert bench.comparer.checksums_at_difference({0, 1, 2}) is None, "nothing is left to repair"


def test_reports_of_others_are_bounded() -> None:
    bench = Bench()
    bench.report(1, range(10_000))
    bench.report(9, range(10_000))  # nobody with whom we compare
    assert sum(map(len, bench.comparer._pending.values())) < 300
    assert bench.comparer.dropped_reports > 9000


def test_one_who_could_not_be_repaired_is_not_told_of_again_at_the_end() -> None:
    bench = Bench(peers=(1, 2))
    bench.confirm(range(10))
    bench.report(1, [5], off_by=1)
    assert bench.mismatch() is not None
    bench.comparer.resume({2}, 10)  # 1 stays as it is
    bench.comparer.note_end(20, checksum(encode(20)), 20)
    bench.comparer.add_end_report(1, 20, 999)
    assert bench.mismatch() is None
    bench.comparer.add_end_report(2, 20, 999)
    found = bench.mismatch()
    assert found is not None
    assert (found.peer, found.frame) == (2, 20)
