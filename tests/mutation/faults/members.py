"""Who is lost, who decides, where the cut lies, and what becomes of those who are out."""

from __future__ import annotations

from tests.mutation.fault import Fault

DROPS = "tests/simulation/test_drops.py"
PARTITION = "tests/simulation/test_partition.py"
ABSENT = "tests/simulation/test_absent_seats.py"
FRONTIERS = "tests/simulation/test_frontiers.py"
AGREE = "tests/rollback/test_membership.py"

FAULTS = (
    Fault(
        "a cut is not written back",
        "rollback/departures.py",
        "            queue.cut(cut)\n",
        "",
        "what came beyond a hole is played by those who have it, and by nobody else",
        (f"{FRONTIERS}::test_what_came_beyond_the_cut_is_as_if_it_had_never_come",),
    ),
    Fault(
        "a backfill is lost",
        "rollback/departures.py",
        "                    endpoint.send(Backfill(episode.number, player, run))",
        "                    del run",
        "who holds less never gets the rest, and is cut though he is there",
        (f"{DROPS}::test_the_cut_is_the_newest_input_that_any_survivor_held",),
    ),
    Fault(
        "the cut is the least that all survivors had",
        "rollback/departures.py",
        "            queue.cut(cut)\n",
        "            cut = min([cut, *[view[player] for view in self._roster.views]])\n"
        "            queue.cut(cut)\n",
        "each has other views when it cuts: different inputs at the same frame",
        (f"{DROPS}::test_the_cut_is_the_newest_input_that_any_survivor_held",),
    ),
    Fault(
        "each survivor cuts by itself",
        "rollback/membership.py",
        "        return not self.laggards()",
        "        return True",
        "each cuts at what it holds itself: different inputs at the same frame",
        (f"{DROPS}::test_the_cut_is_the_newest_input_that_any_survivor_held",),
    ),
    Fault(
        "inputs of the lost are taken from him after the claim",
        "rollback/session.py",
        "endpoint is None or endpoint.state in _GONE or ",
        "endpoint is None or ",
        "the figures of the agreement grow while it is made",
        (f"{DROPS}::test_late_packets_of_a_lost_player_change_nothing",),
    ),
    Fault(
        "the seat passes on one frame early",
        "rollback/departures.py",
        "Control(cut + 1, heir,",
        "Control(cut, heir,",
        "of one frame nobody can say who played it",
        (f"{DROPS}::test_the_cut_is_the_newest_input_that_any_survivor_held",),
    ),
    Fault(
        "claims are taken back",
        "rollback/membership.py",
        "        news = stance.agreed_beyond(self.stance)",
        "        for peer in self.open_losses:\n"
        "            if not stance.claims(peer):\n"
        "                del self._lost[peer]\n"
        "        news = stance.agreed_beyond(self.stance)",
        "a promise is broken: one agrees on a cut, another plays on with the one who was cut",
        (
            f"{AGREE}::test_of_two_who_do_not_hear_each_other_the_lower_id_stays",
            f"{DROPS}::test_a_survivor_that_is_lost_during_the_agreement_leaves_its_inputs_behind",
        ),
    ),
    Fault(
        "an older stance replaces a newer one",
        "rollback/membership.py",
        "stance.version <= known.version:",
        "stance.version < 0:",
        "a message that a route repeats undoes what was said since",
        (f"{AGREE}::test_what_is_to_be_ignored_changes_nothing",),
    ),
    Fault(
        "one member's word is enough to lose somebody",
        "rollback/membership.py",
        "            if is_silent(peer) or self._is_convincing(sender, peer):",
        "            if peer != sender:",
        "one liar talks the others out of the match one by one",
        (f"{AGREE}::test_one_who_lies_about_somebody_whom_all_hear_does_not_remove_him",),
    ),
    Fault(
        "what was never promised is agreed upon",
        "rollback/membership.py",
        "        if news and self._promised.issuperset(news):",
        "        if news:",
        "a member takes over cuts whose inputs it does not hold",
        (f"{AGREE}::test_nobody_agrees_on_what_he_was_not_ready_for",),
    ),
    Fault(
        "a minority goes on",
        "rollback/quorum.py",
        "        return Quorum.YES if 2 * left > len(base) else Quorum.NO",
        "        return Quorum.YES",
        "the network falls apart, and there are two histories",
        (f"{PARTITION}::test_ten_seconds_apart_only_a_majority_goes_on",),
    ),
    Fault(
        "a tie is given to both halves",
        "rollback/quorum.py",
        "    return Quorum.YES if min(base) in survivors else Quorum.NO",
        "    return Quorum.YES",
        "two players without a server: two histories after every silence",
        (f"{PARTITION}::test_without_a_server_the_half_with_the_lowest_peer_goes_on",),
    ),
    Fault(
        "the arbiter is asked and not awaited",
        "rollback/membership.py",
        "        is_granted = quorum is Quorum.ARBITER and self._granted == self.survivors",
        "        is_granted = quorum is Quorum.ARBITER",
        "both halves go on",
        (f"{PARTITION}::test_of_two_halves_that_one_goes_on_which_the_arbiter_chooses",),
    ),
    Fault(
        "during a join only the larger group is asked",
        "rollback/membership.py",
        "        groups = (self.members, self._older or self.members)",
        "        groups = (self.members, self.members)",
        "those who agreed on the newcomer and those who did not both find a majority",
        (f"{AGREE}::test_one_member_and_a_newcomer_are_not_enough_until_all_have_agreed_on_it",),
    ),
    Fault(
        "the hold never ends",
        "rollback/departures.py",
        "        if quorum is not Quorum.YES and open_s >= HOLD_S:",
        "        if quorum is not Quorum.YES and open_s >= 1e9:",
        "whoever is cut off waits for ever before a frozen picture",
        (f"{PARTITION}::test_with_an_arbiter_out_of_reach_neither_half_goes_on",),
    ),
    Fault(
        "a survivor that says nothing is waited for",
        "rollback/departures.py",
        "            if is_mute or (peer in blamed and open_s >= MOST_HOLD_S):",
        "            if is_mute and open_s >= 1e9:",
        "one mute member stops the match for all",
        (f"{DROPS}::test_a_survivor_that_hears_nothing_of_the_agreement_stops_and_says_so",),
    ),
    Fault(
        "an excluded session goes on silently",
        "rollback/session.py",
        "        if membership.is_excluded:",
        "        if membership.is_excluded and self.state is SessionState.CLOSED:",
        "somebody plays on alone, and his data counts as the match",
        (f"{PARTITION}::test_without_a_server_the_half_with_the_lowest_peer_goes_on",),
    ),
    Fault(
        "an excluded session stops without a word",
        "rollback/session.py",
        "            self._events.put(Excluded(self.confirmed_frame))",
        "            self._events.take()",
        "the page shows a game that stands still, and does not offer to come back",
        (f"{PARTITION}::test_without_a_server_the_half_with_the_lowest_peer_goes_on",),
    ),
    Fault(
        "one who is lost is not told",
        "rollback/departures.py",
        "        endpoint.send(membership.stance)  # it may be there after all,",
        "        #",
        "he is heard by one survivor still, and waits for the others",
        (f"{DROPS}::test_one_who_is_still_heard_by_one_survivor_is_lost_all_the_same",),
    ),
)
