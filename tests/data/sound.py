"""A small replay with something of every kind in it, made without a network."""

from __future__ import annotations

from peergym.data.replay.format import StateKind
from peergym.data.replay.model import RecordedState, ReplayHeader, SeatChange
from peergym.data.replay.span import Figures, Span
from peergym.data.replay.writer import ReplayWriter
from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.rollback import canonical
from peergym.rollback.seats import Control

SEED = 11
REPAIRED_FRAME = 100
END_FRAME = 130


def sound_replay() -> bytes:
    """Two seconds of two players of chaos: a desync, its repair, and a seat that changes hands."""
    game = GameAdapter(Chaos(players=2), {"score_to_win": 0})
    header = ReplayHeader(
        match_id="sound",
        local_peer=0,
        game={"spec": "chaos", "options": game.options, "digest": ""},
        agents=("a", "b"),
        owners=(0, 1),
        input_bits=game.input_bits,
        seed=7,
        frame_rate_hz=60.0,
        checksum_interval_frames=60,
    )
    rows = [(frame // 7 % 4, frame // 11 % 4) for frame in range(END_FRAME)]
    guesses = [2 if 20 < frame < 90 else 0 for frame in range(END_FRAME)]
    game.reset(SEED)
    states = []
    for row in rows:
        states.append(game.save())
        game.step(row)
    checksums = {frame: canonical.checksum(game.canonical(states[frame])) for frame in (0, 60, 120)}
    writer = ReplayWriter(header)
    writer.episode(0, SEED, 0, [Control(0, 0), Control(0, 1)])
    known = [(1, checksums[0]), (60, checksums[60])]
    writer.span(Span(rows[:70], guesses[:70], known, Figures(2, 6, 0, {1: 48.7})))
    writer.state(RecordedState(StateKind.KEPT, 60, game.transfer(states[60])))
    writer.event(80, "DesyncDetected", {"peer": 1, "frame": 90, "last_equal_frame": 60})
    repaired = game.transfer(states[REPAIRED_FRAME])
    writer.state(RecordedState(StateKind.REPAIRED, REPAIRED_FRAME, repaired))
    writer.seat(SeatChange(1, Control(110, 0, is_agent=True), 1))
    writer.span(Span(rows[70:], guesses[70:], [(60, checksums[120])], Figures(1, 3, 2, {1: 51.2})))
    writer.seal("over")
    return writer.take()
