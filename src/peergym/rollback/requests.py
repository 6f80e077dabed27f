"""What a session asks of its host, in order.

`P2PSession.advance_frame` returns a list of these. They are mandatory and must be carried out
in the order of the list: "load, then advance with these inputs" is the only frame loop there is.

Source: the shape follows GGRS (https://docs.rs/ggrs), which returns requests instead of calling
back.
"""

from __future__ import annotations

from typing import TypeAlias


class SnapshotSlot:
    """A place for the snapshot of one frame, filled by the host."""

    __slots__ = ("frame", "state")

    def __init__(self, frame: int) -> None:
        self.frame = frame
        self.state: object = None

    def put(self, state: object) -> None:
        """Keep ``state``, which the host must never mutate afterwards."""
        self.state = state


class ResetEpisode:
    """Start an episode: reset the game with this seed; the game is then at frame 0."""

    __slots__ = ("episode", "seed")

    def __init__(self, episode: int, seed: int) -> None:
        self.episode = episode
        self.seed = seed

    def __repr__(self) -> str:
        return f"ResetEpisode(episode={self.episode}, seed={self.seed})"


class SaveState:
    """Save the game as it is now, which is at ``frame``, into ``slot``."""

    __slots__ = ("frame", "slot")

    def __init__(self, frame: int, slot: SnapshotSlot) -> None:
        self.frame = frame
        self.slot = slot

    def __repr__(self) -> str:
        return f"SaveState(frame={self.frame})"


class LoadState:
    """Put the game back to ``state``, which was saved at ``frame``.

    The same state may be loaded any number of times, so the host must not let the game mutate it.

    Attributes:
        frame: The frame the game is at afterwards.
        state: What was saved.
        is_foreign: Whether another peer saved it: a newcomer's first state, or a repair.
    """

    __slots__ = ("frame", "is_foreign", "state")

    def __init__(self, frame: int, state: object, is_foreign: bool = False) -> None:
        self.frame = frame
        self.state = state
        self.is_foreign = is_foreign

    def __repr__(self) -> str:
        return f"LoadState(frame={self.frame})"


class AdvanceFrame:
    """Step the game from ``frame`` to ``frame + 1``.

    Attributes:
        frame: The frame the game is at before the step.
        inputs: One input per player, by player index.
        resimulated: True when this frame was already simulated with other inputs.
        guessed: Of a new frame, a bit for each player whose input is a prediction.
    """

    __slots__ = ("frame", "guessed", "inputs", "resimulated")

    def __init__(
        self, frame: int, inputs: tuple[int, ...], resimulated: bool, guessed: int = 0
    ) -> None:
        self.frame = frame
        self.inputs = inputs
        self.resimulated = resimulated
        self.guessed = guessed

    def __repr__(self) -> str:
        kind = "resimulated" if self.resimulated else "new"
        return f"AdvanceFrame(frame={self.frame}, inputs={self.inputs}, {kind})"


Request: TypeAlias = ResetEpisode | SaveState | LoadState | AdvanceFrame
