"""Cuts a match that goes wrong down to the least that still goes wrong in the same way.

Theory of operation: from the match, simpler ones are derived: without one of the things that
happen, with fewer frames, on a better network, with fewer spectators, with fewer players. The
first that still shows a problem of the same kind takes its place, and so on until none does or the
tries are used up. Since a match is a function of its description, no try has to be repeated.

Law: the result shows a problem of the same kind as the match that was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from peergym.lab.match_file import MatchFile
from peergym.testing.conditions import PairConditions
from peergym.testing.schedule import WITH_LENGTH, Happening, Kind, Schedule

MOST_TRIES = 200

Fails = Callable[[MatchFile], bool]
"""Whether a match shows the problem."""


def shrink(match: MatchFile, fails: Fails, most_tries: int = MOST_TRIES) -> MatchFile:
    """Cut a match down.

    Args:
        match: One that fails.
        fails: Whether another still does, in the same way.
        most_tries: How many are tried.

    Returns:
        The smallest that was found.
    """
    tried: set[str] = set()
    left = most_tries
    is_smaller = True
    while is_smaller and left > 0:
        is_smaller = False
        for simpler in simpler_matches(match):
            key = repr(simpler)
            if key in tried or left == 0:
                continue
            tried.add(key)
            left -= 1
            if fails(simpler):
                match, is_smaller = simpler, True
                break
    return match


def simpler_matches(match: MatchFile) -> Iterator[MatchFile]:
    """Matches that say less, the boldest first."""
    yield from _with_less_happening(match)
    yield from _shorter(match)
    yield from _with_fewer_people(match)
    yield from _on_better_networks(match)
    yield from _plainer(match)


def _with_less_happening(match: MatchFile) -> Iterator[MatchFile]:
    happenings = match.schedule.happenings
    for left_out in range(len(happenings)):
        kept = (*happenings[:left_out], *happenings[left_out + 1 :])
        yield replace(match, schedule=Schedule(kept))
    for index, happening in enumerate(happenings):
        for simpler in _simpler_happenings(happening):
            changed = (*happenings[:index], simpler, *happenings[index + 1 :])
            yield replace(match, schedule=Schedule(changed))


def _simpler_happenings(happening: Happening) -> Iterator[Happening]:
    if happening.frame > 1:
        yield replace(happening, frame=happening.frame // 2)
    if happening.kind in WITH_LENGTH and happening.length_frames > 1:
        yield replace(happening, length_frames=happening.length_frames // 2)


def _shorter(match: MatchFile) -> Iterator[MatchFile]:
    last = max([happening.frame for happening in match.schedule.happenings], default=0)
    for frames in (match.frames // 2, match.frames * 3 // 4):
        if frames > last + 60:
            yield replace(match, frames=frames)


def _with_fewer_people(match: MatchFile) -> Iterator[MatchFile]:
    watched = match.schedule.of(Kind.KILL_SPECTATOR)
    if match.spectators and not watched:
        yield replace(match, spectators=match.spectators - 1)
    last = match.seats - 1
    if last < 2:
        return
    kept = tuple(
        simpler
        for happening in match.schedule.happenings
        if (simpler := _without_player(happening, last)) is not None
    )
    links = {pair: path for pair, path in match.links.items() if last not in pair}
    yield replace(match, players=last, schedule=Schedule(kept), links=links)


def _without_player(happening: Happening, player: int) -> Happening | None:
    if happening.kind is Kind.KILL_SPECTATOR or player not in happening.players:
        return happening
    groups = tuple(
        group
        for each in happening.groups
        if (group := tuple(member for member in each if member != player))
    )
    return replace(happening, groups=groups) if len(groups) > 1 else None


def _on_better_networks(match: MatchFile) -> Iterator[MatchFile]:
    usual = PairConditions()
    for name in ("reorder", "duplicate", "loss", "jitter_s", "asymmetry_s", "rtt_s"):
        if getattr(match.network, name) != getattr(usual, name):
            changes = {name: getattr(usual, name)}
            if name == "loss":
                changes |= {"burst_packets": usual.burst_packets, "burst_s": usual.burst_s}
            if name == "rtt_s":
                changes |= {"asymmetry_s": 0.0}
            yield replace(match, network=replace(match.network, **changes))
    if match.network.burst_packets != usual.burst_packets:
        network = replace(match.network, burst_packets=usual.burst_packets, burst_s=0.0)
        yield replace(match, network=network)
    for pair in match.links:
        links = {other: path for other, path in match.links.items() if other != pair}
        yield replace(match, links=links)


def _plainer(match: MatchFile) -> Iterator[MatchFile]:
    usual = MatchFile()
    for name in ("options", "input_delay", "snapshot_interval", "window", "drift_ppm"):
        if getattr(match, name) != getattr(usual, name):
            yield replace(match, **{name: getattr(usual, name)})
    for seed in range(1, 4):
        if match.seed > seed:
            yield replace(match, seed=seed)
