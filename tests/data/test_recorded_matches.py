"""Whatever happens in a match, the records of all who were there agree and can be executed."""

from __future__ import annotations

from functools import partial

import pytest

from peergym.data.execution import maker_of
from peergym.data.replay import MatchRecorder, Replay, read_replay
from peergym.data.replay.format import StateKind
from peergym.data.replay.headers import make_header
from peergym.data.replay.model import RecordedEpisode
from peergym.data.verify import Outcome, verify_replay
from peergym.envs import GameAdapter
from peergym.rollback import SessionConfig
from peergym.rollback.config import AbsentPolicy
from peergym.testing import Kind, Mesh, PairConditions, Schedule
from peergym.testing.schedule import parse_happening
from tests.simulation.matches import chaos

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.03)
Recorders = dict[int, MatchRecorder]


def record(
    recorders: Recorders, players: int, config: SessionConfig, game: GameAdapter
) -> MatchRecorder:
    about = {"spec": "chaos", "options": game.options}
    recorder = MatchRecorder(make_header(config, game, about, {}), game.transfer)
    recorders[config.local_peer] = recorder
    return recorder


def recorded_match(
    players: int, frames: int, *happenings: tuple[Kind, str], **fields: object
) -> tuple[Mesh, dict[int, Replay]]:
    """Play a match with things that go wrong. Returns what each peer recorded."""
    recorders: Recorders = {}
    policy = fields.pop("absent_policy", AbsentPolicy.NOOP)
    mesh = Mesh(
        chaos(players),
        NETWORK,
        session={"absent_policy": policy},
        schedule=Schedule(tuple(parse_happening(*each) for each in happenings)),
        make_onlooker=partial(record, recorders, players),
        **fields,
    )
    assert mesh.run_frames(frames)
    for peer in mesh.survivors:
        recorders[peer.peer].close(peer.p2p, "over")
    return mesh, {peer: read_replay(each.take()) for peer, each in recorders.items()}


def inputs_by_frame(episode: RecordedEpisode) -> dict[int, tuple[int, ...]]:
    return dict(enumerate(episode.played_rows, start=episode.first_frame))


def assert_agree(replays: dict[int, Replay]) -> None:
    """All records hold the same inputs and checksums wherever two of them hold any."""
    for one in replays.values():
        for other in replays.values():
            for mine, theirs in zip(one.episodes, other.episodes, strict=False):
                a, b = inputs_by_frame(mine), inputs_by_frame(theirs)
                common = a.keys() & b.keys()
                assert len(common) > 60 or one is not replays[0], "who was there all the time"
                assert all(a[frame] == b[frame] for frame in common)
                checked = mine.checksums.keys() & theirs.checksums.keys()
                assert all(mine.checksums[f] == theirs.checksums[f] for f in checked)


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
def test_a_match_with_a_loss_and_a_return(policy: AbsentPolicy) -> None:
    mesh, replays = recorded_match(
        3, 900, (Kind.DROP, "1@300"), (Kind.REJOIN, "1@550"), absent_policy=policy
    )
    newcomer = max(replays)
    assert newcomer == 3
    assert_agree(replays)
    for peer, replay in replays.items():
        (episode,) = replay.episodes
        result = verify_replay(replay, maker_of(replay))
        assert result.outcome is Outcome.VERIFIED, (peer, result)
        assert result.checksums > 3
    (episode,) = replays[0].episodes
    cut, joined = episode.changes
    assert [cut.player, joined.player] == [1, 1]
    assert joined.control.peer == newcomer
    assert cut.control.is_agent == (policy is AbsentPolicy.AGENT)
    assert episode.controller(1, cut.control.frame - 1).peer == 1
    assert episode.controller(1, joined.control.frame).peer == newcomer
    session = mesh.peers[0].p2p
    for frame in (10, cut.control.frame, joined.control.frame + 5):
        assert episode.controller(1, frame).peer == session.controller(1, frame).peer


def test_who_comes_late_records_from_a_state_on() -> None:
    _, replays = recorded_match(3, 1100, (Kind.DROP, "1@200"), (Kind.REJOIN, "1@600"))
    (episode,) = replays[3].episodes
    assert episode.first_frame > 300
    assert episode.state_at_first_frame() is not None
    assert verify_replay(replays[3], maker_of(replays[3])).outcome is Outcome.VERIFIED


def test_a_desync_that_was_repaired() -> None:
    _, replays = recorded_match(2, 700, (Kind.DESYNC, "1@200"))
    right, wrong = replays[0], replays[1]
    assert verify_replay(right, maker_of(right)).outcome is Outcome.VERIFIED
    result = verify_replay(wrong, maker_of(wrong))
    assert result.outcome is Outcome.REPAIRED, result
    (repair,) = result.repairs
    assert 180 < repair.from_frame <= 201
    assert repair.to_frame > 200
    kinds = [state.kind for state in wrong.episodes[0].states]
    assert kinds.count(StateKind.REPAIRED) == 1
    names = [happening.name for happening in wrong.episodes[0].happenings]
    assert "DesyncDetected" in names
    assert "MatchRepaired" in names


def test_a_recorder_changes_nothing() -> None:
    matches = []
    for looked_at in (True, False):
        recorders: Recorders = {}
        fields = {"make_onlooker": partial(record, recorders, 3)} if looked_at else {}
        mesh = Mesh(
            chaos(3, score_to_win=2),
            NETWORK,
            keeps_wire=True,
            schedule=Schedule((parse_happening(Kind.GOODBYE, "2@250"),)),
            session={"absent_policy": AbsentPolicy.NOOP},
            **fields,
        )
        assert mesh.run_frames(500)
        matches.append({peer.peer: peer.sent for peer in mesh.peers.values()})
        assert bool(recorders) == looked_at
    assert matches[0] == matches[1]
