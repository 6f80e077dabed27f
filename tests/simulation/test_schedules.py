"""Scripts of what goes wrong: written, read, refused, and carried out at the frame they say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.rollback.config import AbsentPolicy
from peergym.rollback.events import PeerLeft, PeerLost
from peergym.testing import Happening, Kind, Mesh, PairConditions, Schedule
from peergym.testing.schedule import WITH_LENGTH, parse_happening, schedule_from_json
from tests.simulation.matches import chaos, judge_sound, match

NETWORK = PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.02)

numbers = st.integers(0, 255)
single = st.sampled_from([kind for kind in Kind if kind is not Kind.PARTITION])
happenings = st.builds(
    lambda kind, frame, player, length: Happening(
        kind=kind,
        frame=frame,
        player=player,
        length_frames=length if kind in WITH_LENGTH else 0,
    ),
    single,
    st.integers(0, 10_000),
    numbers,
    st.integers(1, 10_000),
) | st.builds(
    lambda frame, players, at, length: Happening(
        kind=Kind.PARTITION,
        frame=frame,
        groups=(tuple(players[:at]), tuple(players[at:])),
        length_frames=length,
    ),
    st.integers(0, 10_000),
    st.lists(numbers, min_size=3, max_size=8, unique=True),
    st.integers(1, 2),
    st.integers(1, 10_000),
)


@given(st.lists(happenings, max_size=6))
def test_a_schedule_that_was_written_reads_back_as_the_same(drawn: list[Happening]) -> None:
    schedule = Schedule(tuple(drawn))
    assert schedule_from_json(json.loads(json.dumps(schedule.to_json()))) == schedule


@given(happenings)
def test_the_short_notation_reads_back_as_the_same(happening: Happening) -> None:
    assert parse_happening(happening.kind, str(happening)) == happening


def test_a_schedule_is_kept_in_the_order_of_frames() -> None:
    schedule = Schedule(
        (
            parse_happening(Kind.REJOIN, "1@900"),
            parse_happening(Kind.DROP, "1@600"),
            parse_happening(Kind.PAUSE, "0@600+5"),
        )
    )
    assert [str(happening) for happening in schedule.happenings] == ["1@600", "0@600+5", "1@900"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DROP, "2"),
        (Kind.DROP, "@600"),
        (Kind.DROP, "2@600+60"),
        (Kind.DROP, "0,1@600"),
        (Kind.DROP, "-1@600"),
        (Kind.DROP, "256@600"),
        (Kind.DROP, "2@99999999999"),
        (Kind.PAUSE, "2@600"),
        (Kind.PAUSE, "2@600+0"),
        (Kind.PARTITION, "0,1@600+60"),
        (Kind.PARTITION, "0,1|1,2@600+60"),
        (Kind.PARTITION, "0,1|2,3@600"),
        (Kind.PARTITION, "0,1|@600+60"),
        (Kind.PARTITION, "0,,1|2@600+60"),
    ],
)
def test_what_makes_no_sense_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_happening(kind, text)


@pytest.mark.parametrize(
    "value",
    [
        {},
        ["drop"],
        [{"do": "explode", "frame": 1, "player": 0}],
        [{"do": "drop", "player": 0}],
        [{"do": "drop", "frame": 1.5, "player": 0}],
        [{"do": "drop", "frame": True, "player": 0}],
        [{"do": "drop", "frame": 1, "player": 0, "because": 1}],
        [{"do": "drop", "frame": 1, "player": 0, "groups": [[0], [1]]}],
        [{"do": "partition", "frame": 1, "groups": 3, "length_frames": 1}],
        [{"do": "partition", "frame": 1, "groups": [["0"], [1]], "length_frames": 1}],
        [{"do": "drop", "frame": 1, "player": 0}] * 1001,
    ],
)
def test_json_that_is_no_schedule_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError):
        schedule_from_json(value)


def test_a_player_that_is_not_there_is_named() -> None:
    schedule = Schedule((parse_happening(Kind.PARTITION, "0|4@9+5"),))
    schedule.check_players(5)
    with pytest.raises(ConfigurationError, match=r"0\|4@9"):
        schedule.check_players(4)
    spectator = Schedule((parse_happening(Kind.KILL_SPECTATOR, "1@9"),))
    spectator.check_players(1, spectators=2)
    with pytest.raises(ConfigurationError, match="spectator"):
        spectator.check_players(2, spectators=1)


def test_things_happen_at_their_frame_in_the_eyes_of_the_lowest_living_peer() -> None:
    schedule = Schedule(
        (
            parse_happening(Kind.DROP, "0@200"),
            parse_happening(Kind.PAUSE, "2@300+30"),
            parse_happening(Kind.GOODBYE, "1@400"),
        )
    )
    mesh = match(4, NETWORK, schedule=schedule, session={"absent_policy": AbsentPolicy.NOOP})
    assert mesh.run_until(lambda: len(mesh.director.happened) == 1, 20.0)
    assert mesh.peers[0].session.current_frame == 200
    assert mesh.peers[0].is_dead
    assert mesh.run_until(lambda: len(mesh.director.happened) == 2, 20.0)
    paused_s = mesh.clock.now_s
    assert mesh.peers[1].session.current_frame == 300, "the lowest that lives"
    mesh.run(0.49)
    assert mesh.peers[2].counts.gap_s(mesh.clock.now_s) > 0.45
    assert mesh.run_until(lambda: len(mesh.director.happened) == 3, 20.0)
    assert mesh.clock.now_s > paused_s + 0.5
    assert mesh.peers[1].session.current_frame == 400
    assert mesh.run_frames(500)
    assert [event.peer for event in mesh.peers[3].events_of(PeerLost)] == [0]
    assert [event.peer for event in mesh.peers[3].events_of(PeerLeft)] == [1]
    assert [peer.peer for peer in mesh.survivors] == [2, 3]
    judge_sound(mesh, 500)


def test_frames_count_over_all_episodes() -> None:
    schedule = Schedule((parse_happening(Kind.GOODBYE, "1@700"),))
    mesh = Mesh(chaos(2, score_to_win=3), NETWORK, schedule=schedule)
    assert mesh.run_until(lambda: bool(mesh.director.happened), 60.0)
    session = mesh.peers[0].session
    assert session.episode > 0
    assert mesh.frames_before(session.episode) + session.current_frame == 700


def test_a_partition_lasts_as_long_as_it_says_and_spares_who_is_in_no_group() -> None:
    schedule = Schedule((parse_happening(Kind.PARTITION, "0|2@200+60"),))
    mesh = match(3, NETWORK, schedule=schedule)
    assert mesh.run_until(lambda: bool(mesh.director.happened), 20.0)
    lost = [dict.fromkeys(mesh.links.channels, 0), dict.fromkeys(mesh.links.channels, 0)]
    for figures in lost:
        before = {p: c.input.statistics.packets_lost for p, c in mesh.links.channels.items()}
        mesh.run(1.0)
        for pair, channels in mesh.links.channels.items():
            figures[pair] = channels.input.statistics.packets_lost - before[pair]
    assert lost[0][0, 2] > 10 < lost[0][2, 0]
    assert all(count < 10 for pair, count in lost[0].items() if pair not in ((0, 2), (2, 0)))
    assert all(count < 10 for count in lost[1].values())


def test_the_same_schedule_twice_sends_the_same_bytes() -> None:
    schedule = Schedule(
        (parse_happening(Kind.DROP, "1@100"), parse_happening(Kind.PARTITION, "0|2,3@260+40"))
    )
    sent = []
    for _ in range(2):
        mesh = match(
            4,
            NETWORK,
            schedule=schedule,
            keeps_wire=True,
            session={"absent_policy": AbsentPolicy.AGENT},
        )
        assert mesh.run_frames(400)
        judge_sound(mesh, 400)
        sent.append([peer.sent for peer in mesh.peers.values()])
    assert sent[0] == sent[1]
