"""Paths between peers, in the figures that people use: milliseconds and percent.

The names are those of the options of ``peergym lab``, so a file says the same as a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError
from peergym.lab.json_files import read_json
from peergym.lab.profiles import profile_of
from peergym.testing.conditions import PairConditions, Transport
from peergym.testing.packet_trace import PacketTrace, read_packet_trace

Pair = tuple[int, int]

FIGURES: dict[str, float] = {
    "rtt_ms": 0.0,
    "jitter_ms": 0.0,
    "loss": 0.0,
    "asymmetry_ms": 0.0,
    "burst": 1.0,
    "burst_ms": 0.0,
    "duplicate": 0.0,
    "reorder": 0.0,
    "hold_every_ms": 0.0,
    "hold_ms": 0.0,
}
"""The figures of a path, with what they are unless told."""

TEXTS = {"packet_trace": "", "transport": str(Transport.DATAGRAM)}
"""What else a path is made of: a recording (`peergym.testing.packet_trace`), and what carries the
inputs."""

PERCENTAGES = ("loss", "duplicate", "reorder")

PROFILE = "profile"
"""A name in the place of figures; what is told beside it counts (`peergym.lab.profiles`)."""

TOLD_BY_TRACE = ("jitter_ms", "loss", "asymmetry_ms", "burst", "burst_ms", "reorder", "hold_ms")
"""Figures that mean nothing beside a recording; the round trip of the other channels is the
recording's unless told."""


def path_from_figures(figures: Mapping[str, Any], where: str = "network") -> PairConditions:
    """A path from its figures.

    Args:
        figures: Those of `FIGURES` and `TEXTS` that are not as usual, and `PROFILE`.
        where: What to name when something is wrong.

    Raises:
        ConfigurationError: A figure is unknown, no number, or out of range.
    """
    named = figures.get(PROFILE, "")
    if not isinstance(named, str):
        raise ConfigurationError(where, f"profile is a name, not {named!r:.60}")
    figures = {name: value for name, value in figures.items() if name != PROFILE}
    if named:
        figures = {**profile_of(named).figures, **figures}
    given: dict[str, Any] = {**FIGURES, **TEXTS, **figures}
    for name, value in given.items():
        _check_figure(name, value, where)
    return PairConditions(
        rtt_s=given["rtt_ms"] / 1000,
        jitter_s=given["jitter_ms"] / 1000,
        loss=given["loss"] / 100,
        asymmetry_s=given["asymmetry_ms"] / 1000,
        burst_packets=given["burst"],
        burst_s=given["burst_ms"] / 1000,
        duplicate=given["duplicate"] / 100,
        reorder=given["reorder"] / 100,
        hold_every_s=given["hold_every_ms"] / 1000,
        hold_s=given["hold_ms"] / 1000,
        trace=_trace(given["packet_trace"], figures, where),
        transport=Transport(given["transport"]),
    )


def _check_figure(name: str, value: Any, where: str) -> None:
    if name in TEXTS:
        if not isinstance(value, str):
            raise ConfigurationError(where, f"{name} is a text, not {value!r:.60}")
        if name == "transport" and value not in list(Transport):
            raise ConfigurationError(
                where, f"transport is one of {', '.join(Transport)}, not {value!r:.60}"
            )
        return
    if name not in FIGURES:
        known = ", ".join([*FIGURES, *TEXTS, PROFILE])
        raise ConfigurationError(where, f"knows {known}, not {name!r:.60}")
    if type(value) not in (int, float):
        raise ConfigurationError(where, f"{name} is a number, not {value!r:.60}")
    if name in PERCENTAGES and not 0 <= value <= 100:
        raise ConfigurationError(where, f"{name} is a percentage from 0 to 100, not {value:g}")


def _trace(name: str, figures: Mapping[str, Any], where: str) -> PacketTrace | None:
    """The recording of a path; it takes the place of most figures."""
    if not name:
        return None
    idle = [each for each in TOLD_BY_TRACE if figures.get(each, FIGURES[each]) != FIGURES[each]]
    if idle:
        raise ConfigurationError(where, f"packet_trace says it all: leave out {', '.join(idle)}")
    return read_packet_trace(Path(name))


def path_to_figures(path: PairConditions) -> dict[str, Any]:
    """The figures of a path, but for those that are as usual."""
    figures = {
        "rtt_ms": path.rtt_s * 1000,
        "jitter_ms": path.jitter_s * 1000,
        "loss": path.loss * 100,
        "asymmetry_ms": path.asymmetry_s * 1000,
        "burst": path.burst_packets,
        "burst_ms": path.burst_s * 1000,
        "duplicate": path.duplicate * 100,
        "reorder": path.reorder * 100,
        "hold_every_ms": path.hold_every_s * 1000,
        "hold_ms": path.hold_s * 1000,
    }
    rounded = {name: round(value, 9) for name, value in figures.items()}
    written: dict[str, Any] = {
        name: value for name, value in rounded.items() if value != FIGURES[name]
    }
    texts = {
        "packet_trace": "" if path.trace is None else path.trace.name,
        "transport": str(path.transport),
    }
    written.update({name: text for name, text in texts.items() if text != TEXTS[name]})
    return written


def links_from_json(value: Any) -> dict[Pair, PairConditions]:
    """Paths by pair, from ``{"0-1": {"rtt_ms": 120, "loss": 5}, ...}``.

    Raises:
        ConfigurationError: It is not of that form.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError("links", 'are an object like {"0-1": {"rtt_ms": 120}}')
    links = {}
    for name, figures in value.items():
        one, separator, other = str(name).partition("-")
        is_pair = separator and one.isdecimal() and other.isdecimal() and one != other
        if not is_pair or not isinstance(figures, Mapping):
            raise ConfigurationError(
                "links", f'a pair is written like "0-1": {{"rtt_ms": 120}}, not {name!r}'
            )
        pair = (min(int(one), int(other)), max(int(one), int(other)))
        links[pair] = path_from_figures(figures, f"links, {name}")
    return links


def links_to_json(links: Mapping[Pair, PairConditions]) -> dict[str, dict[str, Any]]:
    """What `links_from_json` reads."""
    return {f"{one}-{other}": path_to_figures(path) for (one, other), path in sorted(links.items())}


def read_links(path: Path) -> dict[Pair, PairConditions]:
    """Read a file of paths.

    Raises:
        ConfigurationError: It cannot be read or is none.
    """
    return links_from_json(read_json(path, "links"))
