"""The seeds of the fuzzer break no law, and reach as deep as they did when they were chosen."""

from __future__ import annotations

import pytest

from tests.fuzz.seeds import SEEDS, refusals, seeds_of
from tests.fuzz.targets import TARGETS, deep_of, load_reach

CHANNELS = {"datagram": "input", "control": "control", "canonical": "canonical"}
HINT = "make fuzz finds such seeds again, and python dev.py fuzz TARGET --minimise keeps them"
MOST_SEED_BYTES = 80_000  # all seeds of all targets: they are read by people, too


@pytest.fixture(scope="module", params=TARGETS)
def replayed(request) -> tuple[str, set[str]]:
    """A target, and what its seeds have reached together; none has failed."""
    target = request.param
    reach = load_reach(target)
    reached: set[str] = set()
    for name, data in seeds_of(target).items():
        try:
            reached |= reach(data)
        except Exception as error:
            error.add_note(f"seed {name} of target {target}: {data.hex()}")
            raise
    return target, reached


def test_the_seeds_of_a_target_break_no_law_and_reach_deep(replayed):
    target, reached = replayed
    assert deep_of(target)
    assert deep_of(target) - reached == set(), HINT


def test_seeds_are_refused_for_every_reason_of_the_page(replayed):
    target, reached = replayed
    if target in CHANNELS:
        reasons = refusals(CHANNELS[target])
        assert len(reasons) > 10
        assert reasons - reached == set(), HINT


def test_every_folder_of_seeds_has_its_target_and_all_are_small():
    assert sorted(path.name for path in SEEDS.iterdir()) == list(TARGETS)
    sizes = [path.stat().st_size for path in SEEDS.glob("*/*")]
    assert len(sizes) > 100
    assert sum(sizes) < MOST_SEED_BYTES
