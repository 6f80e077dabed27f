"""What holds for every match that two pages play, by whichever way."""

from __future__ import annotations

from collections.abc import Sequence

from tests.browser.pages import Person, meet, play, play_until

PLAY_S = 4.0
LEAST_FRAMES = 120
"""Half of what is played at 60 Hz."""


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
