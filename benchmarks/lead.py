"""Draws how far one peer runs ahead of another over time: ``docs/images/lead.svg``.

Run it as ``python -m benchmarks.lead`` with matplotlib installed. Everything happens on virtual
time, so the picture is the same on every machine. The lead is measured from outside, as no peer
can: from the times at which both really simulated the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl

from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.testing import Mesh, PairConditions, PeerClock, true_lead_s

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "peergym"  # the same identifiers in every run
from matplotlib import pyplot as plt  # noqa: E402  the backend is chosen first

PERIOD_S = 1 / 60
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "lead.svg"


@dataclass(frozen=True)
class Case:
    """One line of the picture."""

    label: str
    network: PairConditions
    late_frames: int = 0
    drift_ppm: float = 0.0


START = (
    Case("20 frames late, RTT 60 ms", PairConditions(rtt_s=0.06), late_frames=20),
    Case(
        "the same, jitter ±20 ms, 5 % loss",
        PairConditions(rtt_s=0.06, jitter_s=0.02, loss=0.05),
        20,
    ),
    Case("both at once, RTT 200 ms ±20", PairConditions(rtt_s=0.2, jitter_s=0.02)),
)
LONG = (
    Case(
        "clocks 2000 ppm apart, RTT 60 ms ±10", PairConditions(rtt_s=0.06, jitter_s=0.01), 0, 1000
    ),
    Case("clocks 200 ppm apart, RTT 120 ms ±20", PairConditions(rtt_s=0.12, jitter_s=0.02), 0, 100),
)


def leads_frames(case: Case, for_s: float) -> tuple[list[float], list[float]]:
    """Simulate a case. Returns seconds since the first frame, and leads in frames."""
    mesh = Mesh(
        lambda: GameAdapter(Chaos()),
        case.network,
        clocks={0: PeerClock(drift_ppm=-case.drift_ppm), 1: PeerClock(drift_ppm=case.drift_ppm)},
        late_s={1: case.late_frames * PERIOD_S},
    )
    mesh.run(for_s)
    leads = true_lead_s(mesh.peers[0], mesh.peers[1])
    return [at_s - leads[0][0] for at_s, _ in leads], [lead_s / PERIOD_S for _, lead_s in leads]


def draw() -> None:
    """Simulate all cases and write the picture."""
    figure, (start, long) = plt.subplots(2, 1, figsize=(7, 5.5), layout="constrained")
    for axes, cases, for_s, every in ((start, START, 10.5, 2), (long, LONG, 600.0, 150)):
        axes.axhspan(-1, 1, color="#4fb0c6", alpha=0.15, label="within one frame")
        for case in cases:
            seconds, frames = leads_frames(case, for_s)
            axes.plot(seconds[::every], frames[::every], label=case.label, linewidth=1.1)
        axes.set_ylabel("lead of peer 0 (frames)")
        axes.legend(fontsize=8, frameon=False)
    start.set_yscale("symlog", linthresh=1)  # linear within a frame
    start.set_yticks([-1, 0, 1, 10, 20], ["-1", "0", "1", "10", "20"])
    start.set_ylim(-2, 40)
    start.set_xlim(0, 10)
    start.set_title("How far one peer really runs ahead of the other", fontsize=10)
    long.set_ylim(-2, 2)
    long.set_xlim(0, 600)
    long.set_xlabel("seconds since the first frame")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    draw()
