"""The tests' own instruments: an oracle that does not compare proves nothing."""

from __future__ import annotations

from tests.mutation.fault import Fault

BITE = "tests/simulation/test_checks_that_bite.py"
AGREED = "tests/simulation/test_agreements_that_bite.py"
LOSS = "tests/simulation/test_loss.py"

FAULTS = (
    Fault(
        "the verdict compares nothing",
        "testing/verdict.py",
        "                if checksum != truth:",
        "                if checksum != checksum:",
        "none; but every test of a match would pass whatever it does",
        (f"{BITE}::test_the_oracle_finds_a_session_that_goes_wrong",),
    ),
    Fault(
        "the oracle leaves out the inputs of the last player",
        "testing/oracle.py",
        "        game.step(frame_inputs)\n        if replaced",
        "        game.step((*frame_inputs[:-1], 0))\n        if replaced",
        "none; but sound matches would be called divided",
        (f"{LOSS}::test_losses_in_one_direction_alone_keep_both_histories_equal",),
    ),
    Fault(
        "a state that was not saved may be loaded",
        "testing/checkers.py",
        "        if slot.state is not request.state:",
        "        if slot.frame != request.frame:",
        "none; but a session that loads a state from before a correction would not be found",
        (f"{BITE}::test_a_list_of_requests_that_is_not_legal_is_refused",),
    ),
    Fault(
        "our own inputs may be corrected",
        "testing/checkers.py",
        "            if request.frame >= since and before[player] != request.inputs[player]:",
        "            if request.frame < 0:",
        "none; but a session that loses local inputs would not be found",
        (f"{BITE}::test_a_list_of_requests_that_is_not_legal_is_refused",),
    ),
    Fault(
        "cuts are not looked at",
        "testing/agreements.py",
        "    if least <= cut <= most:\n        return []",
        "    return []",
        "none; but a cut that throws inputs away would not be found",
        (f"{AGREED}::test_a_wrong_agreement_is_a_complaint",),
    ),
    Fault(
        "agreements may differ from peer to peer",
        "testing/agreements.py",
        "    if len({(told.agreed, told.episode) for _, told in reports}) == 1:\n        return []",
        "    return []",
        "none; but two histories of who sat where would not be found",
        (f"{AGREED}::test_a_wrong_agreement_is_a_complaint",),
    ),
)
