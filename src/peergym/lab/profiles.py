"""Networks by name: what a path between two players is like, and where its figures are from.

Each profile is a model of the whole path between two players. Its size is that of published
measurements, which the profile names; its form is that of the simulated network
(`peergym.testing.conditions`): uniform jitter, losses in bursts, and times in which everything is
held back. A recording of a path (`peergym.testing.packet_trace`) is always nearer to that path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peergym.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Profile:
    """A network by name.

    Attributes:
        figures: With the names of ``peergym lab``'s options.
        model: What it stands for, in a sentence.
        source: Where the size of its figures is from.
    """

    figures: Mapping[str, float]
    model: str
    source: str


PROFILES: dict[str, Profile] = {
    "fibre": Profile(
        {"rtt_ms": 22, "jitter_ms": 2, "loss": 0.1},
        "Two homes with fibre, by cable, in one region.",
        "FCC, Measuring Broadband America 2016: 11.6 ms for the middle speeds of Verizon Fios, to "
        "a server nearby; here both ends have it. FCC's charts call a loss below 0.4 % the best "
        "class. Jitter: a model.",
    ),
    "wifi": Profile(
        {
            "rtt_ms": 30,
            "jitter_ms": 16,
            "loss": 1,
            "burst": 3,
            "burst_ms": 100,
            "hold_every_ms": 2500,
            "hold_ms": 60,
        },
        "The same homes over Wi-Fi: a radio that others use too, and that is sometimes busy.",
        "Sui et al., MobiSys 2016 (47,000 devices): the Wi-Fi hop takes 3 ms in the median, 20 ms "
        "in the 90th and 250 ms in the 99th percentile. Losses: a model.",
    ),
    "lte": Profile(
        {
            "rtt_ms": 90,
            "jitter_ms": 30,
            "loss": 0.5,
            "burst": 3,
            "burst_ms": 100,
            "hold_every_ms": 10000,
            "hold_ms": 90,
        },
        "One player on a telephone network who moves a little, the other on fibre.",
        "A model: waiting for the uplink's grant makes tens of milliseconds of jitter, and a "
        "handover interrupts for about 50 ms (3GPP TR 36.881), longer when it is repeated.",
    ),
    "transatlantic": Profile(
        {"rtt_ms": 90, "jitter_ms": 4, "loss": 0.3, "burst": 2},
        "London and New York, both on fibre.",
        "5,585 km in glass take 56 ms there and back in a straight line; cables and routers are "
        "1.3 to 2 times longer than the line (Bozkurt et al., Dissecting Latency in the "
        "Internet's Fiber Infrastructure, 2018). Jitter and losses: a model.",
    ),
    "satellite": Profile(
        {
            "rtt_ms": 60,
            "jitter_ms": 20,
            "loss": 1,
            "burst": 5,
            "burst_ms": 200,
            "hold_every_ms": 15000,
            "hold_ms": 140,
        },
        "One player on satellites in a low orbit, such as Starlink, the other on fibre.",
        "Michel et al., IMC 2022 (APNIC blog, 28 November 2022): 50 ms in the median to Europe, "
        "40 and 60 in the quartiles. Paths change every 15 s, which makes spikes of some 140 ms "
        "(arXiv:2601.08439, 2026) and losses in bursts (Kassem et al., IMC 2022). Mean loss: a "
        "model.",
    ),
    "geostationary": Profile(
        {"rtt_ms": 620, "jitter_ms": 40, "loss": 0.5, "burst": 2},
        "One player on a satellite in the geostationary orbit, the other on fibre.",
        "Four times 35,786 km take light 477 ms; coding and scheduling are the rest. A model.",
    ),
}


def profile_of(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ConfigurationError: There is none; names them all.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise ConfigurationError("profile", f"is one of {', '.join(PROFILES)}, not {name!r:.60}")
    return profile


def describe_profiles() -> str:
    """All profiles for people: figures, model, source."""
    said = []
    for name, profile in PROFILES.items():
        figures = " ".join(
            f"--{figure.replace('_', '-')} {value:g}" for figure, value in profile.figures.items()
        )
        said.append(f"{name}\n  {profile.model}\n  {figures}\n  Source: {profile.source}\n")
    return "\n".join(said)
