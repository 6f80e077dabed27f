"""Two people meet, play, lose each other, go on, finish and play again: one shared history.

Two Chromium processes, connected through the proxies of `tests.browser.proxy` alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from peergym.games.catalogue import find_game
from peergym.lab.replay_trace import replay_trace
from peergym.rollback.flight_recorder import Op, Recording
from tests.browser.hooks import WORKER_TRAFFIC, sent_to_worker
from tests.browser.pages import WITHIN_MS, Person, meet, play
from tests.browser.server import Venue

FRAME_RATE_HZ = 60
LEAST_SHARE_CONFIRMED = 0.8
CUT_S = 8.0
NO_GAME_DATA_BYTES = 1000
"""A minute of Socket.IO's own pings is tens of bytes; of inputs it would be 90,000."""

OBSERVED = {"checksums": 1, "record": ""}


def shared_history(people: tuple[Person, Person], episode: int = 0) -> dict[int, str]:
    """Check that both confirmed the same states, frame by frame; returns what both have."""
    first, second = (person.checksums(episode) for person in people)
    common = {frame: checksum for frame, checksum in first.items() if frame in second}
    assert common == {frame: second[frame] for frame in common}
    assert sorted(common) == list(range(min(common), max(common) + 1)), "a frame is missing"
    assert len(set(common.values())) > 0.9 * len(common), "the state hardly changed"
    for person in people:
        assert person.events("DesyncDetected") == []
        assert person.events("ProtocolViolated") == []
    return common


def check_carried(venue: Venue, people: tuple[Person, Person], datagrams: int) -> None:
    """Check that the proxies carried the match, and nothing went past them."""
    proxies = venue.proxies(people[0].room)
    for person, own, other in ((people[0], *proxies), (people[1], *reversed(proxies))):
        assert person.remote_address() in other.addresses
        assert own.counters.from_peer > datagrams
        assert own.counters.to_peer > datagrams
        print(f"proxy of {person.name}: {own.counters}")


def check_rolled_back(people: tuple[Person, Person]) -> None:
    for person in people:
        names = ("rollbacks", "rollbackFrames", "maxRollbackDepthFrames", "stalls", "rttMs")
        print(person.name, {name: person.statistic(name) for name in names})
        assert person.statistic("rollbacks") > 0
        assert person.statistic("maxRollbackDepthFrames") <= 8


def check_no_errors(people: tuple[Person, Person]) -> None:
    for person in people:
        assert person.console_errors == []
        assert person.look("errors") == []


def replay_natively(person: Person, folder: Path) -> Recording:
    """Fly a recording again under CPython: every byte sent and every state must be the same."""
    told = person.look("checksums")  # before the recording, for the match goes on meanwhile
    path = folder / f"{person.name}.flight"
    path.write_bytes(person.recording() or b"")
    recording, result = replay_trace(path, find_game)
    assert result.first_difference is None
    natively = {(episode, frame): f"{sum_:016x}" for episode, frame, sum_ in result.checksums}
    for episode, pairs in told.items():
        for frame, checksum in pairs:
            assert natively[int(episode), frame] == checksum
    return recording


def own_inputs(recording: Recording) -> list[int]:
    """The inputs that this peer gave, in order."""
    calls = (call for call in recording.calls if call.op is Op.ADD_LOCAL_INPUT)
    return [int.from_bytes(call.payload, "little") for call in calls]


@pytest.mark.timeout(400)
def test_two_people_meet_play_lose_each_other_finish_and_play_again(
    venue: Venue, ada: Person, ben: Person, tmp_path: Path
) -> None:
    people = (ada, ben)
    meet(
        *people,
        venue.url,
        creator_flags=OBSERVED,
        joiner_flags={"record": ""},
        ball_speed=7,
        score_to_win=21,
    )
    sixty_seconds_of_play(venue, people)
    eight_seconds_without_a_direct_way(venue, people)

    # The end score: whoever stands still in a corner misses nearly every ball. It may take a
    # minute, for the score must not be reached before.
    for person in people:
        person.page.set_default_timeout(2 * WITHIN_MS)
        person.hold("ArrowUp")
    ends = [person.wait_for_event("EpisodeEnded").fields for person in people]
    assert ends[0] == ends[1]
    for person in people:
        person.wait_for_screen("ended")
    history = shared_history(people)
    assert max(history) >= ends[0]["frame"]
    print(f"end at {ends[0]}; {len(history)} frames equal")

    rematch(people)
    recordings = [replay_natively(person, tmp_path) for person in people]
    inputs = [own_inputs(recording) for recording in recordings]
    assert set(inputs[0]) == set(inputs[1]) == {0, 1, 2}
    assert inputs[0] != inputs[1]
    check_carried(venue, people, datagrams=1000)
    check_rolled_back(people)
    check_no_errors(people)


