"""The worker's host, here under CPython: what it says for what is put into it."""

from __future__ import annotations

import dataclasses
import gc
import json
import re
import weakref
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from peergym.errors import ConfigurationError, InvariantError
from peergym.hosts.figures import PEER_FIGURES, SESSION_FIGURES, STATES, event_to_json
from peergym.hosts.mailbox import (
    ACTION,
    HEADER,
    IS_PLAYING,
    MORE,
    RECORD,
    STAMP,
    WAKE_IS_FRAME,
    In,
    Out,
    Outbox,
    read_records,
)
from peergym.hosts.match import Runtime
from peergym.hosts.match_driver import MatchDriver
from peergym.hosts.pyodide import WorkerHost, open_host
from peergym.hosts.warm_up import warm_up
from peergym.rollback import events
from tests.pyodide.host_runs import FRAME_MS, HostRun, MatchRun

CLIENT = Path(__file__).parents[2] / "client" / "src"


def practice(**changes: Any) -> str:
    return json.dumps({"options": {}, "seed": "5", "localSeat": 0, **changes})


def play_practice(run: HostRun, ticks: int) -> None:
    for tick in range(ticks):
        run.tick(tick * FRAME_MS)


def test_practice_plays_frames_at_their_nominal_times() -> None:
    run = HostRun()
    run.host.start_practice(practice())
    play_practice(run, 120)
    assert len(run.frames) > 110
    numbers = [frame for _, frame, _ in run.frames]
    assert numbers == list(range(1, len(numbers) + 1))
    times = [time_ms for *_, time_ms in run.frames]
    steps = [later - earlier for earlier, later in pairwise(times)]
    # The session counts in whole microseconds.
    assert all(abs(step - FRAME_MS) < 0.002 for step in steps)
    assert run.flags & IS_PLAYING
    assert run.flags & WAKE_IS_FRAME


def test_the_wake_asks_for_the_next_frame_and_a_call_before_it_does_nothing() -> None:
    run = HostRun()
    run.host.start_practice(practice())
    play_practice(run, 30)
    drawn = len(run.frames)
    run.tick(run.wake_ms - 5.0)
    assert len(run.frames) == drawn
    run.tick(run.wake_ms)
    assert len(run.frames) == drawn + 1


def test_practice_ends_and_begins_again_when_asked() -> None:
    run = HostRun()
    run.host.start_practice(practice())
    now_ms = 0.0
    while not run.named("EpisodeEnded"):
        now_ms += FRAME_MS
        assert now_ms < 300_000
        run.tick(now_ms)
    run.tick(now_ms + 1000)
    assert not run.flags & IS_PLAYING
    run.put(In.READY, 0)
    run.tick(now_ms + 2000)
    assert [event["episode"] for event in run.named("EpisodeStarted")] == [0, 1]
    seeds = [event["seed"] for event in run.named("EpisodeStarted")]
    assert seeds[0] != seeds[1]


def test_two_hosts_share_one_history_with_rollbacks() -> None:
    match = MatchRun()
    match.run(600)
    mine, theirs = (side.checksums for side in match.sides)
    common = mine.keys() & theirs.keys()
    assert len(common) >= 25
    assert {frame: mine[frame] for frame in common} == {frame: theirs[frame] for frame in common}
    assert len(set(mine.values())) > 20
    assert all(side.named("DesyncDetected") == [] for side in match.sides)


def test_forced_rollbacks_change_no_checksum() -> None:
    plain, forced = MatchRun(), MatchRun(force_rollback_frames=8)
    plain.run(400)
    forced.run(400)
    assert len(plain.sides[0].checksums) >= 15
    assert forced.sides[0].checksums == plain.sides[0].checksums


class Duel:
    """What one does is heard at once; what the other does is a point, which must not be wrong."""

    metadata: dict[str, Any] = {"confirmed_effects": ("point",)}
    possible_agents = ("a", "b")

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.points: list[int] = []
        self.frame = 0

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.frame, self.points = 0, []
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        if actions["a"] == 1:
            self.effects.append("hit")
        if actions["b"] == 1:
            self.effects.append("point")
            self.points.append(self.frame)
        self.frame += 1
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


