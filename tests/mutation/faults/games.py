"""What is saved of a game, and what its page hears and counts."""

from __future__ import annotations

from tests.mutation.fault import Fault

EFFECTS = "tests/envs/test_effects.py"
EVENTS = "tests/simulation/test_confirmed_events.py"
SNAPSHOTS = "tests/envs/test_snapshots.py"
RESTORE = "tests/envs/test_restore.py"

FAULTS = (
    Fault(
        "a counter of the game is not saved",
        "games/chaos/game.py",
        '        self.frame = state["frame"]',
        '        self.frame = max(self.frame, state["frame"])',
        "after a rollback it has counted frames twice; the peers that rolled back differ",
        ("tests/simulation/test_saving.py::test_a_snapshot_is_restored_any_number_of_times",),
    ),
    Fault(
        "who has finished is not saved",
        "envs/adapter.py",
        "        return self._finished, self._save_env()",
        "        return 0, self._save_env()",
        "a rollback over the end of a game revives who was out",
        ("tests/envs/test_adapter.py::test_who_has_finished_is_part_of_the_snapshot",),
    ),
    Fault(
        "the state of generators is not put back",
        "envs/plain_data.py",
        "        restored = value.restore()",
        "        restored = Random(0)",
        "after a rollback chance goes another way on each peer",
        (f"{SNAPSHOTS}::test_generators_go_on_with_the_same_numbers",),
    ),
    Fault(
        "a snapshot shares its lists with the game",
        "envs/plain_data.py",
        "        restored.extend([restore_plain(item, memo) for item in value])",
        "        restored = value",
        "a snapshot is good for one rollback, and wrong in the second",
        (f"{SNAPSHOTS}::test_any_plain_data_is_restored_exactly_and_more_than_once",),
    ),
    Fault(
        "a state that was sent forgets the order of dicts",
        "envs/encoding.py",
        "            orders.append(_ranks(list(value)))",
        "            orders.append(())",
        "a game that goes by the order of a dict diverges on the newcomer",
        (
            f"{RESTORE}::test_a_game_that_goes_by_the_order_of_a_dict_needs_more_than_canonical_bytes",
        ),
    ),
    Fault(
        "an effect is played again when its frame is simulated again",
        "envs/effects.py",
        "                    if orphan.name == name and abs(orphan.frame - frame) == distance:",
        "                    if orphan.name == name and frame < 0:",
        "every rollback is heard",
        (f"{EFFECTS}::test_an_effect_is_started_once_in_spite_of_rollback",),
    ),
    Fault(
        "an effect that never happened sounds on",
        "envs/effects.py",
        "            self._stopped.append(played.id)",
        "            self._stopped.clear()",
        "the cheer for a goal that was none",
        (f"{EFFECTS}::test_only_the_one_that_never_happened_is_stopped",),
    ),
    Fault(
        "points are told before they are confirmed",
        "envs/confirmed_events.py",
        "min(confirmed_frame, frame - 1))",
        "frame - 1)",
        "a score that is taken back, or recorded though it never was",
        (f"{EVENTS}::test_every_point_is_told_once_when_it_is_certain_and_to_everybody",),
    ),
    Fault(
        "an end that was predicted wrongly stands",
        "envs/runner.py",
        "            self.end_frame = None\n        elif",
        "            self.end_frame = self.end_frame\n        elif",
        "an episode ends on one peer and goes on for the others",
        ("tests/envs/test_runner.py::test_a_correction_moves_or_takes_back_the_end",),
    ),
)
