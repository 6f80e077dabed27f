"""Checks that what a session asks of its host is legal, list by list.

Theory of operation: `RequestChecker` looks at every list of requests before it is carried out and
keeps its own picture of the timeline: which frames are saved, in which slots, and where the game
stands. `CheckedRunner` puts it in front of a runner, so a mesh checks every session it drives.

Laws checked (the numbers of a session's own statistics are not believed, but counted anew):
    - A reset comes first or not at all; a load comes before every other request of its list.
    - What is loaded was saved at that frame, is that very state, and lies at most the prediction
      window below the current frame (plus what sparse saving adds).
    - Frames are advanced one after the other; ``resimulated`` is told truly.
    - At most one new frame is simulated, and after it nothing; several only by a session that is
      behind, as newcomers and spectators are.
    - Our own players' inputs are never corrected: they are real from the first. Of a seat that
      becomes ours, those of the frames that were simulated by then may be, once.
    - A state that was not saved here is loaded only by somebody who comes to a match, right after
      a reset, or where it was announced as a repair (`RequestChecker.expect_repair`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from peergym.errors import InvariantError
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)


class Runner(Protocol):
    """What carries out requests, such as `peergym.envs.GameRunner`."""

    @property
    def end_frame(self) -> int | None:
        """The first frame at which the game had terminated."""

    def execute(self, requests: Iterable[Request]) -> None:
        """Carry out requests in order."""


@dataclass(slots=True)
class RequestCounts:
    """What the lists of a session added up to.

    Attributes:
        rollbacks: Lists that loaded a state.
        rollback_frames: Frames simulated again.
        max_depth_frames: Most frames simulated again in one list.
        frames: Frames simulated for the first time.
    """

    rollbacks: int = 0
    rollback_frames: int = 0
    max_depth_frames: int = 0
    frames: int = 0


class RequestChecker:
    """A picture of the timeline, against which each list of requests is held.

    Args:
        window_frames: The session's prediction window.
        snapshot_interval: The session's interval of saving.
        local_players: Seats that the session's peer runs.
        force_rollback_frames: What the session resimulates in every tick.
        is_newcomer: Whether the session comes to a match that others have begun.

    Attributes:
        episode: Number of the running episode; -1 before the first.
        seed: Its seed.
        first_frame: Where we began it: 0, or the frame of a state that was transferred.
        frame: Frame that the game is at.
        inputs: Per frame from ``first_frame`` on, the inputs it was last simulated with.
        slots: Snapshots by frame, as last saved.
        counts: Totals of the match.
        beginnings: How often an episode was begun, or begun again from a state.
        replaced: (episode, frame, state) of every repair.
        most_new_frames: New frames that one list may simulate.
    """

    def __init__(
        self,
        window_frames: int,
        snapshot_interval: int = 1,
        local_players: Sequence[int] = (),
        force_rollback_frames: int = 0,
        *,
        is_newcomer: bool = False,
    ) -> None:
        self._most_depth = max(window_frames, force_rollback_frames) + snapshot_interval - 1
        self._force_frames = force_rollback_frames
        self._own_from = dict.fromkeys(local_players, 0)
        self._may_begin_anywhere = is_newcomer
        self._is_repair_awaited = False
        self.episode = -1
        self.seed = 0
        self.first_frame = 0
        self.frame = 0
        self.inputs: list[tuple[int, ...]] = []
        self.slots: dict[int, SnapshotSlot] = {}
        self.counts = RequestCounts()
        self.beginnings = 0
        self.replaced: list[tuple[int, int, object]] = []
        self.most_new_frames = 1

    @property
    def next_frame(self) -> int:
        """The first frame that has not been simulated yet."""
        return self.first_frame + len(self.inputs)

    def note_local_players(self, since: Mapping[int, int]) -> None:
        """From now on the session's peer runs these seats, by the first frame with its inputs."""
        self._own_from = {
            player: self._own_from.get(player, max(self.next_frame, frame))
            for player, frame in since.items()
        }

    def end_newcoming(self) -> None:
        """The session is a member now, and begins every episode like the others."""
        self._may_begin_anywhere = False

    def expect_repair(self) -> None:
        """Some list from now on may begin by loading a state from elsewhere, once."""
        self._is_repair_awaited = True

    def check(self, requests: Sequence[Request]) -> None:
        """Check a list that is about to be carried out.

        Raises:
            InvariantError: The list is not legal; says which request and why.
        """
        depth, known, repairs = 0, self.next_frame, len(self.replaced)
        for index, request in enumerate(requests):
            if isinstance(request, AdvanceFrame):
                depth += self._check_advance(request, index == len(requests) - 1)
            elif isinstance(request, SaveState):
                self._check_save(request)
            elif isinstance(request, LoadState):
                self._check_load(request, requests[:index])
                known = max(known, self.frame)
            else:
                self._check_reset(request, index)
                known = 0
        if len(self.replaced) > repairs:
            depth = 0  # a repair goes back to a frame that all have confirmed
        if depth > self._most_depth:
            raise InvariantError(f"{depth} frames simulated again, at most {self._most_depth} may")
        if self.frame != self.next_frame:
            raise InvariantError(f"left at frame {self.frame}, had been at {self.next_frame}")
        if self.frame - known > self.most_new_frames:
            raise InvariantError(
                f"{self.frame - known} new frames, at most {self.most_new_frames} may be"
            )
        self._count(depth)

    def _count(self, depth: int) -> None:
        if depth:
            counts = self.counts
            counts.rollbacks += 1
            counts.rollback_frames += depth
            counts.max_depth_frames = max(counts.max_depth_frames, depth)

    def forget_final(self, confirmed_frame: int) -> None:
        """Drop the snapshots that may not be loaded any more.

        Args:
            confirmed_frame: The session's confirmed frame; what led to the frame after it is known
                to be right, so nothing before the newest snapshot up to there is needed.
        """
        needed = min(confirmed_frame + 1, self.frame - self._force_frames)
        while True:
            oldest = next(iter(self.slots), None)
            if oldest is None or not any(oldest < frame <= needed for frame in self.slots):
                return
            del self.slots[oldest]

    def _check_advance(self, request: AdvanceFrame, is_last: bool) -> int:
        """Returns 1 for a frame simulated again, else 0."""
        frame = request.frame
        if self.episode < 0 or frame != self.frame:
            raise InvariantError(f"{request!r} while the game is at frame {self.frame}")
        is_known = frame < self.next_frame
        if request.resimulated != is_known:
            raise InvariantError(f"{request!r}, but frame {self.next_frame} is the next")
        self.frame += 1
        if is_known:
            self._check_own_inputs(request)
            self.inputs[frame - self.first_frame] = request.inputs
            return 1
        if not is_last and self.most_new_frames == 1:
            raise InvariantError(f"{request!r} is new, but something follows it")
        self.inputs.append(request.inputs)
        self.counts.frames += 1
        return 0

    def _check_own_inputs(self, request: AdvanceFrame) -> None:
        before = self.inputs[request.frame - self.first_frame]
        for player, since in self._own_from.items():
            if request.frame >= since and before[player] != request.inputs[player]:
                raise InvariantError(
                    f"{request!r} changes our own player {player} from {before[player]}"
                )

    def _check_save(self, request: SaveState) -> None:
        if self.episode < 0 or request.frame != self.frame or request.slot.frame != request.frame:
            raise InvariantError(f"{request!r} while the game is at frame {self.frame}")
        self.slots.pop(request.frame, None)  # so that the oldest frame stays the first
        self.slots[request.frame] = request.slot

    def _check_load(self, request: LoadState, before: Sequence[Request]) -> None:
        if self._may_begin_anywhere and len(before) == 1 and isinstance(before[0], ResetEpisode):
            self._begin_at(request)
            return
        if before:
            raise InvariantError(
                f"{request!r} is request {len(before)} of its list, must be the first"
            )
        slot = self.slots.get(request.frame)
        is_foreign = slot is None or slot.state is not request.state
        if is_foreign and self._is_repair_awaited:
            self._repair(request)
            return
        if slot is None:
            raise InvariantError(f"{request!r}, but that frame is not saved, or is final")
        if slot.state is not request.state:
            raise InvariantError(f"{request!r} is not the state that was saved there last")
        if self.frame - request.frame > self._most_depth:
            raise InvariantError(
                f"{request!r} goes back {self.frame - request.frame} frames, at most "
                f"{self._most_depth} are allowed"
            )
        self.frame = request.frame

    def _begin_at(self, request: LoadState) -> None:
        """Somebody begins with a state that was transferred."""
        self.first_frame = self.frame = request.frame
        self._keep(request)

    def _repair(self, request: LoadState) -> None:
        """Another's state takes the place of all of ours."""
        if not self.first_frame <= request.frame <= self.frame:
            raise InvariantError(f"{request!r} repairs what has not been simulated")
        self._is_repair_awaited = False
        self.replaced.append((self.episode, request.frame, request.state))
        self.frame = request.frame
        self.slots = {}
        self._keep(request)

    def _keep(self, request: LoadState) -> None:
        slot = self.slots[request.frame] = SnapshotSlot(request.frame)
        slot.put(request.state)

    def _check_reset(self, request: ResetEpisode, index: int) -> None:
        if index != 0:
            raise InvariantError(f"{request!r} is request {index} of its list, must be the first")
        if request.episode != self.episode + 1 and not self._may_begin_anywhere:
            raise InvariantError(f"{request!r} after episode {self.episode}")
        self.episode, self.seed = request.episode, request.seed
        self.first_frame = self.frame = 0
        self._own_from = dict.fromkeys(self._own_from, 0)
        self.inputs = []
        self.slots = {}
        self.beginnings += 1
        self._is_repair_awaited = False


