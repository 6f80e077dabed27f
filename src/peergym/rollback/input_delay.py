"""How many frames a local input waits before it acts.

Theory of operation: delay hides latency from everybody and costs the player his own
responsiveness; rollback hides it at the price of corrections. About 50 ms of prediction pass
unnoticed, so the automatic rule delays only by what the one-way time exceeds them. A change of
delay is felt as a hiccup, so it happens rarely: once in five seconds at most, and only when the
wish has been steady for as long.

Laws:
    - The automatic rule stays within its least and usual most delay, and goes beyond, up to its
      limit, only after repeated stalls.
    - Two changes are at least `AutomaticInputDelay.least_time_between_changes_s` apart.

Source: the article's rule (all of the one-way time, at most 5 frames) is that of mitxela's
"WebRTC Pong" (2021); the 50 ms are GGPO's and Slippi's common experience of about three frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

SETTLING_S = 2.0  # of an episode, in which time sync may still skip ticks
FORGIVEN_AFTER = 4  # times the least time between changes: one hiccup is not held against a network


@dataclass(frozen=True, slots=True)
class AutomaticInputDelay:
    """Delay only what rollback does not hide well.

    Attributes:
        least_frames: Never less delay than this.
        usual_most_frames: Not more than this while play does not stall.
        most_frames: Never more than this.
        hidden_s: One-way time in seconds that prediction hides well.
        least_time_between_changes_s: A wish must be this old, and the last change this long ago.
        stalls_for_more: Stalled ticks within that time that count as repeated; half a second's,
            for less is how each silence begins.
    """

    least_frames: int = 1
    usual_most_frames: int = 3
    most_frames: int = 5
    hidden_s: float = 0.050
    least_time_between_changes_s: float = 5.0
    stalls_for_more: int = 30

    def wanted_frames(self, one_way_s: float, frame_period_s: float) -> int:
        """The delay for this one-way time, without regard to stalls."""
        beyond = ceil(max(0.0, one_way_s - self.hidden_s) / frame_period_s)
        return min(max(beyond, self.least_frames), self.usual_most_frames)


@dataclass(frozen=True, slots=True)
class ArticleInputDelay:
    """Delay by all of the one-way time: no rollback as long as it suffices."""

    most_frames: int = 5

    def wanted_frames(self, one_way_s: float, frame_period_s: float) -> int:
        """The delay for this one-way time."""
        return min(ceil(one_way_s / frame_period_s), self.most_frames)


class InputDelayController:
    """Decides when the delay changes.

    A fixed delay never does. The article's rule is applied at the start of an episode and then
    kept. The automatic rule may follow the network.
    """

    def __init__(
        self, rule: int | AutomaticInputDelay | ArticleInputDelay, frame_period_s: float
    ) -> None:
        self._rule = rule
        self._period_s = frame_period_s
        self._wish = 0
        self._wish_since_s = 0.0
        self._changed_s = 0.0
        self._stalls_s: list[float] = []
        self._extra_frames = 0
        self._extra_since_s = 0.0
        self._episode_s = 0.0
        self.frames = rule if isinstance(rule, int) else 0

    def start_episode(self, one_way_s: float, now_s: float) -> int:
        """Choose the delay for an episode that starts now.

        Args:
            one_way_s: The longest one-way time to any peer, in seconds.
            now_s: The time, in seconds.

        Returns:
            The delay in frames.
        """
        if not isinstance(self._rule, int):
            self.frames = self._rule.wanted_frames(one_way_s, self._period_s)
        self._wish, self._wish_since_s, self._changed_s = self.frames, now_s, now_s
        self._stalls_s.clear()
        self._extra_frames = 0
        self._episode_s = now_s
        return self.frames

    def note_stall(self, now_s: float) -> None:
        """Count a stalled tick, unless the episode has hardly begun and is still settling."""
        has_settled = now_s - self._episode_s >= SETTLING_S
        if has_settled and isinstance(self._rule, AutomaticInputDelay):
            self._stalls_s.append(now_s)
            del self._stalls_s[: -self._rule.stalls_for_more]

    def forget_stalls(self) -> None:
        """The latest stalls were the beginning of a silence, which no delay would have helped."""
        self._stalls_s.clear()

    def update(self, one_way_s: float, now_s: float) -> int | None:
        """Return the new delay in frames if it changes now, else None."""
        rule = self._rule
        if not isinstance(rule, AutomaticInputDelay):
            return None
        wait_s = rule.least_time_between_changes_s
        self._learn_from_stalls(rule, now_s)
        wanted = min(
            rule.wanted_frames(one_way_s, self._period_s) + self._extra_frames, rule.most_frames
        )
        if wanted != self._wish:
            self._wish, self._wish_since_s = wanted, now_s
        steady = now_s - max(self._wish_since_s, self._changed_s) >= wait_s
        if wanted == self.frames or not steady:
            return None
        self.frames, self._changed_s = wanted, now_s
        return wanted

    def _learn_from_stalls(self, rule: AutomaticInputDelay, now_s: float) -> None:
        """One frame more after repeated stalls, one frame less after a long time without any."""
        stalls, recent_s = self._stalls_s, rule.least_time_between_changes_s
        is_repeated = len(stalls) >= rule.stalls_for_more and stalls[0] >= now_s - recent_s
        if is_repeated and now_s - self._extra_since_s >= recent_s:
            most = rule.most_frames - rule.least_frames
            self._extra_frames = min(self._extra_frames + 1, most)
            self._extra_since_s = now_s
            stalls.clear()
        elif self._extra_frames and now_s - self._extra_since_s >= FORGIVEN_AFTER * recent_s:
            self._extra_frames -= 1
            self._extra_since_s = now_s
