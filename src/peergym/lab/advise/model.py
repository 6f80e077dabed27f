"""What to expect of a match, from its network and its settings alone.

Theory of operation: an input given now is in the packet that is sent now and in all that follow
until it is acknowledged, one each frame. Each is lost with a probability p, or takes the one-way
time, spread evenly by the jitter. So the input arrives later than x if that is so of every packet:

    P(A > x) = product over j >= 0 of (p + (1 - p) P(way > x - j T))

with the frame's length T. With a delay of d frames it is needed d T after it was given, and is
missing in n more ticks or longer with P(N > n) = P(A > (d + n) T). From that follows the rest:

    rollbacks, a tick     1 - (1 - r P(N > 0)) ** others
    frames again, a tick  sum over n below the window w of 1 - (1 - r P(N > n)) ** others
    stalls, a tick        1 - (1 - P(N > w)) ** others

where r is how often somebody changes his input, a tick: each change is a wrong prediction if it
comes late, and of several in one tick the deepest counts. Sparse saving adds what lies between the
snapshot and the first wrong frame, (k - 1) / 2 frames on average.

Not in the model: bursts of losses, clocks that drift, and what a stall does to the other side.
It is held against simulated matches in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from peergym.errors import ConfigurationError
from peergym.rollback.config import MAX_PLAYERS
from peergym.rollback.saving import (
    INPUT_CHANGES_PER_S,
    FrameCosts,
    RollbackLoad,
    mean_tick_s,
    worst_tick_s,
)

# Two peers are in step as well as time sync can tell (docs/time-sync.md): either way by a clock's
# resolution, and by a tenth of what the way varies.
OUT_OF_STEP_S = 0.0005
OUT_OF_STEP_BY_JITTER = 0.1
MOST_MISSING_FRAMES = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A network and a game.

    Attributes:
        rtt_s: Round-trip time in seconds.
        jitter_s: It varies by up to this much either way, in seconds.
        loss: Share of packets lost each way, 0 to below 1.
        costs: What the game costs where it runs.
        players: How many play.
        frame_rate_hz: Frames a second.

    Raises:
        ConfigurationError: One of them is out of range; names it.
    """

    rtt_s: float
    jitter_s: float = 0.0
    loss: float = 0.0
    costs: FrameCosts
    players: int = 2
    frame_rate_hz: float = 60.0

    def __post_init__(self) -> None:
        for name, value, most in (
            ("rtt_s", self.rtt_s, 10.0),
            ("jitter_s", self.jitter_s, 10.0),
            ("loss", self.loss, 0.9),
        ):
            if not isfinite(value) or not 0.0 <= value <= most:
                raise ConfigurationError(name, f"must lie in 0 to {most:g}, is {value:g}")
        if not 2 <= self.players <= MAX_PLAYERS:
            raise ConfigurationError("players", f"2 to {MAX_PLAYERS}, is {self.players}")
        if not 1.0 <= self.frame_rate_hz <= 240.0:
            raise ConfigurationError("frame_rate_hz", f"1 to 240, is {self.frame_rate_hz:g}")

    @property
    def period_s(self) -> float:
        """Length of a frame in seconds."""
        return 1.0 / self.frame_rate_hz

    def is_later(self, after_s: float) -> float:
        """The probability that an input arrives later than so long after it was given."""
        spread_s = (0.5 + OUT_OF_STEP_BY_JITTER) * self.jitter_s + OUT_OF_STEP_S
        soonest_s = self.rtt_s / 2 - spread_s
        odds, sent_s = 1.0, 0.0
        while odds > 1e-12 and after_s - sent_s >= soonest_s:
            left_s = soonest_s + 2 * spread_s - (after_s - sent_s)
            on_way = min(1.0, max(0.0, left_s / (2 * spread_s)))
            odds *= self.loss + (1.0 - self.loss) * on_way
            sent_s += self.period_s
        return odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be chosen.

    Attributes:
        input_delay_frames: Frames between an input and its effect.
        window_frames: Frames that may be predicted; 0 is lockstep.
        snapshot_interval: States are saved every so many frames.
    """

    input_delay_frames: int
    window_frames: int
    snapshot_interval: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What comes of settings in a situation, for each player.

    Attributes:
        rollbacks_per_s: Rollbacks a second.
        resimulated_per_s: Frames simulated again, a second.
        depth_frames_mean: Of a rollback, in frames; 0 without any.
        depth_frames_p99: 99 % of all rollbacks are not deeper.
        stalls_per_min: Ticks without a new frame, a minute.
        own_latency_ms: From a player's input to his own frame that shows it.
        mean_tick_us: What a tick of the game costs on average, in microseconds.
        worst_tick_us: What it costs when it goes back as far as it can.
        cpu_share: The mean tick as a share of a frame's time.
    """

    rollbacks_per_s: float
    resimulated_per_s: float
    depth_frames_mean: float
    depth_frames_p99: int
    stalls_per_min: float
    own_latency_ms: float
    mean_tick_us: float
    worst_tick_us: float
    cpu_share: float


