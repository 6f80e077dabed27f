"""What the fleet plays: numbers of players x networks x failures.

Theory of operation: a trial is a name and a match that can be kept as JSON. Everything about it
follows from the name: the same name is the same match, byte for byte, on every machine. A round
plays the whole grid once; another round plays it with other seeds, so at other frames, in other
groups, with other inputs.

Law: a failure that makes no sense for a number of players is left out, never bent into another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random

from peergym.lab.match_file import MatchFile
from peergym.testing.conditions import PairConditions
from peergym.testing.schedule import Happening, Kind, Schedule

PLAYERS = (2, 3, 4, 8)
LOSSES_PERCENT = (0, 1, 5, 15)
RTTS_MS = ((0, 0), (50, 20), (100, 50), (200, 0))
BURSTS = (1, 10)
FIRST_FRAMES = (0, 1, 8)  # in the countdown, at the start, before anybody has the first inputs
BURST_S = 0.167  # in which ten packets are sent


@dataclass(frozen=True, slots=True)
class Trial:
    """A match of the fleet.

    Attributes:
        name: Says all: players, network, failure and round.
        failure: Which of `FAILURES`.
        match: What is played.
    """

    name: str
    failure: str
    match: MatchFile


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be after a trial.

    Attributes:
        kind: By which it is known again; see `tests.fleet.checks`.
        text: A sentence with the numbers.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a failure adds to a match.

    Attributes:
        happenings: What goes wrong.
        frames: How many frames the match needs to get over it.
        absent, server, spectators: As `MatchFile` has them.
        score_to_win: Of the game; 0 never ends an episode.
    """

    happenings: tuple[Happening, ...] = ()
    frames: int = 500
    absent: str = "noop"
    server: bool = True
    spectators: int = 0
    score_to_win: int = 0


Plans = Callable[[int, Random], Plan | None]
"""(players, generator) -> what goes wrong; None where it makes no sense."""


def _at(random: Random, least: int = 60, most: int = 200) -> int:
    return random.randint(least, most)


def _happening(
    kind: Kind,
    frame: int,
    player: int = -1,
    groups: tuple[tuple[int, ...], ...] = (),
    length_frames: int = 0,
) -> Happening:
    return Happening(
        kind=kind, frame=frame, player=player, groups=groups, length_frames=length_frames
    )


def _nothing(players: int, random: Random) -> Plan:
    return Plan(frames=900)


def _drop(players: int, random: Random) -> Plan:
    return Plan((_happening(Kind.DROP, _at(random), random.randrange(players)),))


def _drop_early(players: int, random: Random) -> Plan:
    frame = random.choice(FIRST_FRAMES)
    return Plan((_happening(Kind.DROP, frame, random.randrange(players)),), frames=300)


def _drop_unequal(players: int, random: Random) -> Plan | None:
    """Some survivors hear a few more inputs of the lost one than others."""
    if players < 3:
        return None
    lost, *others = random.sample(range(players), players)
    deaf = tuple(sorted(others[: random.randint(1, len(others) - 1)]))
    frame = _at(random)
    return Plan(
        (
            _happening(Kind.PARTITION, frame, groups=((lost,), deaf), length_frames=240),
            # Soon: without the inputs that are missing, the match stands still before long.
            _happening(Kind.DROP, frame + random.randint(2, 7), lost),
        )
    )


def _drop_two(players: int, random: Random) -> Plan | None:
    if players < 4:
        return None
    one, other = random.sample(range(players), 2)
    frame = _at(random)
    apart = random.choice((0, 1, 15, 40))
    return Plan((_happening(Kind.DROP, frame, one), _happening(Kind.DROP, frame + apart, other)))


def _goodbye(players: int, random: Random) -> Plan:
    return Plan((_happening(Kind.GOODBYE, _at(random), random.randrange(players)),), frames=400)


def _agent(players: int, random: Random) -> Plan:
    return replace(_drop(players, random), absent="agent")


def _agents_heir(players: int, random: Random) -> Plan | None:
    """The one who runs an agent is lost too."""
    if players < 3:
        return None
    lost = random.randrange(1, players)
    frame = _at(random)
    happenings = (
        _happening(Kind.DROP, frame, lost),
        _happening(Kind.GOODBYE, frame + 150, 0),
    )
    return Plan(happenings, frames=600, absent="agent")


def _rejoin(players: int, random: Random) -> Plan:
    lost, frame = random.randrange(players), _at(random)
    happenings = (
        _happening(random.choice((Kind.DROP, Kind.GOODBYE)), frame, lost),
        _happening(Kind.REJOIN, frame + random.choice((20, 100, 200)), lost),
    )
    return Plan(happenings, frames=800)


def _rejoin_from_agent(players: int, random: Random) -> Plan:
    return replace(_rejoin(players, random), absent="agent")


