"""The worker's host hands out the replay of a match, piece by piece, here under CPython."""

from __future__ import annotations

import json

import pytest

from peergym.data.replay import read_replay
from peergym.hosts import pyodide
from peergym.hosts.mailbox import In, Out
from tests.pyodide.host_runs import FRAME_MS, HostRun, MatchRun


class Pieces:
    """What both sides of a match have recorded."""

    def __init__(self, run: MatchRun) -> None:
        self.data = [b"", b""]
        self.last = [0, 0]
        for peer, side in enumerate(run.sides):
            side.take = self._taker(peer, side)  # type: ignore[method-assign]

    def _taker(self, peer: int, side: HostRun):  # type: ignore[no-untyped-def]
        take = HostRun.take

        def taker(kind: int, index: int, payload: bytes) -> None:
            if kind == Out.REPLAY:
                assert not self.last[peer], "nothing follows the last piece"
                self.data[peer] += payload
                self.last[peer] = index
            take(side, kind, index, payload)

        return taker


def test_what_was_recorded_comes_while_playing_and_can_be_read_wherever_it_is_cut_off() -> None:
    run = MatchRun()
    pieces = Pieces(run)
    sizes = set()
    for _ in range(5):
        run.run(60)
        sizes.add(len(pieces.data[0]))
        assert not read_replay(pieces.data[0]).is_sealed
    assert len(sizes) == 5, "something came in every second"
    assert read_replay(pieces.data[0]).frames > 150


def test_the_last_piece_says_so_and_seals_the_record() -> None:
    run = MatchRun()
    pieces = Pieces(run)
    run.run(120)
    run.sides[0].put(In.LEAVE, 0, b"left")
    run.run(60)
    assert pieces.last == [1, 1]
    first, second = (read_replay(data) for data in pieces.data)
    assert first.is_sealed
    assert second.is_sealed
    rows = [replay.episodes[0].rows for replay in (first, second)]
    common = min(len(each) for each in rows)
    assert common > 60
    assert rows[0][:common] == rows[1][:common]
    assert len(set(rows[0])) > 1, "the inputs hardly varied"


def test_a_long_record_comes_in_pieces_that_let_other_records_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pyodide, "REPLAY_PIECE_BYTES", 50)
    run = MatchRun()
    pieces = Pieces(run)
    run.run(120)
    run.sides[0].put(In.LEAVE, 0, b"left")
    run.run(60)
    assert pieces.last == [1, 1]
    assert read_replay(pieces.data[0]).is_sealed


def test_a_practice_is_not_recorded() -> None:
    run = HostRun()
    pieces: list[int] = []
    take = run.take

    def taker(kind: int, index: int, payload: bytes) -> None:
        pieces.append(kind)
        take(kind, index, payload)

    run.take = taker  # type: ignore[method-assign]
    run.host.start_practice(json.dumps({"options": {}, "seed": "5", "localSeat": 0}))
    for tick in range(120):
        run.tick(tick * FRAME_MS)
    assert run.frames
    assert Out.REPLAY not in pieces
