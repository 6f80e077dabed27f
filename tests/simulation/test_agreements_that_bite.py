"""The judge of agreements finds what is wrong with them; what was sound is told otherwise here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from peergym.rollback.seats import Control
from peergym.testing import Mesh, MeshPeer, judge
from tests.simulation.losses import cuts, lose_unequally, lossy_match

LOST = 2


def match_with_a_cut() -> Mesh:
    """A match in which survivors held different amounts, and agreed some seconds ago."""
    mesh = lossy_match(3, session={"prediction_window": 12})
    lose_unequally(mesh, lost=LOST, ahead={1: 5})
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    mesh.run(5.0)
    return mesh


def tell_all(by_frames: int) -> Callable[[Mesh], None]:
    """All are told the same cut, so many frames from the right one."""

    def tell(mesh: Mesh) -> None:
        for peer in mesh.survivors:
            shift(peer, by_frames)

    return tell


def shift(peer: MeshPeer, by_frames: int) -> None:
    (change,) = peer.seat_log.changes
    peer.seat_log.changes[0] = replace(change, frame=change.frame + by_frames)


def tell_one_otherwise(mesh: Mesh) -> None:
    shift(mesh.peers[1], 1)


def tell_one_of_another_epoch(mesh: Mesh) -> None:
    changes = mesh.peers[1].seat_log.changes
    changes[0] = replace(changes[0], epoch=changes[0].epoch + 1)


def tell_one_nothing(mesh: Mesh) -> None:
    mesh.peers[1].seat_log.changes.clear()


def mistake_the_runner(mesh: Mesh) -> None:
    cut = cuts(mesh.peers[0])[0][1]
    mesh.peers[0].p2p._roster.seats.change(LOST, Control(cut + 1, 1))


def test_a_sound_agreement_is_no_complaint() -> None:
    assert judge(match_with_a_cut()).complaints == ()


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (tell_all(-6), "cut at"),
        (tell_all(1), "cut at"),
        (tell_one_otherwise, "not agreed"),
        (tell_one_of_another_epoch, "was not told"),
        (tell_one_nothing, "peer 1 was not told"),
        (mistake_the_runner, "says that player 2 was run by 1"),
    ],
    ids=["lower", "higher", "otherwise", "another epoch", "nothing", "runner"],
)
def test_a_wrong_agreement_is_a_complaint(spoil: Callable[[Mesh], None], complaint: str) -> None:
    mesh = match_with_a_cut()
    spoil(mesh)
    assert any(complaint in each for each in judge(mesh).complaints)