def expect(situation: Situation, settings: Settings) -> Expectation:
    """What to expect of these settings."""
    rate_hz, window = situation.frame_rate_hz, settings.window_frames
    missing = _missing(situation, settings.input_delay_frames)
    late = missing[:window]
    others = situation.players - 1
    change = min(1.0, INPUT_CHANGES_PER_S / rate_hz)
    deeper = [1.0 - (1.0 - change * odds) ** others for odds in late]
    rollbacks = deeper[0] if deeper else 0.0
    between = (settings.snapshot_interval - 1) / 2 * rollbacks
    depth = (sum(deeper) + between) / rollbacks if rollbacks else 0.0
    beyond = missing[window] if window < len(missing) else 0.0
    load = RollbackLoad(rollbacks, sum(deeper) / rollbacks if rollbacks else 0.0)
    mean_s = mean_tick_s(situation.costs, load, settings.snapshot_interval)
    worst_s = worst_tick_s(situation.costs, window, settings.snapshot_interval)
    stalls = 1.0 - (1.0 - beyond) ** others
    return Expectation(
        rollbacks_per_s=rate_hz * rollbacks,
        resimulated_per_s=rate_hz * (sum(deeper) + between),
        depth_frames_mean=depth,
        depth_frames_p99=_percentile_99(deeper, settings.snapshot_interval),
        stalls_per_min=60.0 * rate_hz * stalls,
        own_latency_ms=1000.0 * settings.input_delay_frames / rate_hz,
        mean_tick_us=1e6 * mean_s,
        worst_tick_us=1e6 * worst_s,
        cpu_share=mean_s * rate_hz,
    )


def _percentile_99(deeper: list[float], interval: int) -> int:
    """Of a rollback's depth, from the odds that one of a tick is deeper than n = 0, 1, 2 ..."""
    if not deeper or not deeper[0]:
        return 0
    # The snapshot lies 0 to interval - 1 frames below the first wrong one, each as often.
    beyond = [odds / deeper[0] for odds in deeper] + [0.0] * interval
    for depth in range(len(beyond)):
        odds = [beyond[depth - below] if depth >= below else 1.0 for below in range(interval)]
        if sum(odds) / interval <= 0.01:
            return depth
    return len(beyond)


def least_window(situation: Situation, delay_frames: int, stalls_per_min: float) -> int:
    """The smallest window with which play stalls no more often than this.

    Args:
        situation: Network and game.
        delay_frames: The input delay.
        stalls_per_min: Stalled ticks a minute.
    """
    wanted = stalls_per_min / (60.0 * situation.frame_rate_hz * (situation.players - 1))
    missing = _missing(situation, delay_frames, wanted)
    return next((n for n, odds in enumerate(missing) if odds <= wanted), len(missing))


def _missing(situation: Situation, delay_frames: int, least: float = 1e-9) -> list[float]:
    """P(N > n) for n = 0, 1, 2 and so on, until it is hardly any more."""
    found: list[float] = []
    while len(found) < MOST_MISSING_FRAMES and (not found or found[-1] > least):
        after_s = (delay_frames + len(found)) * situation.period_s
        found.append(situation.is_later(after_s))
    return found
