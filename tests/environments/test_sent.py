"""States of other people's environments are sent to a fresh copy, where they go on as before."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from random import Random

import pytest

from tests.environments.others import OTHERS, scripted, started

REEXECUTED = {
    # New monsters come with pictures that the receiver has not loaded.
    "knights archers zombies",
    # A planner of SciPy's matrices is made on the way.
    "overcooked-ai",
}


@pytest.fixture(autouse=True)
def _their_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", sorted(set(OTHERS) - REEXECUTED))
def test_a_joiner_goes_on_from_a_state_that_was_sent(name: str) -> None:
    sender, receiver = started(name, 3), started(name, 3)
    assert sender.can_restore()
    compared = 0
    for frame, inputs in enumerate(scripted(sender, Random(1), 60)):
        if frame % 15 == 5 and not sender.terminated:
            receiver.load(receiver.restore(sender.transfer(sender.save())))
            compared += 1
        sender.step(inputs)
        if compared:
            receiver.step(inputs)
            assert receiver.canonical(receiver.save()) == sender.canonical(sender.save()), frame
    assert compared


@pytest.mark.parametrize("name", sorted(REEXECUTED))
def test_one_that_cannot_be_sent_says_so_and_is_left_as_it_was(name: str) -> None:
    game = started(name, 3)
    before = game.canonical(game.save())
    assert not game.can_restore()
    assert game.canonical(game.save()) == before
