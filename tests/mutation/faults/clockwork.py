"""Time, events, and what a session owes its host."""

from __future__ import annotations

from tests.mutation.fault import Fault

SESSION = "tests/rollback/test_session.py"
TIME = "tests/rollback/test_local_time.py"
SYNC = "tests/rollback/test_time_sync.py"

FAULTS = (
    Fault(
        "a wall clock that is set back turns time back",
        "rollback/local_time.py",
        "        self.now_s = max(before_s, ours_s)",
        "        self.now_s = ours_s",
        "a host whose clock is set back an hour stands still for an hour",
        (f"{TIME}::test_a_clock_that_is_set_back_does_not_turn_time_back",),
    ),
    Fault(
        "where a clock begins leaves a trace",
        "rollback/local_time.py",
        "            self._origin_s = caller_s",
        "            self._origin_s = 0.0",
        "two hosts with different clocks send different bytes",
        (
            f"{SESSION}::test_a_constant_added_to_every_clock_changes_nothing",
            f"{TIME}::test_steps_are_the_same_wherever_the_callers_clock_began",
        ),
    ),
    Fault(
        "a whole round trip counts as one way",
        "rollback/round_trip.py",
        "        return (self.rtt_s or 0.0) / 2",
        "        return self.rtt_s or 0.0",
        "the timelines run apart by the latency, and one player gets all rollbacks",
        (f"{TIME}::test_one_way_is_half_of_the_round_trip",),
    ),
    Fault(
        "a skip is not taken out of the samples",
        "rollback/time_sync.py",
        "                lead.shift(-skip * self._period_s)",
        "                lead.shift(0.0)",
        "the same lead is taken away again and again",
        (f"{SYNC}::test_a_large_lead_is_skipped_at_the_start_and_only_once",),
    ),
    Fault(
        "our own sleep counts as the silence of the others",
        "rollback/session.py",
        "self._course.time.enter(now_s) > KEEPALIVE_S + LATE_CALL_S:",
        "self._course.time.enter(now_s) > 1e9:",
        "a tab that slept takes everybody for lost",
        (f"{SESSION}::test_our_own_sleep_is_not_held_against_others",),
    ),
    Fault(
        "the queue of events is unbounded",
        "rollback/event_queue.py",
        "deque(maxlen=MOST_EVENTS)",
        "deque()",
        "a host that does not ask runs out of memory while a peer sends garbage",
        (f"{SESSION}::test_a_flood_of_events_is_bounded",),
    ),
    Fault(
        "every broken message is an event",
        "rollback/event_queue.py",
        "        if last_s is None or now_s - last_s >= VIOLATION_EVERY_S:",
        "        if last_s is None or now_s >= last_s:",
        "a flood of garbage drives out the events that matter",
        (f"{SESSION}::test_garbage_is_told_once_a_second_and_changes_nothing",),
    ),
    Fault(
        "differences of the hello are ignored",
        "rollback/opening.py",
        "        if not differences:",
        "        if differences is not None:",
        "two that run different games play until they diverge",
        (f"{SESSION}::test_a_peer_that_runs_something_else_is_refused_by_name",),
    ),
    Fault(
        "anybody may start an episode",
        "rollback/opening.py",
        "        if endpoint.peer != decider:",
        "        if endpoint.peer == course.roster.local_peer:",
        "two starts cross, and the timelines begin apart",
        (f"{SESSION}::test_only_the_lowest_peer_may_start_and_only_what_is_agreed",),
    ),
    Fault(
        "a repeated message counts again",
        "rollback/lane.py",
        "        if sequence <= self._last_sequence:",
        "        if sequence < 0:",
        "a route that repeats messages starts episodes twice",
        (f"{SESSION}::test_a_repeated_control_message_counts_once",),
    ),
)