@pytest.mark.parametrize("forced", [0, 8])
def test_effects_come_with_their_frame_each_once_and_points_only_when_certain(forced: int) -> None:
    match = MatchRun(force_rollback_frames=forced, latency_ticks=5, runtime=Runtime("duel", Duel))
    match.run(400)
    told = []
    for side in match.sides:
        started = [effect for news in side.effects for effect in news["started"]]
        stopped = [identity for news in side.effects for identity in news["stopped"]]
        ids = [effect["id"] for effect in started]
        assert len(set(ids)) == len(ids) > 50
        assert {effect["name"] for effect in started} == {"hit"}
        assert len(set(stopped)) == len(stopped)
        assert set(stopped) <= set(ids)
        told.append([(e["frame"], e["name"]) for news in side.effects for e in news["confirmed"]])
    # Only who guesses the other's hits hears some that never happened, and some late.
    late = [e for news in match.sides[1].effects for e in news["started"] if e["lateMs"] > 0]
    assert late
    frames_late = [effect["lateMs"] / FRAME_MS for effect in late]
    assert frames_late == pytest.approx([round(frames) for frames in frames_late], abs=0.01)
    assert max(frames_late) <= 15
    assert any(news["stopped"] for news in match.sides[1].effects)
    common = min(len(points) for points in told)
    assert common > 50
    assert told[0][:common] == told[1][:common]
    runner = match.sides[0].host._driver.runner  # type: ignore[union-attr]
    true = [frame for frame in runner.game.env.points if frame <= told[0][-1][0]]
    assert [frame for frame, _ in told[0]] == true


def test_a_recording_is_kept_only_where_it_was_asked_for() -> None:
    match = MatchRun()
    match.run(60)
    assert match.sides[0].host.recording().startswith(b"PGFR1\n")
    assert match.sides[1].host.recording() == b""


@pytest.mark.parametrize("farewell", ["leave", "closed"])
def test_a_goodbye_or_a_closed_link_is_told_at_once(farewell: str) -> None:
    match = MatchRun()
    match.run(60)
    if farewell == "leave":
        match.sides[0].put(In.LEAVE, 0, b"gone for tea")
    else:
        match.sides[1].put(In.LINK, 0, b"\x00")
    match.run(10)
    other = match.sides[1]
    assert [event["peer"] for event in other.named("PeerLeft")] == [0]
    assert len(other.named("MatchEnded")) == 1
    assert not other.flags & IS_PLAYING


def test_garbage_from_a_peer_changes_nothing_but_is_told() -> None:
    match = MatchRun()
    match.run(60)
    side = match.sides[0]
    before = len(side.frames)
    for garbage in (b"", b"\x00", b"\xff" * 1200):
        side.put(In.DATAGRAM, 1, STAMP.pack(match.tick_number * FRAME_MS) + garbage)
        side.put(In.MESSAGE, 1, STAMP.pack(match.tick_number * FRAME_MS) + garbage)
    match.run(60)
    assert len(side.frames) == before + 60
    assert side.named("ProtocolViolated")
    assert not side.named("DesyncDetected")


def test_actions_of_foreign_seats_and_unknown_actions_are_ignored() -> None:
    run = HostRun()
    run.host.start_practice(practice())
    for seat, action in ((0, 99), (0, -1), (7, 1), (255, 0)):
        run.put(In.ACTION, seat, ACTION.pack(action))
    play_practice(run, 30)
    assert len(run.frames) > 20


def test_nothing_is_left_of_a_match_that_was_stopped() -> None:
    run = HostRun()
    run.host.start_practice(practice())
    play_practice(run, 30)
    gc.collect()
    drivers = [weakref.ref(o) for o in gc.get_objects() if isinstance(o, MatchDriver)]
    run.host.stop()
    gc.collect()
    assert drivers
    assert all(driver() is None for driver in drivers)
    run.tick(10_000.0)
    assert run.wake_ms == float("inf")


@pytest.mark.parametrize(
    ("field", "changes"),
    [("localSeat", {"localSeat": 2}), ("no_such", {"options": {"no_such": 1}})],
)
def test_what_cannot_be_played_is_refused_by_name(field: str, changes: dict[str, Any]) -> None:
    run = HostRun()
    with pytest.raises(ConfigurationError, match=field):
        run.host.start_practice(practice(**changes))


