"""Checksums, alarms, canonical bytes and repairs."""

from __future__ import annotations

from tests.mutation.fault import Fault

ALARM = "tests/simulation/test_desync.py"
COMPARER = "tests/rollback/test_desync_comparer.py"
REPAIR = "tests/simulation/test_repair.py"
CANONICAL = "tests/wire/test_canonical.py"

FAULTS = (
    Fault(
        "a checksum is taken before the last correction",
        "rollback/episode.py",
        "compute(sync.snapshots, sync.confirmed_frame,",
        "compute(sync.snapshots, sync.frame - 1,",
        "false alarms in sound matches",
        (f"{ALARM}::test_a_sound_match_never_tells_of_a_desync",),
    ),
    Fault(
        "checksums are not compared",
        "rollback/desync.py",
        "                if own[0] != remote:",
        "                if own[0] != remote and frame < 0:",
        "two histories, and nobody is told",
        (f"{ALARM}::test_a_planted_desync_is_told_and_located_on_every_peer",),
    ),
    Fault(
        "every frame after a difference is another alarm",
        "rollback/desync.py",
        "        if self.first_different is not None:\n            return None\n        for peer",
        "        for peer",
        "the first difference, which says most, drowns",
        (f"{ALARM}::test_a_planted_desync_is_told_and_located_on_every_peer",),
    ),
    Fault(
        "the state of the minority is taken",
        "rollback/repair.py",
        "key=lambda group: (-len(group), min(group))",
        "key=lambda group: (len(group), min(group))",
        "one broken machine overwrites the sound ones",
        (f"{REPAIR}::test_the_one_who_is_wrong_gets_the_state_of_the_others",),
    ),
    Fault(
        "a repair begins at a frame that is not confirmed",
        "rollback/repair.py",
        "snapshots.newest_not_above(episode.sync.confirmed_frame + 1)",
        "snapshots.newest_not_above(episode.sync.frame - 1)",
        "a guess is put in the place of a state, and stays there",
        (f"{REPAIR}::test_the_one_who_is_wrong_gets_the_state_of_the_others",),
    ),
    Fault(
        "after a repair, frames from before it are compared",
        "rollback/repair.py",
        "        counts_from = max(frame, episode.sync.frame) + 1",
        "        counts_from = frame - 200",
        "a second alarm for what has just been repaired",
        (f"{REPAIR}::test_the_one_who_is_wrong_gets_the_state_of_the_others",),
    ),
    Fault(
        "after a repair, snapshots of the frames since are kept as they were",
        "rollback/sync_layer.py",
        "        self.snapshots.clear()\n"
        "        self.snapshots.new_slot(frame).put(state)\n"
        "        requests.append(LoadState(frame, state, is_foreign=True))\n"
        "        for again in range(frame, self.frame):\n"
        "            if again > frame and self._is_saved(again):",
        "        self.snapshots.new_slot(frame).put(state)\n"
        "        requests.append(LoadState(frame, state, is_foreign=True))\n"
        "        for again in range(frame, self.frame):\n"
        "            if again < frame:",
        "the next rollback brings the wrong state back",
        (f"{REPAIR}::test_the_one_who_is_wrong_gets_the_state_of_the_others",),
    ),
    Fault(
        "-0.0 is written as 0.0",
        "rollback/canonical.py",
        "_FLOAT64.pack(value)",
        "_FLOAT64.pack(value + 0.0)",
        "states that differ in the sign of a zero pass as equal, until something is divided by it",
        (f"{CANONICAL}::test_the_sign_of_zero_is_kept",),
    ),
    Fault(
        "each NaN is written as it is",
        "rollback/canonical.py",
        "_NAN_BITS if isnan(value) else _FLOAT64.pack(value)",
        "_FLOAT64.pack(value)",
        "two processors, and a false alarm",
        (f"{CANONICAL}::test_every_nan_has_the_same_bytes",),
    ),
    Fault(
        "a tuple is written as a list",
        "rollback/canonical.py",
        "    out.append(_TUPLE if type(value) is tuple else _LIST)",
        "    out.append(_LIST)",
        "a state that was sent comes back with lists where tuples were",
        (f"{CANONICAL}::test_what_python_takes_for_equal_is_told_apart",),
    ),
    Fault(
        "a dict is written in the order in which it was filled",
        "rollback/canonical.py",
        "    encoded.sort(key=_first)",
        "    encoded.sort(key=lambda pair: 0)",
        "equal states that were built in different orders raise an alarm",
        (f"{CANONICAL}::test_the_order_in_which_a_dict_or_a_set_was_filled_leaves_no_trace",),
    ),
)