def sixty_seconds_of_play(venue: Venue, people: tuple[Person, Person]) -> None:
    before = [(p.statistic("timeMs"), p.statistic("confirmedFrame")) for p in people]
    traffic = venue.traffic()
    play(people, duration_s=60, seed=2)
    for person, (time_ms, frame) in zip(people, before, strict=True):
        elapsed = (person.statistic("timeMs") - time_ms) / 1000 * FRAME_RATE_HZ
        confirmed = person.statistic("confirmedFrame") - frame
        print(f"{person.name}: {confirmed:.0f} of {elapsed:.0f} frames confirmed")
        assert elapsed >= 59 * FRAME_RATE_HZ
        assert confirmed >= LEAST_SHARE_CONFIRMED * elapsed
    now = venue.traffic()
    assert (now.signals, now.signal_bytes) == (traffic.signals, traffic.signal_bytes)
    assert now.frame_bytes - traffic.frame_bytes < NO_GAME_DATA_BYTES


def eight_seconds_without_a_direct_way(venue: Venue, people: tuple[Person, Person]) -> None:
    venue.network.conditions.is_cut = True
    for person in people:
        person.wait_until("peergym.statistics.peers[0].route === 2")
    frames = [person.statistic("confirmedFrame") for person in people]
    play(people, duration_s=CUT_S, seed=3)
    venue.network.conditions.is_cut = False
    for person, frame in zip(people, frames, strict=True):
        print(f"{person.name}: by the relay from frame {frame:.0f}")
        assert person.screen == "playing"
        assert person.statistic("confirmedFrame") - frame > CUT_S * FRAME_RATE_HZ / 2
        assert len(person.events("EpisodeStarted")) == 1, "it is another match"


def rematch(people: tuple[Person, Person]) -> None:
    for person in people:
        person.press_button("Rematch")
    seeds = []
    for person in people:
        person.wait_for_screen("playing")
        first, second = (each.fields for each in person.events("EpisodeStarted"))
        assert (first["episode"], second["episode"]) == (0, 1)
        seeds.append((first["seed"], second["seed"]))
    assert seeds[0] == seeds[1]
    assert seeds[0][0] != seeds[0][1]
    play(people, duration_s=5, seed=3)
    assert len(shared_history(people, episode=1)) > 120


def short_match(
    venue: Venue, people: tuple[Person, Person], *flags: dict[str, Any], **options: Any
) -> int:
    """Meet, play for some seconds and check what every match must keep to.

    Returns:
        How many frames both have confirmed.
    """
    creator_flags, joiner_flags = (flags * 2)[:2]
    meet(
        *people,
        venue.url,
        creator_flags={**OBSERVED, **creator_flags},
        joiner_flags={"record": "", **joiner_flags},
        score_to_win=21,
        **options,
    )
    play(people, duration_s=8, seed=4)
    history = shared_history(people)
    assert len(history) >= 240
    check_carried(venue, people, datagrams=200)
    check_rolled_back(people)
    check_no_errors(people)
    return len(history)


def test_resimulating_eight_frames_in_every_tick_changes_nothing(
    venue: Venue, ada: Person, ben: Person, tmp_path: Path
) -> None:
    frames = short_match(venue, (ada, ben), {"force-rollback": 8}, {})
    assert ada.statistic("rollbackFrames") >= 0.9 * 8 * frames
    assert ben.statistic("rollbackFrames") < 4 * frames
    replay_natively(ada, tmp_path)


def test_without_transferred_channels_the_page_passes_data_on(
    venue: Venue, ada: Person, ben: Person
) -> None:
    for person in (ada, ben):
        person.page.add_init_script(WORKER_TRAFFIC)
    frames = short_match(venue, (ada, ben), {"hop": ""}, {})
    assert sent_to_worker(ada, "hop_data") >= frames
    assert sent_to_worker(ada, "channels") == 0
    assert sent_to_worker(ben, "channels") == 1
    assert sent_to_worker(ben, "hop_data") == 0


def test_python_starts_plainly_where_no_snapshot_is_wanted(
    venue: Venue, ada: Person, ben: Person
) -> None:
    short_match(venue, (ada, ben), {"no-snapshot": ""}, {})
    assert ada.look("python")["how"] == "plain"
    assert ben.look("python")["how"] == "snapshot"


def test_a_snapshot_that_is_not_what_it_should_be_is_not_used(
    venue: Venue, ada: Person, ben: Person
) -> None:
    def answer_with_another_digest(route: Route) -> None:
        description = route.fetch().json()
        snapshot = description["runtime"]["snapshot"]
        snapshot["digest"] = "0" * len(snapshot["digest"])
        route.fulfill(json=description)

    ada.page.route("**/api/game", answer_with_another_digest)
    short_match(venue, (ada, ben), {}, {})
    assert ada.look("python")["how"] == "plain"
    assert ben.look("python")["how"] == "snapshot"
