"""Executes a replay again and compares: is the match what its record says?

Theory of operation: the game is reset with the recorded seed and stepped with the recorded inputs,
nothing else. Where the record has a checksum, the state is compared with it; where it has a state,
field by field, which then says what differs and not only that something does. A state that took
the place of the writer's own (a repair, or a newcomer's first) is put in place here too, so
verification goes on from it.

Laws:
    - Nothing in a record is executed: the game comes from here, the record gives data.
    - An episode that was repaired is never called clean.

Source: deterministic replay as a check of data is as old as demo files; here it decides.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from peergym.data.execution import OnProgress, executed, maker_of, tell_nobody
from peergym.data.explain import ChangedInput, find_changed_input
from peergym.data.replay.model import RecordedEpisode, Replay
from peergym.data.replay.reader import read_replay
from peergym.envs.adapter import GameAdapter
from peergym.envs.fingerprint import maths_fingerprint
from peergym.envs.maker import MakeGame
from peergym.envs.restore import LAYOUT
from peergym.errors import PeergymError, ReplayError
from peergym.rollback import canonical
from peergym.rollback.binary import WireError

TELL_EVERY_FRAMES = 600
MOST_TEXT = 400


class Outcome(StrEnum):
    """What executing again has shown.

    VERIFIED    every checksum and state is what it must be
    REPAIRED    likewise, but for a desync that was repaired: not clean
    DIFFERS     the game computes something else here than the record says
    FAILED      the game raised an error, or refused a recorded state
    """

    VERIFIED = "verified"
    REPAIRED = "repaired"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a record and its execution part.

    Attributes:
        episode: Number of the episode.
        frame: The first frame that differs, as far as checksums can tell.
        last_equal_frame: The newest frame before that was compared and equal; -1 for none.
        what: What was compared: ``checksum``, ``state``, or ``end``.
        recorded: What the record says.
        executed: What came out here.
        field: The first field that differs, as played and as executed; empty if no state is
            recorded from there on, and no single input explains the difference.
        field_frame: The frame of the state in which that was seen; -1 without one.
    """

    episode: int
    frame: int
    last_equal_frame: int
    what: str
    recorded: str
    executed: str
    field: str = ""
    field_frame: int = -1


@dataclass(frozen=True, slots=True)
class Repair:
    """A part of an episode that a desync and its repair explain: not clean, but told.

    Attributes:
        episode: Number of the episode.
        from_frame: From here on the writer's own checksums may be others.
        to_frame: Here the state of another peer was put in their place.
    """

    episode: int
    from_frame: int
    to_frame: int


@dataclass(slots=True)
class Verification:
    """What came of it.

    Attributes:
        outcome: In a word.
        frames: Frames looked at.
        checksums: Checksums compared.
        states: States compared.
        is_sealed: Whether the record came to its end; a torn one is verified as far as it goes.
        same_maths: Whether this platform's maths is that of the record, bit for bit.
        mismatch: The first difference; None if there is none.
        later_equal: Checksums after the first difference that are equal all the same.
        changed_input: The one input that was changed in the record, if that explains it.
        repairs: What was repaired.
        error: Why it failed; empty if it did not.
    """

    outcome: Outcome = Outcome.VERIFIED
    frames: int = 0
    checksums: int = 0
    states: int = 0
    is_sealed: bool = True
    same_maths: bool = True
    mismatch: Mismatch | None = None
    later_equal: int = 0
    changed_input: ChangedInput | None = None
    repairs: list[Repair] = field(default_factory=list)
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "outcome": self.outcome.value}


def verify_replay(
    replay: Replay, make_game: MakeGame, on_progress: OnProgress | None = None
) -> Verification:
    """Execute all episodes of a replay and compare.

    Args:
        replay: What was recorded.
        make_game: Makes a fresh game.
        on_progress: Told how far it is.
    """
    recorded_maths = replay.header.maths
    result = Verification(
        is_sealed=replay.is_sealed, same_maths=recorded_maths in ("", maths_fingerprint())
    )
    for episode in replay.episodes:
        run = _Run(episode, make_game(), result, on_progress or tell_nobody, replay.frames)
        try:
            run.execute()
        except PeergymError as error:
            _fail(result, f"episode {episode.number}: {error}")
        except Exception as error:  # noqa: BLE001 - any fault of a game is a finding here
            kind = type(error).__name__
            _fail(result, f"episode {episode.number}: the game raised {kind}: {error}")
        if result.error:
            break
        _explain(result, episode, make_game)
    if result.error:
        result.outcome = Outcome.FAILED
    elif result.mismatch is not None:
        result.outcome = Outcome.DIFFERS
    elif result.repairs:
        result.outcome = Outcome.REPAIRED
    return result