def _join(players: int, random: Random) -> Plan | None:
    if players < 3:
        return None
    joiner = random.randrange(players)
    absent = random.choice(("noop", "agent"))
    return Plan((_happening(Kind.JOIN, _at(random, 0), joiner),), frames=600, absent=absent)


def _halves(players: int, random: Random) -> tuple[tuple[int, ...], ...]:
    order = random.sample(range(players), players)
    return tuple(sorted(order[: players // 2])), tuple(sorted(order[players // 2 :]))


def _part_shortly(players: int, random: Random) -> Plan:
    length = random.choice((20, 60, 100))
    groups = _halves(players, random)
    return Plan((_happening(Kind.PARTITION, _at(random), groups=groups, length_frames=length),))


def _part_long(players: int, random: Random) -> Plan:
    groups = _halves(players, random)
    happening = _happening(Kind.PARTITION, _at(random), groups=groups, length_frames=600)
    return Plan((happening,), frames=1000)


def _part_without_server(players: int, random: Random) -> Plan:
    return replace(_part_long(players, random), server=False)


def _part_one(players: int, random: Random) -> Plan | None:
    """One is alone for so long that he is cut, and comes back."""
    if players < 3:
        return None
    alone = random.randrange(players)
    rest = tuple(player for player in range(players) if player != alone)
    length = random.choice((200, 300, 500))
    happening = _happening(
        Kind.PARTITION, _at(random), groups=((alone,), rest), length_frames=length
    )
    return Plan((happening,), frames=900)


def _pause(players: int, random: Random) -> Plan:
    length = random.choice((30, 60, 300))
    happening = _happening(Kind.PAUSE, _at(random), random.randrange(players), length_frames=length)
    return Plan((happening,), frames=700)


def _watch(players: int, random: Random) -> Plan:
    """Two watch; one of them dies, and a player leaves."""
    happenings = (
        _happening(Kind.KILL_SPECTATOR, _at(random), 0),
        _happening(Kind.GOODBYE, _at(random), random.randrange(players)),
    )
    return Plan(happenings, spectators=2, frames=400)


def _desync(players: int, random: Random) -> Plan:
    return Plan((_happening(Kind.DESYNC, _at(random), random.randrange(players)),), frames=500)


def _episodes(players: int, random: Random) -> Plan:
    """Episodes end and begin again while somebody leaves."""
    happening = _happening(Kind.GOODBYE, _at(random, 100, 500), random.randrange(players))
    return Plan((happening,), frames=700, score_to_win=2)


FAILURES: dict[str, Plans] = {
    "nothing": _nothing,
    "drop": _drop,
    "drop-early": _drop_early,
    "drop-unequal": _drop_unequal,
    "drop-two": _drop_two,
    "goodbye": _goodbye,
    "agent": _agent,
    "agents-heir": _agents_heir,
    "rejoin": _rejoin,
    "rejoin-from-agent": _rejoin_from_agent,
    "join": _join,
    "part-shortly": _part_shortly,
    "part-long": _part_long,
    "part-without-server": _part_without_server,
    "part-one": _part_one,
    "pause": _pause,
    "watch": _watch,
    "desync": _desync,
    "episodes": _episodes,
}


def trials(round_: int = 0) -> Iterator[Trial]:
    """All trials of a round, the failures in turn, so that a part of them is a mixture."""
    grid = product(PLAYERS, LOSSES_PERCENT, RTTS_MS, BURSTS, FAILURES)
    for players, loss, (rtt_ms, jitter_ms), burst, failure in grid:
        if burst > 1 and not loss:
            continue  # nothing is lost, in bursts or not
        network = PairConditions(
            rtt_s=rtt_ms / 1000,
            jitter_s=jitter_ms / 1000,
            loss=loss / 100,
            burst_packets=burst,
            burst_s=BURST_S if burst > 1 else 0.0,
        )
        name = f"{players}p-{rtt_ms}ms-{loss}pc-b{burst}-{failure}-{round_}"
        trial = make_trial(name, failure, players, network)
        if trial is not None:
            yield trial


def make_trial(name: str, failure: str, players: int, network: PairConditions) -> Trial | None:
    """One trial; None where the failure makes no sense."""
    random = Random(f"fleet/{name}")  # a text seeds the same way everywhere
    plan = FAILURES[failure](players, random)
    if plan is None:
        return None
    match = MatchFile(
        options={"score_to_win": plan.score_to_win} if plan.score_to_win else {},
        players=players,
        frames=plan.frames,
        seed=random.randrange(1 << 32),
        input_delay="auto" if failure == "nothing" else random.choice((0, 0, 2, "auto")),
        snapshot_interval=random.choice((1, 1, 1, 4)),
        absent=plan.absent if plan.happenings else "",
        server=plan.server,
        spectators=plan.spectators,
        network=network,
        schedule=Schedule(plan.happenings),
    )
    return Trial(name, failure, match)
