"""The way of one who has just come to where the others are."""

from __future__ import annotations

import pytest

from peergym.rollback.catch_up import CatchUp
from peergym.rollback.config import NOBODY
from peergym.rollback.membership import Arrival
from tests.rollback.pair import PERIOD_S
from tests.rollback.test_guests import assert_one_history, make_party, play_until_member

ARRIVAL = Arrival(3, (1, 2), 40)


@pytest.mark.parametrize(
    ("position", "later_s", "frame"),
    [(50.0, 0.0, 50), (50.5, 0.0, 50), (50.5, 0.5 * PERIOD_S + 1e-9, 51), (50.0, 1.0, 110)],
)
def test_the_others_go_on_meanwhile(position: float, later_s: float, frame: int) -> None:
    assert CatchUp(position, 7.0, PERIOD_S, ARRIVAL).frame_at(7.0 + later_s + 1e-9) == frame


def test_the_newest_word_of_where_they_are_counts() -> None:
    catch_up = CatchUp(50.0, 7.0, PERIOD_S, ARRIVAL)
    catch_up.note_position(51.0, 9.0)
    assert catch_up.frame_at(9.0 + 1e-9) == 51


def test_its_clock_stands_where_theirs_does() -> None:
    clock = CatchUp(50.0, 7.0, PERIOD_S, ARRIVAL).clock_for(45)
    assert clock.next_tick_s == pytest.approx(7.0 - 5 * PERIOD_S)
    clock.tick(clock.next_tick_s, 1, 0.0, 0)
    assert clock.position_frames(7.0 - 5 * PERIOD_S) == pytest.approx(45.0)


def test_one_who_comes_while_all_wait_for_somebody_plays_as_soon_as_they_go_on() -> None:
    group = make_party(0, 1, 2, NOBODY)
    group.play(60)
    newcomer = group.come(4, 3)
    play_until_member(group, newcomer)
    group.hosts[2].is_dead = True
    group.play(200)
    resumed = newcomer.session.current_frame
    assert_one_history(group, ticks=40)
    own = [newcomer.inputs[0, frame][3] for frame in range(resumed, resumed + 25)]
    assert len(set(own)) > 10, own
