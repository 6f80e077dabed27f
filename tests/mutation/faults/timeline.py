"""Inputs, predictions, corrections, snapshots and the frontiers of an episode."""

from __future__ import annotations

from tests.mutation.fault import Fault

QUEUE = "tests/rollback/test_input_queue.py"
TIMELINE = "tests/rollback/test_timeline.py"
SESSION = "tests/rollback/test_session.py"
VIEWS = "tests/rollback/test_views.py"
STALL = "tests/simulation/test_stall.py"
LOSS = "tests/simulation/test_loss.py"
DELAY = "tests/simulation/test_delay_of_inputs.py"
REMATCH = "tests/simulation/test_rematch.py"
FRONTIERS = "tests/simulation/test_frontiers.py"

FAULTS = (
    Fault(
        "the prediction is taken from the newest packet, not the newest frame",
        "rollback/input_queue.py",
        "        self.newest = max(self.newest, frame)",
        "        self.newest = frame",
        "on an unordered channel predictions go backwards, and cause rollbacks",
        (f"{QUEUE}::test_prediction_repeats_the_newest_frame_and_not_the_newest_arrival",),
    ),
    Fault(
        "a duplicate input overwrites the first",
        "rollback/input_queue.py",
        "if frame <= self.held or frame in self._real:",
        "if frame < 0:",
        "a peer that says something else the second time divides the others",
        (f"{QUEUE}::test_an_input_is_taken_once_and_the_first_value_counts",),
    ),
    Fault(
        "inputs far ahead are kept",
        "rollback/input_queue.py",
        "range(skip, min(len(values), ceiling - first))",
        "range(skip, len(values))",
        "a flooding peer takes all memory of the others",
        (f"{QUEUE}::test_nothing_is_kept_at_or_above_the_ceiling",),
    ),
    Fault(
        "a wrong prediction of frame 0 is taken for none",
        "rollback/sync_layer.py",
        "            if wrong is not None:\n                if first is None",
        "            if wrong:\n                if first is None",
        "whoever presses a key in the first frame divides the match",
        (f"{TIMELINE}::test_a_correction_is_made_in_a_stalled_tick",),
    ),
    Fault(
        "a correction that comes at the prediction limit is lost",
        "rollback/sync_layer.py",
        "        start = self.frame if wrong is None else min(wrong, self.frame)",
        "        start = self.frame if wrong is None or not self.can_advance() else wrong",
        "three players and a stall: a silent desync",
        (f"{TIMELINE}::test_a_correction_is_made_in_a_stalled_tick",),
    ),
    Fault(
        "sparse saving goes back to a snapshot after the wrong frame",
        "rollback/sync_layer.py",
        "        slot = self.snapshots.newest_not_above(start)",
        "        slot = self.snapshots.oldest_not_below(start) or self.snapshots."
        "newest_not_above(start)",
        "frames between are never corrected: a desync",
        (f"{TIMELINE}::test_sparse_saving_gives_the_same_states",),
    ),
    Fault(
        "a snapshot above the confirmed frame is pruned",
        "rollback/sync_layer.py",
        "        keep = min(self.confirmed_frame + 1,",
        "        keep = min(self.confirmed_frame + 4,",
        "the snapshot that a correction needs is gone, and the match with it",
        (f"{SESSION}::test_every_frame_that_is_due_gets_a_checksum_however_the_frontier_jumps",),
    ),
    Fault(
        "the prediction window is counted from the confirmed frame",
        "rollback/sync_layer.py",
        "            self.frame - self.complete_frame <= self._window",
        "            self.frame - self.confirmed_frame <= self._window",
        "18 to 47 % of the speed is lost at 150 to 250 ms",
        (f"{STALL}::test_a_silent_peer_lets_eight_frames_be_predicted_and_then_no_more",),
    ),
    Fault(
        "frames count as confirmed as soon as we hold them",
        "rollback/episode.py",
        "        self._confirm(min([self.sync.complete_frame, *[min(view) for view in views]]))",
        "        self._confirm(self.sync.complete_frame)",
        "rows are told, points counted and inputs discarded that a later cut takes back",
        (f"{FRONTIERS}::test_everybody_holds_what_anybody_calls_confirmed",),
    ),
    Fault(
        "an input is registered anew in each tick of a stall",
        "rollback/local_inputs.py",
        "            self._values[player] = value\n            self._register(player)",
        "            self._values[player] = value\n            self._register(player)\n"
        "        else:\n            queue = self._sync.queues[player]\n"
        "            queue.add(queue.held + 1, value)",
        "inputs pile up in a stall and act ever later after it",
        (
            f"{STALL}::test_an_input_given_in_a_stall_is_registered_once_and_arrives",
            "tests/rollback/test_local_inputs_model.py::TestLocalInputsModel::runTest",
        ),
    ),
    Fault(
        "a raised delay leaves a hole",
        "rollback/local_inputs.py",
        "        for skipped in range(queue.held + 1, target):",
        "        for skipped in range(queue.held + 1, 0):",
        "the others wait for ever for the frames that are left out",
        (f"{DELAY}::test_a_raised_delay_repeats_the_last_input_in_between",),
    ),
    Fault(
        "only the last three inputs are sent again",
        "rollback/episode.py",
        "        first = min([view[player] for view in views], default=queue.held) + 1",
        "        first = max(min([view[player] for view in views]) + 1, queue.held - 2)",
        "three datagrams lost in a row leave a hole that nothing heals",
        (f"{LOSS}::test_one_delivery_heals_twenty_losses_in_a_row",),
    ),
    Fault(
        "what one peer has is not sent to those who lack it",
        "rollback/episode.py",
        "        first = min([view[player] for view in views], default=queue.held) + 1",
        "        first = max([view[player] for view in views], default=queue.held) + 1",
        "with three players, whoever loses a datagram never gets its inputs",
        (f"{LOSS}::test_a_network_that_loses_every_third_packet_only_slows_a_match_down",),
    ),
    Fault(
        "a keepalive comes without the view",
        "rollback/session.py",
        "        endpoint.raise_view(body.held)",
        "        if any(body.inputs):\n            endpoint.raise_view(body.held)",
        "two that only keep each other alive wait for each other for ever",
        (f"{VIEWS}::test_a_keepalive_says_what_its_sender_holds",),
    ),
    Fault(
        "an older view replaces a newer one",
        "rollback/endpoint.py",
        "            view[player] = max(view[player], frame)",
        "            view[player] = frame",
        "reordered datagrams have inputs sent again that were discarded",
        (f"{VIEWS}::test_an_older_view_that_comes_later_takes_nothing_back",),
    ),
    Fault(
        "a datagram of the last episode is taken in",
        "rollback/session.py",
        "        if body.episode == self.episode and endpoint.is_member:",
        "        if endpoint.is_member:",
        "a straggler poisons the first frames of the next episode",
        (
            f"{SESSION}::test_a_straggler_of_the_last_episode_changes_nothing",
            f"{REMATCH}::test_stragglers_of_the_last_episode_change_nothing_in_the_next",
        ),
    ),
    Fault(
        "an acknowledgement of what was never sent is believed",
        "rollback/datagrams.py",
        "                if body.held[player] > newest:",
        "                if body.held[player] > newest + 10_000:",
        "one liar has the others discard inputs that somebody still needs",
        (f"{SESSION}::test_a_false_acknowledgement_is_refused",),
    ),
)