def _explain(result: Verification, episode: RecordedEpisode, make_game: MakeGame) -> None:
    """Look for an input that was changed, and name the field that differs first."""
    found = result.mismatch
    if found is None or found.episode != episode.number or found.what != "checksum":
        return
    changed = find_changed_input(episode, make_game(), found.last_equal_frame, found.frame)
    if changed is not None:
        result.changed_input = changed
        result.mismatch = replace(
            found, field=changed.field[:MOST_TEXT], field_frame=changed.frame + 1
        )


def main_in_pyodide(
    record: bytes, spec: str | None = None, on_progress: OnProgress | None = None
) -> str:
    """Verify the bytes of a file, for a host that takes text.

    Returns:
        JSON: as `Verification.to_json`; or with ``outcome`` ``failed`` and an ``error``.
    """
    try:
        replay = read_replay(record)
        result = verify_replay(replay, maker_of(replay, spec), on_progress)
    except PeergymError as error:
        result = Verification(outcome=Outcome.FAILED, error=str(error))
    return json.dumps(result.to_json())


class _Run:
    """The execution of one episode."""

    def __init__(
        self,
        episode: RecordedEpisode,
        game: GameAdapter,
        result: Verification,
        on_progress: OnProgress,
        total: int,
    ) -> None:
        self._episode = episode
        self._game = game
        self._result = result
        self._on_progress = on_progress
        self._total = total
        self._repairs = episode.repairs()
        self._kept = episode.kept()
        self._last_equal = -1
        self._needs_field = False

    def execute(self) -> None:
        """Compare every frame of which something is recorded, and the end."""
        game, result = self._game, self._result
        ended: int | None = None
        for frame in executed(self._episode, game):
            self._look_at(frame)
            if game.terminated and ended is None:
                ended = frame
            result.frames += 1
            if result.frames % TELL_EVERY_FRAMES == 0:
                self._on_progress(result.frames, self._total)
        if self._episode.end_frame is not None:
            self._check_end(ended)
        self._on_progress(min(result.frames, self._total), self._total)

    def _look_at(self, frame: int) -> None:
        """Compare what the record has of a frame."""
        if frame in self._repairs:
            doubt = self._episode.first_doubt()
            since = frame if doubt is None else min(doubt, frame)
            self._result.repairs.append(Repair(self._episode.number, since, frame))
        checksum, kept = self._episode.checksums.get(frame), self._kept.get(frame)
        if checksum is None and kept is None:
            return
        state = self._game.save()
        if checksum is not None:
            self._compare_checksum(frame, checksum, state)
        if kept is not None:
            self._compare_state(frame, kept, state)

    def _compare_checksum(self, frame: int, recorded: int, state: object) -> None:
        found = canonical.checksum(self._game.canonical(state))
        self._result.checksums += 1
        if found == recorded:
            self._last_equal = frame
            if self._result.mismatch is not None:
                self._result.later_equal += 1
        elif not self._episode.is_explained(frame):
            self._note(frame, "checksum", f"{recorded:016x}", f"{found:016x}")
            self._needs_field = True

    def _compare_state(self, frame: int, recorded: bytes, state: object) -> None:
        self._result.states += 1
        mismatch = self._result.mismatch
        if self._episode.is_explained(frame) or (mismatch is not None and not self._needs_field):
            return
        try:
            theirs = _plain(canonical.decode(recorded))
        except WireError as error:
            raise ReplayError(f"the state recorded at frame {frame} is none: {error}") from None
        ours = _plain(canonical.decode(self._game.transfer(state)))
        found = canonical.first_difference(theirs, ours)
        if found is None:
            return
        if mismatch is None:
            self._note(frame, "state", "", "")
        self._needs_field = False
        mismatch = self._result.mismatch
        if mismatch is not None:
            self._result.mismatch = replace(mismatch, field=found[:MOST_TEXT], field_frame=frame)

    def _check_end(self, ended: int | None) -> None:
        recorded, game = self._episode.end_frame, self._game
        if recorded is None or ended != recorded:
            found = "it goes on" if ended is None else f"frame {ended}"
            self._note(recorded or 0, "end", f"frame {recorded}", found)
            return
        executed_checksum = canonical.checksum(game.canonical(game.save()))
        if executed_checksum != self._episode.end_checksum:
            told = self._episode.end_checksum or 0
            self._note(recorded, "end", f"{told:016x}", f"{executed_checksum:016x}")

    def _note(self, frame: int, what: str, recorded: str, executed: str) -> None:
        if self._result.mismatch is None:
            self._result.mismatch = Mismatch(
                self._episode.number, frame, self._last_equal, what, recorded, executed
            )


def _plain(value: Any) -> Any:
    """A state without what canonical bytes leave out."""
    if isinstance(value, dict):
        value.pop(LAYOUT, None)
    return value


def _fail(result: Verification, text: str) -> None:
    result.error = text[:MOST_TEXT]
