"""How many frames a local input waits before it acts.

Theory of operation: delay hides latency from everybody and costs the player his own
responsiveness; rollback hides it at the price of corrections. The automatic rule has three knobs
and pays the one-way time in this order:

    1. ``least_delay_frames`` of delay, always;
    2. prediction, up to ``most_predicted_s``: so much passes unnoticed;
    3. more delay, up to ``most_delay_frames``;
    4. prediction again, up to the prediction window; beyond it play stalls. If that happens again
       and again, up to `STALL_FRAMES` more of delay.

    wanted                             | least | most | predicted
    -----------------------------------+-------+------+----------
    the default                        |   1   |   3  |  0.050 s
    rollback alone, no delay           |   0   |   0  |  any
    delay first, rollback for the rest |   0   |   5  |  0.0 s
    the same number for everybody      | an integer instead of the rule

With a prediction window of 0 (lockstep) nothing is predicted, so only delay is left to pay with:
the rule is then all of the one-way time and `LOCKSTEP_MARGIN_FRAMES`, the delay-only mode.

A change of delay is felt as a hiccup, so it happens rarely and gently: once in five seconds at
most, and by the least that was wanted in all of the last five. A player whose delay somebody has
fixed keeps it.

Laws:
    - The automatic rule stays within its least and most delay (but for lockstep), and goes beyond
      by at most `STALL_FRAMES`, only after repeated stalls.
    - Two changes are at least `LEAST_TIME_BETWEEN_CHANGES_S` apart.

Source: the article's rule (all of the one-way time, at most 5 frames) is that of mitxela's
"WebRTC Pong" (2021); the 50 ms are GGPO's and Slippi's common experience of about three frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite

from peergym.errors import ConfigurationError

LEAST_TIME_BETWEEN_CHANGES_S = 5.0  # a hiccup in ten seconds or so is the most one puts up with
STALLS_FOR_MORE = 30  # ticks within that time; half a second's, for less is how a silence begins
STALL_FRAMES = 2  # beyond the most delay: with the default three, five frames or 83 ms
SETTLING_S = 2.0  # of an episode, in which time sync may still skip ticks
FORGIVEN_AFTER = 4  # times the least time between changes: one hiccup is not held against a network
LOCKSTEP_MARGIN_FRAMES = 2  # one for jitter, one so that the next packet heals a lost one in time
LOCKSTEP_MOST_FRAMES = 30  # half a second at 60 Hz: the most that a session takes


@dataclass(frozen=True, slots=True)
class AutomaticInputDelay:
    """Delay only what rollback does not hide well.

    Attributes:
        least_delay_frames: Never less delay than this. 1 is not felt, and saves most of the
            rollbacks between neighbours.
        most_delay_frames: The most delay before prediction takes the rest, however long. People
            adapt to a constant 3 frames (50 ms) without noticing.
        most_predicted_s: How much of the one-way time, in seconds, is left to prediction as long
            as more delay may be had instead.

    Raises:
        ConfigurationError: A knob is out of range; names it.
    """

    least_delay_frames: int = 1
    most_delay_frames: int = 3
    most_predicted_s: float = 0.050

    def __post_init__(self) -> None:
        most = LOCKSTEP_MOST_FRAMES - STALL_FRAMES
        if not 0 <= self.most_delay_frames <= most:
            raise ConfigurationError(
                "most_delay_frames", f"must lie in 0 to {most}, is {self.most_delay_frames}"
            )
        if not 0 <= self.least_delay_frames <= self.most_delay_frames:
            raise ConfigurationError(
                "least_delay_frames",
                f"must lie in 0 to most_delay_frames, {self.most_delay_frames}, "
                f"is {self.least_delay_frames}",
            )
        if not isfinite(self.most_predicted_s) or self.most_predicted_s < 0:
            raise ConfigurationError(
                "most_predicted_s", f"must be finite and not negative, is {self.most_predicted_s}"
            )

    def wanted_frames(
        self, one_way_s: float, frame_period_s: float, prediction_window: int = 8
    ) -> int:
        """The delay for this one-way time, without regard to stalls.

        Args:
            one_way_s: The longest one-way time to any peer, in seconds.
            frame_period_s: Length of a frame, in seconds.
            prediction_window: Frames that may be predicted; fewer than `most_predicted_s` is
                worth leave more to delay, and 0 leaves all of it.
        """
        if prediction_window == 0:
            all_of_it = ceil(one_way_s / frame_period_s) + LOCKSTEP_MARGIN_FRAMES
            return min(max(all_of_it, self.least_delay_frames), LOCKSTEP_MOST_FRAMES)
        predicted_s = min(self.most_predicted_s, prediction_window * frame_period_s)
        beyond = ceil(max(0.0, one_way_s - predicted_s) / frame_period_s)
        return min(max(beyond, self.least_delay_frames), self.most_delay_frames)

    def most_frames(self, prediction_window: int) -> int:
        """The most delay, also after stalls."""
        if prediction_window == 0:
            return LOCKSTEP_MOST_FRAMES
        return self.most_delay_frames + STALL_FRAMES


@dataclass(frozen=True, slots=True)
class ArticleInputDelay:
    """Delay by all of the one-way time: no rollback as long as it suffices."""

    most_frames: int = 5

    def wanted_frames(
        self, one_way_s: float, frame_period_s: float, prediction_window: int = 8
    ) -> int:
        """The delay for this one-way time."""
        return min(ceil(one_way_s / frame_period_s), self.most_frames)


class InputDelayController:
    """Decides when the delay changes.

    A fixed delay never does. The article's rule is applied at the start of an episode and then
    kept. The automatic rule may follow the network.

    Args:
        rule: Frames, or a rule.
        frame_period_s: Length of a frame, in seconds.
        prediction_window: The session's; 0 is lockstep.

    Attributes:
        frames: The delay of the players for whom none was fixed.
    """

    def __init__(
        self,
        rule: int | AutomaticInputDelay | ArticleInputDelay,
        frame_period_s: float,
        prediction_window: int = 8,
    ) -> None:
        self._rule = rule
        self._period_s = frame_period_s
        self._window = prediction_window
        self._fixed: dict[int, int] = {}
        self._wish = 0  # the wanted delay nearest to the present one, since more (less) is wanted
        self._wish_since_s = 0.0
        self._changed_s = 0.0
        self._stalls_s: list[float] = []
        self._extra_frames = 0
        self._extra_since_s = 0.0
        self._episode_s = 0.0
        self.frames = rule if isinstance(rule, int) else 0

    def fix(self, player: int, delay_frames: int) -> None:
        """Let a player keep this delay from now on, in later episodes too, whatever the rule."""
        self._fixed[player] = delay_frames

    def frames_of(self, player: int) -> int:
        """The delay of a player: the one fixed for him, or else the rule's."""
        return self._fixed.get(player, self.frames)

    def start_episode(self, one_way_s: float, now_s: float) -> int:
        """Choose the delay for an episode that starts now.

        Args:
            one_way_s: The longest one-way time to any peer, in seconds.
            now_s: The time, in seconds.

        Returns:
            The delay in frames.
        """
        if not isinstance(self._rule, int):
            self.frames = self._rule.wanted_frames(one_way_s, self._period_s, self._window)
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
            del self._stalls_s[:-STALLS_FOR_MORE]

    def forget_stalls(self) -> None:
        """The latest stalls were the beginning of a silence, which no delay would have helped."""
        self._stalls_s.clear()

    def update(self, one_way_s: float, now_s: float) -> int | None:
        """Return the new delay in frames if it changes now, else None."""
        rule = self._rule
        if not isinstance(rule, AutomaticInputDelay):
            return None
        self._learn_from_stalls(rule, now_s)
        wanted = rule.wanted_frames(one_way_s, self._period_s, self._window) + self._extra_frames
        wanted = min(wanted, rule.most_frames(self._window))
        present = self.frames
        if (wanted - present) * (self._wish - present) <= 0:
            self._wish, self._wish_since_s = wanted, now_s
        elif abs(wanted - present) < abs(self._wish - present):
            self._wish = wanted
        steady_s = now_s - max(self._wish_since_s, self._changed_s)
        if self._wish == present or steady_s < LEAST_TIME_BETWEEN_CHANGES_S:
            return None
        self.frames, self._changed_s = self._wish, now_s
        return self.frames

    def _learn_from_stalls(self, rule: AutomaticInputDelay, now_s: float) -> None:
        """One frame more after repeated stalls, one frame less after a long time without any."""
        stalls, recent_s = self._stalls_s, LEAST_TIME_BETWEEN_CHANGES_S
        is_repeated = len(stalls) >= STALLS_FOR_MORE and stalls[0] >= now_s - recent_s
        if is_repeated and now_s - self._extra_since_s >= recent_s:
            most = rule.most_frames(self._window) - rule.least_delay_frames
            self._extra_frames = min(self._extra_frames + 1, most)
            self._extra_since_s = now_s
            stalls.clear()
        elif self._extra_frames and now_s - self._extra_since_s >= FORGIVEN_AFTER * recent_s:
            self._extra_frames -= 1
            self._extra_since_s = now_s
