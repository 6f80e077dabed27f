"""What holds for every match that two pages play, by whichever way."""

from __future__ import annotations

from collections.abc import Sequence

from tests.browser.pages import Person, meet, play, play_until
from tests.networks.routes import NONE, Route, read_route

PLAY_S = 4.0
LEAST_FRAMES = 120
"""Half of what is played at 60 Hz."""
GIVES_UP_WITHIN_S = 150.0
"""A page takes 25 s, and as many again for as long as Python is still being loaded."""


def play_some_seconds(people: Sequence[Person], url: str, seed: int = 1) -> int:
    """Meet, play, and check what every match must keep to.

    Without input delay, for then every key is a surprise to the other side.

    Returns:
        How many frames both have confirmed.
    """
    ada, ben = people
    meet(ada, ben, url, creator_flags={"checksums": 1}, input_delay="0", score_to_win=21)
    return check_match(people, seed)


def check_match(people: Sequence[Person], seed: int = 1) -> int:
    """Play on, and check that both share one history, that they were surprised, and no errors.

    Returns:
        How many frames both have confirmed.
    """
    play(people, PLAY_S, seed)

    # A machine that is busy with other things plays less in that time.
    def is_enough() -> bool:
        return all(
            person.statistic("confirmedFrame") >= LEAST_FRAMES and person.statistic("rollbacks") > 0
            for person in people
        )

    assert play_until(people, seed, is_over=is_enough)
    first, second = (person.checksums() for person in people)
    common = sorted(first.keys() & second.keys())
    assert [first[frame] for frame in common] == [second[frame] for frame in common]
    assert common == list(range(min(common), max(common) + 1)), "a frame is missing"
    assert len(common) >= LEAST_FRAMES
    assert len({first[frame] for frame in common}) > 0.9 * len(common), "nothing moved"
    for person in people:
        assert person.statistic("rollbacks") > 0
        assert person.statistic("maxRollbackDepthFrames") <= 8
        assert person.events("DesyncDetected") == []
        assert person.events("ProtocolViolated") == []
        assert person.console_errors == []
        assert person.look("errors") == []
    return len(common)


def come_to(name: str, people: Sequence[Person], url: str) -> list[Route]:
    """Meet, and play by a route of this name, or hear that there is none.

    Returns:
        The routes of all.
    """
    if name == NONE:
        hear_that_there_is_no_path(people, url)
    else:
        play_some_seconds(people, url)
    routes = [read_route(person) for person in people]
    assert name in {route.name for route in routes}
    return routes


def hear_that_there_is_no_path(people: Sequence[Person], url: str) -> None:
    """Meet in vain, and see that the pages of both say so, and what helps."""
    ada, ben = people
    ada.open(url)
    ben.open(ada.create_game())
    for person in people:
        person.page.set_default_timeout(1000 * GIVES_UP_WITHIN_S)
        person.wait_until("peergym.problem === 'connection_failed'")
        for words in (
            "No direct connection between the two browsers",
            "another network often helps",
        ):
            person.page.get_by_text(words).wait_for()
