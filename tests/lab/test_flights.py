"""What the benchmark of lost packets reads from two flight recordings is what really happened.

Matches are simulated, where every latency is known, and recorded as two pages would.
"""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from benchmarks.flights import Flight, Flyer, OtherBytesError, evaluate, latencies_ms, percentile
from peergym.envs import GameAdapter
from peergym.envs.maker import game_maker
from peergym.games.catalogue import find_game
from peergym.lab.probe import InputBook
from peergym.lab.run import ProbedRecorder
from peergym.rollback import SessionConfig
from peergym.testing import Mesh, PairConditions, PeerClock
from peergym.testing.conditions import Transport

FRAMES = 300
COUNTED = range(60, FRAMES)
OFFSET_S = 7.25


def make_session(book: InputBook, config: SessionConfig, game: GameAdapter) -> ProbedRecorder:
    about = {"spec": "pong", "options": game.options}
    session = ProbedRecorder(
        config, game.canonical, about, restore=game.restore, transfer=game.transfer
    )
    session.attach(book)
    return session


def play(delay_frames: int = 0, **network: float | str) -> Mesh:
    """A recorded match, of which the second peer's clock is seconds ahead."""
    book = InputBook()
    mesh = Mesh(
        game_maker(find_game("pong"), 2, {"score_to_win": 21}),
        PairConditions(rtt_s=0.06, **network),
        clocks={1: PeerClock(offset_s=OFFSET_S)},
        session={"input_delay": delay_frames},
        make_session=partial(make_session, book),
    )
    book.now_s = lambda: mesh.clock.now_s
    assert mesh.run_frames(FRAMES + 60)
    return mesh


def fly(mesh: Mesh, origins_ms: tuple[float, float] = (0.0, -1000.0 * OFFSET_S)) -> list[Flight]:
    recordings = [mesh.peers[peer].session.recording() for peer in (0, 1)]
    return [
        Flyer(recording, origin_ms).fly()
        for recording, origin_ms in zip(recordings, origins_ms, strict=True)
    ]


@pytest.mark.parametrize("delay_frames", [0, 3])
def test_on_a_quiet_way_every_input_is_held_half_a_round_trip_after_it_was_given(
    delay_frames: int,
) -> None:
    first, second = fly(play(delay_frames))
    both = latencies_ms(first, second, COUNTED) + latencies_ms(second, first, COUNTED)
    assert both == pytest.approx([30.0] * len(both), abs=0.01)


@pytest.mark.parametrize("transport", list(Transport))
def test_with_losses_the_latencies_are_those_that_a_look_into_both_sessions_gives(
    transport: Transport,
) -> None:
    mesh = play(loss=0.05, transport=transport)
    flights = fly(mesh)
    for peer, (sender, receiver) in enumerate([flights[::-1], flights]):
        seen = mesh.peers[peer].session.probe.counts.held_tenths
        frames = range(len(receiver.held_ms))
        told = Counter(round(10 * late) for late in latencies_ms(sender, receiver, frames))
        assert max(seen) > 400  # tenths of a millisecond: something was late
        assert told == seen


def test_rollbacks_and_waits_are_those_of_the_sessions() -> None:
    mesh = play(loss=0.05, transport=Transport.ORDERED)
    for peer, flight in enumerate(fly(mesh)):
        figures = mesh.peers[peer].session.statistics()
        assert len(flight.depths) == figures.rollbacks > 0
        assert sum(flight.depths.values()) == figures.rollback_frames
        assert flight.stalled.total() == figures.stalls > 0


def test_how_far_the_clocks_are_apart_makes_no_difference() -> None:
    mesh = play(loss=0.05)
    quiet = range(30, 31)  # whatever it is, both directions are put right by the same
    ways = [evaluate(fly(mesh, (0.0, apart_ms)), quiet, COUNTED) for apart_ms in (0.0, 400.0)]
    assert ways[0].latencies_ms == pytest.approx(ways[1].latencies_ms, abs=0.01)
    assert ways[0].summary()["frames_per_s"] == pytest.approx(60.0, rel=0.02)


def test_a_recording_that_does_not_come_out_the_same_is_refused() -> None:
    [recording, _] = [mesh_peer.session.recording() for mesh_peer in play().peers.values()]
    damaged = bytearray(recording)
    flown = Flyer(recording)
    drain = next(call for call in flown.recording.calls if call.op.name == "DATAGRAMS_TO_SEND")
    damaged[damaged.index(drain.payload)] ^= 1
    with pytest.raises(OtherBytesError, match="datagrams_to_send"):
        Flyer(bytes(damaged)).fly()


@pytest.mark.parametrize(
    ("level", "expected"), [(0.1, 1), (50, 50), (95, 95), (99, 99), (99.9, 100), (100, 100)]
)
def test_a_percentile_is_a_value_that_was_measured(level: float, expected: float) -> None:
    assert percentile([float(value) for value in range(100, 0, -1)], level) == expected
