"""What a check has found: a verdict and a sentence, and where the fault is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from peergym.envs.check.advice import Advice
from peergym.rollback.saving import FrameCosts


class Verdict(StrEnum):
    """What a check says."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    """Nothing went wrong, and something may."""
    SKIPPED = "skipped"
    """It was not, or could not be, checked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        check: Its name.
        verdict: What it says.
        sentence: Why, for people.
        path: The first difference in the state, with both values; empty if there is none.
        places: Lines that are, or may be, the cause: ``game.py:12: why``.
    """

    check: str
    verdict: Verdict
    sentence: str
    path: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a game costs on one host, and what follows.

    Attributes:
        host: ``native`` or ``browser``.
        python: Version and system.
        costs: Of a step, a save and a load.
        state_bytes: Size of a state in canonical bytes.
        transfer_bytes: Size of a state as it is sent to others; 0 if it cannot be.
        advice: What follows.
    """

    host: str
    python: str
    costs: FrameCosts
    state_bytes: int
    transfer_bytes: int
    advice: Advice


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found.

    Attributes:
        name: What was checked.
        seed: Of the script.
        frames: How many were played.
        findings: In the order of the checks.
        figures: By host.
        is_lockstep: Whether it is played in lockstep, so that nothing is ever put back.
    """

    name: str
    seed: int
    frames: int
    findings: tuple[Finding, ...]
    figures: tuple[Figures, ...] = ()
    is_lockstep: bool = False

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The checks that failed."""
        return tuple(each for each in self.findings if each.verdict is Verdict.FAILED)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a dict that JSON can carry."""
        return {**asdict(self), "passed": self.passed}

    def __str__(self) -> str:
        failed = [f"{each.check}: {each.sentence}" for each in self.failures]
        return f"{self.name}: " + ("; ".join(failed) if failed else "passed")
