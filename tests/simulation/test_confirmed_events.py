"""Points are told once, certain, and alike to everybody; sounds may be wrong, and are put right."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.envs.confirmed_events import ConfirmedEvent
from peergym.envs.effects import SAME_EFFECT_FRAMES, StartedEffect
from peergym.games.chaos import Chaos
from peergym.testing import Mesh, MeshPeer, PairConditions
from tests.simulation.matches import PERIOD_S, judge_sound

POINT_ODDS = 16


class Noisy(Chaos):
    """Chaos that is heard: every change of a digest's bits is a click, some are points."""

    metadata: dict[str, Any] = {**Chaos.metadata, "confirmed_effects": ("point",)}

    def __init__(self, players: int = 2) -> None:
        super().__init__(players)
        self.effects: list[str] = []
        self.noted_points = 0  # in every history ever simulated; not part of the state

    def step(self, actions: dict[str, int]) -> Any:
        result = super().step(actions)
        if self.digest % POINT_ODDS == 0:
            self.effects.append("point")
            self.noted_points += 1
        elif self.digest % POINT_ODDS == 1:
            self.effects.append("click")
        return result


class Page:
    """What one peer's page is told."""

    def __init__(self, peer: MeshPeer) -> None:
        self.peer = peer
        self.started: dict[int, StartedEffect] = {}
        self.stopped: set[int] = set()
        self.told: list[ConfirmedEvent] = []

    def take(self) -> None:
        runner = self.peer.runner.runner
        started, stopped = runner.take_effects()
        for effect in started:
            assert effect.id not in self.started
            self.started[effect.id] = effect
        for identity in stopped:
            assert identity in self.started
            assert identity not in self.stopped
            self.stopped.add(identity)
        events = runner.take_confirmed_events(self.peer.session.confirmed_frame)
        assert all(event.frame <= self.peer.session.confirmed_frame for event in events)
        self.told += events


def played(network: PairConditions, **fields: Any) -> tuple[Mesh, list[Page]]:
    mesh = Mesh(lambda: GameAdapter(Noisy(2)), network, **fields)
    pages = [Page(peer) for peer in mesh.peers.values()]
    while mesh.frames < 900:
        mesh.run(PERIOD_S / 2)
        assert mesh.clock.now_s < 60.0
        for page in pages:
            page.take()
    return mesh, pages


def truth(mesh: Mesh, name: str, frames: int) -> list[int]:
    """The frames whose step had this effect in the history that came out."""
    history = mesh.peers[0].history.episodes[0]
    game = GameAdapter(Noisy(2))
    game.reset(history.seed)
    having = []
    for frame, inputs in enumerate(history.inputs[:frames]):
        game.step(inputs)
        having += [frame] * game.take_effects().count(name)
    return having


@pytest.mark.parametrize(
    ("network", "session"),
    [
        (PairConditions(rtt_s=0.12, jitter_s=0.03, loss=0.05), {}),
        (PairConditions(rtt_s=0.12, loss=0.1, burst_packets=4), {"input_delay": 2}),
        (PairConditions(rtt_s=0.12), {"snapshot_interval": 8}),
        (PairConditions(rtt_s=0.12), {"force_rollback_frames": 20}),
        (PairConditions(rtt_s=0.02), {"input_delay": 12}),
    ],
    ids=["loss", "bursts", "sparse", "forced", "known long before"],
)
def test_every_point_is_told_once_when_it_is_certain_and_to_everybody(
    network: PairConditions, session: dict[str, Any]
) -> None:
    mesh, pages = played(network, session=session, seed=2)
    is_predicted = session.get("input_delay", 0) < 12
    # Sparsely saved, not every frame is compared; who else judges that is `test_saving.py`.
    if "snapshot_interval" not in session:
        judge_sound(mesh, 900, expect_rollbacks=is_predicted)
    true = truth(mesh, "point", 900)
    assert len(true) > 30
    for page in pages:
        told = [event.frame for event in page.told]
        assert [frame for frame in told if frame < 900] == true
        game = page.peer.game.env
        if is_predicted:
            assert game.noted_points > len(told) + 5, "points were taken back"
        assert not any(effect.name == "point" for effect in page.started.values())


def test_a_point_is_told_about_a_round_trip_later() -> None:
    network = PairConditions(rtt_s=0.2)
    mesh = Mesh(lambda: GameAdapter(Noisy(2)), network, seed=2)
    page = Page(mesh.peers[0])
    late_frames = []
    while mesh.frames < 600:
        mesh.run(PERIOD_S / 2)
        before = len(page.told)
        page.take()
        frame = mesh.peers[0].session.current_frame
        late_frames += [frame - event.frame for event in page.told[before:]]
    assert len(late_frames) > 20
    assert min(late_frames) >= 6
    assert max(late_frames) <= 16


def test_what_is_heard_in_the_end_is_what_happened() -> None:
    mesh, pages = played(PairConditions(rtt_s=0.12, jitter_s=0.03, loss=0.05), seed=4)
    judge_sound(mesh, 900)
    settled = 900 - SAME_EFFECT_FRAMES
    true = truth(mesh, "click", 900)
    for page in pages:
        assert page.stopped, "something was heard that never happened"
        assert any(effect.late_frames for effect in page.started.values())
        kept = [e.frame for e in page.started.values() if e.id not in page.stopped]
        assert (
            abs(len([f for f in kept if f < settled]) - len([f for f in true if f < settled])) <= 1
        )
        for frame in true:
            if frame < settled:
                assert any(abs(frame - heard) <= SAME_EFFECT_FRAMES for heard in kept)