class CheckedRunner:
    """A runner that checks each list before it carries it out.

    Args:
        runner: Carries the lists out.
        checker: Checks them.
    """

    def __init__(self, runner: Runner, checker: RequestChecker) -> None:
        self.runner = runner
        self.checker = checker
        self._wrong: tuple[int, int] | None = None

    @property
    def end_frame(self) -> int | None:
        """The first frame at which the game had terminated."""
        return self.runner.end_frame

    def plant_desync(self, episode: int, frame: int) -> None:
        """From now on compute one frame of an episode with another input, as if by a wrong bit."""
        self._wrong = (episode, frame)

    def execute(self, requests: Sequence[Request]) -> None:
        """Check and carry out.

        Raises:
            InvariantError: The list is not legal.
        """
        self.checker.check(requests)
        if self._wrong is not None and self._wrong[0] == self.checker.episode:
            requests = [self._falsified(request) for request in requests]
        self.runner.execute(requests)

    def _falsified(self, request: Request) -> Request:
        if not isinstance(request, AdvanceFrame) or self._wrong is None:
            return request
        if request.frame != self._wrong[1]:
            return request
        # Of all the low bits only: whatever the number of actions, it stays one of them.
        inputs = tuple([0 if value else 1 for value in request.inputs])
        return AdvanceFrame(request.frame, inputs, request.resimulated)
