"""Those who come, and those who watch."""

from __future__ import annotations

from tests.mutation.fault import Fault

JOINS = "tests/simulation/test_joins.py"
GUESTS = "tests/rollback/test_guests.py"
WATCH = "tests/simulation/test_spectators.py"
AGAIN = "tests/simulation/test_reexecution.py"
PAST = "tests/rollback/test_past_inputs.py"
TROUBLE = "tests/simulation/test_joins_in_trouble.py"
ABSENT = "tests/simulation/test_absent_seats.py"
FRONTIERS = "tests/simulation/test_frontiers.py"

FAULTS = (
    Fault(
        "the promise of an empty seat reaches too far",
        "rollback/episode.py",
        "            self._vacant_until = max(self._vacant_until, min(own))",
        "            self._vacant_until = max(self._vacant_until, min(own) + 60)",
        "every frame that is proposed is refused, so nobody can come any more",
        (f"{GUESTS}::test_a_newcomer_plays_in_an_empty_seat",),
    ),
    Fault(
        "the promise of an empty seat is never renewed",
        "rollback/episode.py",
        "            self._vacant_until = max(self._vacant_until, min(own))",
        "            self._vacant_until = max(self._vacant_until, 0)",
        "with an empty seat nothing is ever confirmed",
        (f"{ABSENT}::test_policy_noop_leaves_the_seat_without_input_from_the_cut_on",),
    ),
    Fault(
        "the last inputs of an agent are not handed over",
        "rollback/arrivals.py",
        "            self._hand_over(pending)\n",
        "",
        "all wait for the frames before the newcomer's first, which only one holds",
        (f"{JOINS}::test_one_who_was_lost_comes_back_to_his_seat",),
    ),
    Fault(
        "a newcomer is fed no more as soon as it is a member",
        "rollback/arrivals.py",
        "        if feed.is_done(arrival.frame) or guest.episode != self._course.number:",
        "        if arrival.frame >= 0:",
        "it never learns the frames before its first, and all wait for it",
        (f"{JOINS}::test_one_who_comes_plays_within_two_seconds_and_holds_nobody_up",),
    ),
    Fault(
        "a seat is not held back for a newcomer",
        "rollback/arrivals.py",
        "            self._hold_back(pending)\n            self._hand_over",
        "            self._hand_over",
        "frames are final in which his inputs act",
        (f"{JOINS}::test_one_who_was_lost_comes_back_to_his_seat",),
    ),
    Fault(
        "a newcomer that does not come leaves the seat held back",
        "rollback/arrivals.py",
        "        if before is not None and not self._roster.membership.is_known(before.peer):",
        "        if before is None:\n            before = pending\n        if before is None:",
        "all wait for ever for somebody who has left",
        (f"{GUESTS}::test_a_newcomer_that_leaves_while_it_is_proposed_leaves_no_trace",),
    ),
    Fault(
        "the frame of a proposal does not lie ahead",
        "rollback/arrivals.py",
        "        return self._course.episode.newest_frame + 1 + min(ahead, most)",
        "        return self._course.episode.newest_frame + 1",
        "the others are past it when they hear of it, and nobody can come any more",
        (f"{JOINS}::test_one_who_comes_plays_within_two_seconds_and_holds_nobody_up",),
    ),
    Fault(
        "a newcomer does not catch up",
        "rollback/entry.py",
        "            return min(max(behind, 1), CATCH_UP_FRAMES)",
        "            return 1",
        "it plays in the others' past, and they wait for its inputs",
        (f"{JOINS}::test_one_who_comes_plays_within_two_seconds_and_holds_nobody_up",),
    ),
    Fault(
        "a follower begins with a state that is not confirmed",
        "rollback/feed.py",
        "snapshots.newest_not_above(episode.sync.confirmed_frame + 1)",
        "snapshots.newest_not_above(episode.sync.frame - 1)",
        "a guess is what he begins with, and nobody ever corrects it",
        (f"{WATCH}::test_one_sees_the_true_match_from_whenever_he_comes",),
    ),
    Fault(
        "rows are told before they are confirmed",
        "rollback/feed.py",
        "        rows = episode.rows\n",
        "        queues, sync = episode.sync.queues, episode.sync\n"
        "        ahead = range(sync.confirmed_frame + 1, sync.complete_frame + 1)\n"
        "        rows = [*episode.rows, *[(f, tuple(q.real(f) for q in queues)) for f in ahead]]\n",
        "one who watches has seen what a cut takes back",
        (f"{FRONTIERS}::test_one_who_watches_is_told_nothing_that_a_cut_takes_back",),
    ),
    Fault(
        "a feed ignores how far its follower is",
        "rollback/feed.py",
        "self._next_frame - self._seen_frame > most_unseen:",
        "self._next_frame < self._seen_frame:",
        "whoever is frozen is sent all of the match, until his memory is full",
        (f"{WATCH}::test_one_whose_page_stands_still_is_told_ten_seconds_and_no_more",),
    ),
    Fault(
        "one who executes an episode again compares nothing",
        "rollback/reexecution.py",
        "        self._is_agreed = own == told.checksum",
        "        self._is_agreed = True",
        "whose game is another takes a seat, and all have a desync",
        (f"{AGAIN}::test_one_who_comes_to_another_state_says_so_and_stays_out",),
    ),
    Fault(
        "one who executes an episode again never gives up",
        "rollback/reexecution.py",
        "        if pace_hz > self._rate_hz:",
        "        if pace_hz > 0:",
        "whose machine is too slow waits for ever, and is told nothing",
        (f"{AGAIN}::test_one_whose_host_is_slower_than_the_match_is_told_so",),
    ),
    Fault(
        "inputs since the beginning are kept without end",
        "rollback/past_inputs.py",
        "        if self.page_bytes > MOST_PAGE_BYTES or frames >= MAX_REEXECUTED_FRAMES:",
        "        if frames < 0:",
        "the memory of all fills up in a long episode",
        (f"{PAST}::test_what_would_be_too_much_is_dropped_whole_and_stays_dropped",),
    ),
    Fault(
        "what a newcomer lacks is looked for where it has been discarded",
        "rollback/episode.py",
        "        return told + self.sync.queues[player].run(first + len(told), last)",
        "        return self.sync.queues[player].run(first, last)",
        "whoever is left with a newcomer fails with an error",
        (f"{TROUBLE}::test_whom_he_followed_leaves_as_soon_as_he_is_in",),
    ),
    Fault(
        "one who watches is waited for",
        "rollback/roster.py",
        "if peer in members and e.is_member]",
        "if members]",
        "whoever opens the page stops the match",
        (f"{WATCH}::test_one_comes_while_no_frame_is_played",),
    ),
    Fault(
        "one who watches catches up at once",
        "rollback/spectator.py",
        "        wanted = min(max(1, self.waiting_frames - CUSHION_FRAMES), CATCH_UP_FRAMES)",
        "        wanted = max(1, self.waiting_frames - CUSHION_FRAMES)",
        "his page freezes for as long as he was away",
        (f"{WATCH}::test_whoever_is_behind_catches_up_at_a_bounded_speed",),
    ),
    Fault(
        "whoever follows another member begins anew",
        "rollback/follower.py",
        "        return Follow(self._episode, self._next_frame)",
        "        return Follow(-1, 0)",
        "the picture jumps, and a state of megabytes is sent for nothing",
        (f"{WATCH}::test_one_whose_host_is_gone_follows_another_from_where_he_stands",),
    ),
)
