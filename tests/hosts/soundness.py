"""What every match of workers' hosts must keep, whoever has come and gone."""

from __future__ import annotations

from itertools import combinations

from peergym.data.replay import read_replay
from peergym.data.store_agreement import compare_records
from peergym.data.store_model import Agreeing
from peergym.data.verify import Outcome, verify_replay
from tests.hosts.worker_room import Page, Room


def check_sound(room: Room, least_common: int = 10) -> None:
    """Check that all confirmed one history, with rollbacks, and that their records are of it.

    Args:
        room: The room.
        least_common: How many checksums each two of those who are there must share.
    """
    for one, other in combinations(room.pages.values(), 2):
        common = one.checksums.keys() & other.checksums.keys()
        if not (one.is_gone or other.is_gone):
            assert len(common) >= least_common, (one.peer, other.peer, len(common))
        differing = [at for at in sorted(common) if one.checksums[at] != other.checksums[at]]
        assert not differing, (one.peer, other.peer, differing[:3])
    for page in room.present:
        states = set(page.checksums.values())
        assert len(states) > 0.9 * len(page.checksums), "the state hardly changed"
        assert not page.named("DesyncDetected")
        assert not page.named("StateRefused")
        if page.seat is not None:
            assert page.session.statistics().rollbacks > 0, page.peer
    _check_records(room)


def _check_records(room: Room) -> None:
    replays = {}
    for page in room.pages.values():
        if page.seat is None:
            assert page.record == b"", "who watches records nothing"
        elif page.record:
            replays[page.peer] = read_replay(page.record)
    for peer, replay in replays.items():
        result = verify_replay(replay, room.make_game)
        assert result.outcome is Outcome.VERIFIED, (peer, result)
        assert result.checksums > 3, peer
    agreement = compare_records(replays)
    assert agreement.state is Agreeing.EQUAL, agreement


def rows_of(page: Page, first: int, last: int) -> list[tuple[int, ...]]:
    """The inputs of all seats that a page recorded in its newest episode, by frame."""
    episode = read_replay(page.record).episodes[-1]
    return episode.rows[first - episode.first_frame : last - episode.first_frame]
