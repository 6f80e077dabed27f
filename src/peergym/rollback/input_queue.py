"""The inputs of one player, by frame: real where they are held, predicted where they are not.

Theory of operation: real inputs arrive in any order, several times, and with holes. A frame that
is simulated before its input is there uses a prediction, and the queue remembers what was used.
When the real input arrives it is compared with what was *used* at that frame, and the first
difference is the first wrong frame: the session must go back there.

A seat that nobody runs is *vacant*: from a frame on its inputs are known to be 0 for ever. When a
peer is lost, what was received of it beyond the agreed cut is taken back as if it had been guessed.

Laws:
    - `held` is the newest frame up to which every input is real; it never decreases.
    - `first_wrong` is derived by comparison alone, and stays until `acknowledge_rollback`.
    - A frame's real input never changes: the first one counts, whatever arrives later.
    - Nothing is kept at or above the ceiling given with it, or below the frame given to
      `discard_below` (but for the base of predictions).
"""

from __future__ import annotations

from peergym.rollback.prediction import HISTORY_FRAMES, Predictor

FOR_EVER = (1 << 31) - 1
"""As a frame: beyond any that can be reached."""


class InputQueue:
    """Inputs of one player.

    Args:
        player: Player index, told to the predictor.
        predictor: Asked for missing inputs; None repeats the newest real input.
    """

    __slots__ = (
        "_predictor",
        "_real",
        "_used",
        "_vacant_from",
        "first_wrong",
        "held",
        "newest",
        "player",
    )

    def __init__(self, player: int, predictor: Predictor | None = None) -> None:
        self.player = player
        self.held = -1
        self.newest = -1
        self.first_wrong: int | None = None
        self._predictor = predictor
        self._real: dict[int, int] = {}
        self._used: dict[int, int] = {}
        self._vacant_from = FOR_EVER

    @property
    def is_vacant(self) -> bool:
        """Whether nobody runs the seat, so that all its inputs are known."""
        return self.held == FOR_EVER

    def begin(self, frame: int) -> None:
        """Begin in the middle of an episode: what lies below ``frame`` is not needed."""
        self.held = self.newest = frame - 1
        self._real[frame - 1] = 0

    def cut(self, frame: int) -> None:
        """Take back what was received beyond ``frame``, the last input that counts.

        What was simulated with it counts as guessed.
        """
        for later in [held for held in self._real if held > frame]:
            self._used[later] = self._real.pop(later)
        self.held, self.newest = min(self.held, frame), min(self.newest, frame)
        self._vacant_from = FOR_EVER

    def vacate(self, frame: int) -> None:
        """Nobody runs the seat from ``frame`` on: its inputs are 0."""
        for guessed, value in self._used.items():
            if guessed >= frame and value != 0:
                self._note_wrong(guessed)
        self._used = {f: value for f, value in self._used.items() if f < frame}
        self._vacant_from = frame
        self.held = FOR_EVER

    def occupy(self, frame: int, current_frame: int, oldest_frame: int) -> None:
        """Somebody runs a vacant seat from ``frame`` on.

        Args:
            frame: The first frame on which its inputs act.
            current_frame: The next frame to simulate; those before it counted the seat as vacant.
            oldest_frame: The oldest frame that may have to be simulated again.
        """
        for vacant in range(max(self._vacant_from, min(oldest_frame, frame - 1), 0), frame):
            self._real[vacant] = 0
        self.held = self.newest = frame - 1
        self._vacant_from = FOR_EVER
        for simulated in range(frame, current_frame):
            self._used[simulated] = 0

    def add(self, frame: int, value: int) -> bool:
        """Add a real input.

        Args:
            frame: The frame it acts on.
            value: The input.

        Returns:
            True if it was news; False for a frame already held.
        """
        if frame <= self.held or frame in self._real:
            return False
        self._real[frame] = value
        if self._used:
            used = self._used.pop(frame, value)
            if used != value:
                self._note_wrong(frame)
        self.newest = max(self.newest, frame)
        while self.held + 1 in self._real:
            self.held += 1
        return True

    def add_run(self, first: int, values: tuple[int, ...], ceiling: int) -> None:
        """Add the real inputs of consecutive frames from ``first``, those below ``ceiling``."""
        skip = max(0, self.held + 1 - first)
        for offset in range(skip, min(len(values), ceiling - first)):
            self.add(first + offset, values[offset])

    def real(self, frame: int) -> int:
        """The real input of ``frame``.

        Raises:
            KeyError: It is not held.
        """
        return 0 if frame >= self._vacant_from else self._real[frame]

    def input_for(self, frame: int) -> int:
        """The input to simulate ``frame`` with; a prediction is remembered as used."""
        value = self._real.get(frame)
        if value is None:
            if frame >= self._vacant_from:
                return 0
            value = self._used[frame] = self._predict(frame)
        return value

    def was_guessed(self, frame: int) -> bool:
        """Whether ``frame`` was last simulated with a prediction."""
        return frame in self._used

    def run(self, first: int, last: int) -> tuple[int, ...]:
        """The real inputs of the frames ``first`` to ``last``, both included."""
        if last >= self._vacant_from:
            return tuple([self.real(frame) for frame in range(first, last + 1)])
        real = self._real
        return tuple([real[frame] for frame in range(first, last + 1)])

    def acknowledge_rollback(self) -> None:
        """Forget the first wrong frame: the session has gone back to it."""
        self.first_wrong = None

    def discard_below(self, frame: int) -> None:
        """Drop what is older than ``frame``, except the base of predictions."""
        keep_from = min(frame, self.held - HISTORY_FRAMES + 1)
        real = self._real
        oldest = next(iter(real), keep_from)
        while oldest < keep_from:
            real.pop(oldest, None)
            oldest += 1

    @property
    def kept_frames(self) -> int:
        """How many real and used inputs are kept: bounded, whatever a peer sends."""
        return len(self._real) + len(self._used)

    def _note_wrong(self, frame: int) -> None:
        if self.first_wrong is None or frame < self.first_wrong:
            self.first_wrong = frame

    def _predict(self, frame: int) -> int:
        newest = min(self.newest, frame - 1)
        while newest > self.held and newest not in self._real:
            newest -= 1  # into a hole: what lies beyond it is not known yet at ``frame``
        if newest < 0:
            return 0
        if self._predictor is None:
            return self._real[newest]
        oldest = max(newest - HISTORY_FRAMES + 1, 0)
        history = [self._real[f] for f in range(oldest, newest + 1) if f in self._real]
        return self._predictor(self.player, history, frame - newest)
