"""Who sits where, as hosts see to it."""

from __future__ import annotations

from tests.mutation.fault import Fault

COMING = "tests/hosts/test_coming_and_going.py"

FAULTS = (
    Fault(
        "one half goes on without asking although the other is there",
        "hosts/match_driver.py",
        "        return set(self.session.members) - set(group) <= self._gone",
        "        return set(self.session.members) - set(group) <= set(range(256))",
        "two halves that cannot hear each other play two matches",
        (
            f"{COMING}::test_without_an_answer_of_the_arbiter_neither_half_goes_on",
            f"{COMING}::test_two_lose_sight_of_each_other_and_the_arbiter_decides",
        ),
    ),
    Fault(
        "who is left alone asks an arbiter that may be gone",
        "hosts/match_driver.py",
        "        return set(self.session.members) - set(group) <= self._gone",
        "        return False",
        "after a goodbye the other's match is over too, when the server is away",
        (f"{COMING}::test_of_two_one_says_goodbye_and_the_other_goes_on_without_asking_anybody",),
    ),
    Fault(
        "a newcomer forgets those who come when he does",
        "hosts/match_driver.py",
        "            self._greet_those_who_come()\n",
        "            pass\n",
        "whoever loads for long is never met by those who have come meanwhile, nor plays",
        (f"{COMING}::test_one_who_loads_for_long_is_met_by_those_who_have_come_meanwhile",),
    ),
    Fault(
        "an agent sits still",
        "hosts/match_driver.py",
        "        if self._has_policy and self.runner.frame >= 0:",
        "        if self._has_policy and self.runner.frame < 0:",
        "who has gone leaves a seat in which nobody plays",
        (f"{COMING}::test_one_goes_an_agent_plays_on_and_he_comes_back_while_another_watches",),
    ),
    Fault(
        "a page plays the agents' seats too",
        "hosts/match_driver.py",
        "        if player in self._actions and self._game.has_action(player, action):",
        "        if self._game.has_action(player, action):",
        "who says that he plays another's seat does",
        (f"{COMING}::test_one_goes_an_agent_plays_on_and_he_comes_back_while_another_watches",),
    ),
    Fault(
        "one who came late takes every seat for a person's",
        "rollback/seats.py",
        "        return player in self._told_of or self._controls[player][-1].is_agent",
        "        return self._controls[player][-1].is_agent",
        "after him nobody can come back to a seat that an agent plays",
        (f"{COMING}::test_who_runs_the_agents_goes_himself",),
    ),
    Fault(
        "one who came late takes his own seat for an agent's",
        "rollback/entry.py",
        "            roster.seats.change(player, Control(arrival.frame, roster.local_peer))\n",
        "            pass\n",
        "among those who all came late, one can take the seat of another",
        ("tests/hosts/test_latecomers.py::test_among_latecomers_nobody_takes_anothers_seat",),
    ),
    Fault(
        "a seat that nobody has taken stays empty",
        "hosts/match_config.py",
        "    return tuple(heir if owner == NOBODY else owner for owner in owners), empty",
        "    return owners, ()",
        "in a room that begins with fewer, some stand still",
        (f"{COMING}::test_a_seat_that_nobody_has_taken_is_an_agents_until_somebody_comes",),
    ),
)