def test_warming_up_plays_and_touches_nothing() -> None:
    host = open_host("pong", "digest")
    assert warm_up(host, 60) > 30
    assert host.frame == -1


def records_of(outbox: Outbox, used: int) -> Iterator[tuple[int, int, bytes]]:
    return read_records(outbox.buffer[HEADER.size :], used - HEADER.size)


def test_records_that_do_not_fit_wait_in_order() -> None:
    outbox = Outbox(size_bytes=64)
    outbox.begin()
    payloads = [bytes([n]) * 20 for n in range(7)]
    for payload in payloads:
        outbox.put(Out.MESSAGE, 3, payload)
    seen: list[bytes] = []
    flags = MORE
    for _ in range(7):
        used = outbox.finish(5.0)
        _, flags = HEADER.unpack_from(outbox.buffer)
        seen += [payload for _, _, payload in records_of(outbox, used)]
        outbox.begin()
        if not flags & MORE:
            break
    assert seen == payloads
    assert not flags & MORE


def test_a_record_that_can_never_leave_is_our_bug() -> None:
    outbox = Outbox(size_bytes=64)
    with pytest.raises(InvariantError, match="does not fit"):
        outbox.put(Out.MESSAGE, 0, bytes(64))


def test_a_cut_off_inbox_is_our_bug() -> None:
    record = RECORD.pack(In.MESSAGE, 1, 10) + bytes(10)
    with pytest.raises(InvariantError, match="passes the inbox"):
        list(read_records(bytearray(record), len(record) - 1))


def test_the_page_and_python_name_the_same_things_in_the_same_order() -> None:
    figures = (CLIENT / "worker" / "figures.ts").read_text(encoding="utf-8")
    mailbox = (CLIENT / "worker" / "mailbox.ts").read_text(encoding="utf-8")
    messages = (CLIENT / "shared" / "messages.ts").read_text(encoding="utf-8")
    assert listed(figures, "SESSION_FIGURES") == list(SESSION_FIGURES)
    assert listed(figures, "PEER_FIGURES") == list(PEER_FIGURES)
    assert listed(messages, "SESSION_STATES") == [state.value for state in STATES]
    assert numbered(mailbox, "In") == {kind.name: kind.value for kind in In}
    assert numbered(mailbox, "Out") == {kind.name: kind.value for kind in Out}


def test_the_page_knows_every_event_and_its_fields() -> None:
    messages = (CLIENT / "shared" / "messages.ts").read_text(encoding="utf-8")
    known = {
        name: set(re.findall(r"readonly (\w+):", fields)) - {"name"}
        for name, fields in re.findall(r'readonly name: "(\w+)";?(.*?)\}', messages, re.DOTALL)
    }
    for event in get_args(events.Event):
        example = event(*[0 for _ in dataclasses.fields(event)])
        told = json.loads(event_to_json(example, **more_about(example)))
        assert known.pop(told.pop("name")) == told.keys()
    assert known == {}


def more_about(event: events.Event) -> dict[str, Any]:
    """What the host adds."""
    if isinstance(event, events.ArbiterWanted):
        return {"members": [0, 1]}
    return {"isRepairable": True} if isinstance(event, events.DesyncDetected) else {}


def listed(text: str, name: str) -> list[str]:
    found = re.search(rf"const {name} = \[(.*?)\]", text, re.DOTALL)
    assert found is not None
    return re.findall(r'"(\w+)"', found[1])


def numbered(text: str, name: str) -> dict[str, int]:
    found = re.search(rf"const {name} = {{(.*?)}}", text, re.DOTALL)
    assert found is not None
    return {key: int(value) for key, value in re.findall(r"(\w+): (\d+)", found[1])}


def test_hosts_of_one_worker_do_not_share_buffers() -> None:
    one, other = open_host("pong", "d"), open_host("pong", "d")
    assert isinstance(one, WorkerHost)
    assert one.inbox is not other.inbox
    assert one.outbox is not other.outbox
