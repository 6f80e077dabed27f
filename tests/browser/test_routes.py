"""Pages whose direct way breaks in mid-match, and pages that have none: the relay carries them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peergym.server.ice import IceSettings
from tests.browser.pages import Person, meet, play
from tests.browser.server import Venue
from tests.browser.test_journey import check_no_errors, check_rolled_back, shared_history

OBSERVED = {"checksums": 1}
BACK_WITHIN_MS = 120_000
SERVER_IS_AWAY = "ERR_CONNECTION_REFUSED"
"""What a browser says by itself of a server that does not answer."""


def routes(person: Person) -> list[str]:
    """The routes to the other player, one after the other."""
    return [event.fields["route"] for event in person.events("RouteChanged")]


def wait_for_route(person: Person, route: str, count: int) -> None:
    person.wait_for_event("RouteChanged", count)
    assert routes(person)[-1] == route


@pytest.mark.timeout(300)
def test_a_direct_route_that_is_cut_gives_way_to_the_relay_and_comes_back(
    venue: Venue, ada: Person, ben: Person
) -> None:
    people = (ada, ben)
    meet(*people, venue.url, creator_flags=OBSERVED, score_to_win=21)
    for person in people:
        person.page.set_default_timeout(BACK_WITHIN_MS)
    play(people, duration_s=3, seed=1)
    before = venue.health()["relay"]
    venue.network.conditions.is_cut = True
    for person in people:
        wait_for_route(person, "relay", 2)
    frames = [person.statistic("confirmedFrame") for person in people]
    play(people, duration_s=4, seed=2)
    for person, frame in zip(people, frames, strict=True):
        assert person.statistic("confirmedFrame") > frame + 60, "it stands still"
    venue.network.conditions.is_cut = False
    for person in people:
        wait_for_route(person, "direct", 3)
    play(people, duration_s=3, seed=3)
    for person in people:
        assert routes(person) == ["direct", "relay", "direct"]
        reason = person.events("RouteChanged")[2].fields["reason"]
        assert reason == "the direct route has been good for 10 s"
        assert person.events("PeerLost") == person.events("MatchEnded") == []
    after = venue.health()["relay"]
    assert after["datagrams_out"] - before["datagrams_out"] > 200
    assert len(shared_history(people)) > 300
    check_rolled_back(people)
    check_no_errors(people)


@pytest.mark.timeout(300)
def test_an_outage_longer_than_the_grace_costs_a_match_the_player_whom_the_relay_reached(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    venue = make_venue(game="bomberman", players=3)
    venue.network.unreached.add(2)
    people = ada, ben, eve = [person(name) for name in ("ada", "ben", "eve")]
    ada.open(venue.url, **OBSERVED)
    link = ada.create_game(absent="noop", grace_s=10, seconds_until_walls_close=180)
    for each in (ben, eve):  # one after the other, so that the seats are known
        each.open(link)
        each.wait_for_screen("waiting")
    for each in people:
        each.press_button("I am ready")
    for each in people:
        each.wait_for_screen("playing")
    play(people, duration_s=3, seed=1)
    assert set(routes(eve)) == {"relay"}
    venue.stop()
    for each in (ada, ben):
        assert each.wait_for_event("PlayerCut").fields["player"] == 2
        assert each.events("PeerInterrupted")[0].fields["peer"] == 2
        each.wait_for_frames(90)
    play((ada, ben), duration_s=2, seed=2)
    for each in (ada, ben):
        assert each.screen == "playing"
        assert each.statistic("rollbacks") > 0
        assert each.look("errors") == []
    mine, theirs = ada.checksums(), ben.checksums()
    common = sorted(mine.keys() & theirs.keys())
    assert common == list(range(common[-1] + 1)), "a frame is missing"
    assert {frame: mine[frame] for frame in common} == {frame: theirs[frame] for frame in common}
    for each in people:
        assert [said for said in each.console_errors if SERVER_IS_AWAY not in said] == []


@pytest.mark.timeout(300)
def test_a_match_by_the_relay_alone_waits_for_a_server_that_is_started_again(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    venue = make_venue(ice=IceSettings(is_p2p=False))
    people = (ada, ben)
    for person in people:
        person.page.set_default_timeout(BACK_WITHIN_MS)
    # Over loopback the relay is so fast that one frame of delay would leave nothing to predict.
    meet(*people, venue.url, creator_flags=OBSERVED, input_delay="0", score_to_win=21)
    for person in people:
        assert routes(person) == ["relay"]
    play(people, duration_s=4, seed=1)
    venue.stop()
    for person in people:
        person.wait_for_event("PeerInterrupted")
    ada.page.wait_for_timeout(12_000)  # two players would end their match after ten
    venue.start_again()
    for person in people:
        person.wait_for_event("PeerResumed")
        person.wait_for_screen("playing")
        person.wait_for_frames(120)
    play(people, duration_s=3, seed=2)
    for person in people:
        assert routes(person)[-1] == "relay"
        assert person.events("PeerLost") == person.events("MatchEnded") == []
        assert [each for each in person.console_errors if SERVER_IS_AWAY not in each] == []
        assert person.look("errors") == []
        assert person.statistic("rollbacks") > 0
    assert len(shared_history(people)) > 300
