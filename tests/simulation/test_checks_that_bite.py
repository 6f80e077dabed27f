"""The oracle and the checkers find planted faults; a test that cannot fail is a defect."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import peergym.testing.oracle
from peergym.errors import InvariantError
from peergym.rollback import AdvanceFrame, LoadState, P2PSession, Request, SaveState, SnapshotSlot
from peergym.rollback.requests import ResetEpisode
from peergym.testing import Mesh, PairConditions, RequestChecker, ScriptedInputs, judge
from peergym.testing.oracle import true_checksums
from tests.simulation.matches import chaos

NETWORK = PairConditions(rtt_s=0.1, loss=0.03)


class ForgetsCorrections(P2PSession):
    """Says that predictions were right, now and then."""

    def advance_frame(self, now_s: float) -> list[Request]:
        if self.current_frame % 5 == 4:
            for queue in self._episode.sync.queues:
                queue.acknowledge_rollback()
        return super().advance_frame(now_s)


class SeesAnotherInput(P2PSession):
    """Takes one input of another player for something else."""

    def advance_frame(self, now_s: float) -> list[Request]:
        requests = super().advance_frame(now_s)
        for request in requests:
            if isinstance(request, AdvanceFrame) and request.frame == 100:
                other = 1 - self.config.local_peer
                inputs = list(request.inputs)
                inputs[other] = (inputs[other] + 1) % 4
                request.inputs = tuple(inputs)
        return requests


@pytest.mark.parametrize("faulty", [ForgetsCorrections, SeesAnotherInput])
def test_the_oracle_finds_a_session_that_goes_wrong(faulty: type[P2PSession]) -> None:
    def make(config: Any, game: Any) -> P2PSession:
        return (faulty if config.local_peer == 1 else P2PSession)(config, game.canonical)

    mesh = Mesh(chaos(), NETWORK, make_session=make, seed=1)
    mesh.run(8.0)
    verdict = judge(mesh)
    assert verdict.frames > 200
    assert verdict.diverged > 50
    assert verdict.first_diverged is not None


def test_the_oracle_and_a_second_run_of_it_agree_and_other_inputs_do_not() -> None:
    script = ScriptedInputs(1, (4, 4))
    inputs = [(script.value(0, 0, frame), script.value(1, 0, frame)) for frame in range(200)]
    true = list(true_checksums(chaos(), 5, inputs))
    assert true == list(true_checksums(chaos(), 5, inputs))
    assert len(set(true)) == 201
    wrong = [*inputs[:50], (inputs[50][0] ^ 1, inputs[50][1]), *inputs[51:]]
    other = list(true_checksums(chaos(), 5, wrong))
    assert other[:51] == true[:51]
    assert all(a != b for a, b in zip(other[51:], true[51:], strict=True)), "for ever"


def test_the_oracle_knows_nothing_of_sessions() -> None:
    tree = ast.parse(Path(peergym.testing.oracle.__file__).read_text())
    imported = [
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    ] + [
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    ]
    assert [name for name in imported if name.startswith("peergym")] == ["peergym.envs.maker"]


def test_scripted_inputs_change_four_times_a_second_and_take_all_values() -> None:
    script = ScriptedInputs(3, (3, 3))
    for player in (0, 1):
        values = [script.value(player, 0, frame) for frame in range(60 * 60)]
        changes = sum(a != b for a, b in pairwise(values))
        assert 3.3 < changes / 60 < 4.7
        assert set(values) == {0, 1, 2}


def test_scripted_inputs_do_not_depend_on_the_order_of_asking() -> None:
    one, other = ScriptedInputs(3, (4, 4)), ScriptedInputs(3, (4, 4))
    forwards = [one.value(player, 1, frame) for player in (0, 1) for frame in range(100)]
    backwards = [
        other.value(player, 1, frame) for player in (1, 0) for frame in reversed(range(100))
    ]
    assert forwards[:100] == backwards[100:][::-1]
    assert forwards[100:] == backwards[:100][::-1]
    assert forwards[:100] != [one.value(0, 2, frame) for frame in range(100)]


# --- legal and illegal lists of requests


def slot(frame: int) -> SnapshotSlot:
    made = SnapshotSlot(frame)
    made.put(("state", frame))
    return made


class Lists:
    """Lists of requests for a game that is at frame 3 and saved at every frame."""

    def __init__(self) -> None:
        self.checker = RequestChecker(window_frames=2, local_players=(0,))
        self.slots = [slot(frame) for frame in range(6)]
        self.checker.check(
            [ResetEpisode(0, 1), SaveState(0, self.slots[0]), AdvanceFrame(0, (1, 1), False)]
        )
        for frame in (1, 2):
            self.checker.check(
                [SaveState(frame, self.slots[frame]), AdvanceFrame(frame, (1, 1), False)]
            )

    def load(self, frame: int) -> LoadState:
        return LoadState(frame, self.slots[frame].state)

    def save(self, frame: int) -> SaveState:
        return SaveState(frame, self.slots[frame])


def again(frame: int, *inputs: int) -> AdvanceFrame:
    return AdvanceFrame(frame, inputs or (1, 2), True)


def test_a_rollback_in_legal_order_passes_and_is_counted() -> None:
    lists = Lists()
    lists.checker.check(
        [
            lists.load(1),
            again(1),
            lists.save(2),
            again(2),
            lists.save(3),
            AdvanceFrame(3, (0, 0), False),
        ]
    )
    counts = lists.checker.counts
    assert (counts.rollbacks, counts.rollback_frames, counts.max_depth_frames) == (1, 2, 2)
    assert counts.frames == 4


@pytest.mark.parametrize(
    "illegal",
    [
        pytest.param(lambda o: [AdvanceFrame(4, (0, 0), False)], id="skips a frame"),
        pytest.param(lambda o: [AdvanceFrame(3, (0, 0), True)], id="calls a new frame old"),
        pytest.param(
            lambda o: [o.load(1), AdvanceFrame(1, (1, 1), False)], id="calls an old frame new"
        ),
        pytest.param(lambda o: [o.load(1), again(1)], id="stops in the past"),
        pytest.param(
            lambda o: [o.load(0), again(0), again(1), again(2)], id="deeper than the window"
        ),
        pytest.param(lambda o: [o.save(2)], id="saves under the wrong frame"),
        pytest.param(lambda o: [o.save(3), o.load(2), again(2)], id="loads in the middle"),
        pytest.param(lambda o: [LoadState(2, ("state", 2)), again(2)], id="loads another state"),
        pytest.param(lambda o: [LoadState(4, None)], id="loads what was never saved"),
        pytest.param(
            lambda o: [AdvanceFrame(3, (0, 0), False), AdvanceFrame(4, (0, 0), False)],
            id="two new frames",
        ),
        pytest.param(lambda o: [o.load(2), again(2, 0, 2)], id="corrects our own input"),
        pytest.param(lambda o: [ResetEpisode(2, 1)], id="leaves an episode out"),
        pytest.param(lambda o: [o.save(3), ResetEpisode(1, 1)], id="resets in the middle"),
    ],
)
def test_a_list_of_requests_that_is_not_legal_is_refused(
    illegal: Callable[[Lists], list[Request]],
) -> None:
    lists = Lists()
    with pytest.raises(InvariantError):
        lists.checker.check(illegal(lists))


def test_what_is_final_may_not_be_loaded_any_more() -> None:
    lists = Lists()
    lists.checker.forget_final(confirmed_frame=1)
    with pytest.raises(InvariantError, match="not saved"):
        lists.checker.check([lists.load(1), again(1), again(2)])
