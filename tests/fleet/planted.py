"""Sessions and hosts with faults, to be found by the fleet."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

import pytest

from peergym.lab.match_file import MatchFile
from peergym.rollback.config import SessionConfig
from peergym.rollback.desync import Canonical
from peergym.rollback.requests import AdvanceFrame, Request
from peergym.rollback.session import P2PSession
from peergym.testing import Happening, Kind, PairConditions, Schedule
from tests.fleet.trials import Trial

WRONG_FRAME = 100


def trial(*happenings: Happening, failure: str = "planted", **fields: Any) -> Trial:
    """A short match."""
    usual = MatchFile(
        players=3,
        frames=300,
        seed=5,
        absent="noop" if happenings else "",
        network=PairConditions(rtt_s=0.1),
        schedule=Schedule(happenings),
    )
    return Trial("planted", failure, replace(usual, **fields))


def drop(player: int = 2, frame: int = 90) -> Happening:
    """Somebody dies."""
    return Happening(kind=Kind.DROP, frame=frame, player=player)


def plant_another_input(patch: pytest.MonkeyPatch, peers: Container[int]) -> None:
    """Let some peers take one input of player 0 for something else."""
    plain = P2PSession.advance_frame

    def advance_frame(self: P2PSession, now_s: float) -> list[Request]:
        requests = plain(self, now_s)
        for request in requests:
            is_wrong = isinstance(request, AdvanceFrame) and request.frame == WRONG_FRAME
            if is_wrong and self.config.local_peer in peers:
                request.inputs = (request.inputs[0] ^ 1, *request.inputs[1:])
        return requests

    patch.setattr(P2PSession, "advance_frame", advance_frame)


def plant_error(patch: pytest.MonkeyPatch, peer: int) -> None:
    """Let one peer's session raise."""
    plain = P2PSession.advance_frame

    def advance_frame(self: P2PSession, now_s: float) -> list[Request]:
        if self.current_frame == WRONG_FRAME and self.config.local_peer == peer:
            raise AttributeError("broken on purpose")
        return plain(self, now_s)

    patch.setattr(P2PSession, "advance_frame", advance_frame)


def plant_deafness_for_checksums(patch: pytest.MonkeyPatch) -> None:
    """Let nobody compare checksums with the others."""
    patch.setattr(P2PSession, "_handle_checksums", lambda self, endpoint, message: None)


def plant_other_checksums(patch: pytest.MonkeyPatch, peer: int) -> None:
    """Let one peer take checksums of something else, though its states are right."""
    plain = P2PSession.__init__

    def init(
        self: P2PSession, config: SessionConfig, canonical: Canonical, *rest: Any, **more: Any
    ) -> None:
        is_wrong = config.local_peer == peer
        plain(self, config, lambda state: canonical(state) + b"?" * is_wrong, *rest, **more)

    patch.setattr(P2PSession, "__init__", init)
