"""``peergym replay show``: what is in a replay, in the terminal or in a page."""

from __future__ import annotations

import argparse
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from peergym.cli.replay.files import add_file, add_game, duration, open_replay
from peergym.data.replay import Replay
from peergym.data.replay.model import Happening, RecordedEpisode, Sample

if TYPE_CHECKING:
    from rich.table import Table

DESCRIPTION = """\
Say what is in a replay: which game, who played which seat and when, how long, how often the
recording peer had to go back, what happened on the network. With --browser it is played in the
page, with pause, seeking, speed, and statistics over time."""

EPILOG = """\
examples:
  peergym replay show match.pgr
  peergym replay show match.pgr --browser
      Ctrl-C ends it"""

BARS = " ▁▂▃▄▅▆▇█"
COLUMNS = 48  # a line fits into 80
MOST_HAPPENINGS = 40
EVERYDAY = frozenset(
    {"PeerConnected", "PeerReady", "EpisodeStarted", "EpisodeEnded", "InputDelayChanged"}
)


def add_parser(subparsers: Any) -> None:
    """Add the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "show",
        help="say what is in a replay, or play it in the page",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_file(parser)
    add_game(parser)
    parser.add_argument("--browser", action="store_true", help="play it in the page")
    parser.add_argument(
        "--no-open", action="store_true", help="with --browser: only print the address"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    replay = open_replay(args.file)
    if args.browser:
        from peergym.cli.replay.watch import watch  # slow to import

        return watch(args.file, replay, args.game, opens=not args.no_open)
    _print(replay)
    return 0


def _print(replay: Replay) -> None:
    from rich.console import Console  # slow to import

    console = Console(highlight=False)
    for line in _about(replay):
        console.print(line, markup=False)
    if not replay.episodes:
        console.print("\nNothing was played.")
        return
    console.print()
    console.print(_episodes(replay))
    for episode in replay.episodes:
        rows = _over_time(episode)
        if rows:
            console.print(f"\nEpisode {episode.number}, over time")
            for row in rows:
                console.print(f"  {row}", markup=False)
    happenings = _told(replay)
    if happenings:
        console.print("\nWhat happened")
        for happening in happenings:
            console.print(f"  {happening}", markup=False)


def _about(replay: Replay) -> list[str]:
    header = replay.header
    game, versions = header.game, header.versions
    options = ", ".join(f"{name} {value}" for name, value in dict(game.get("options", {})).items())
    played = f", {options}" if options else ""
    ended = f"ended: {replay.reason}" if replay.is_sealed else "torn off before the match ended"
    settings = ", ".join(f"{name} {value}" for name, value in header.settings.items())
    length = f"{duration(replay.duration_s)} of play in {len(replay.episodes)} episodes"
    return [
        f"{game.get('spec', 'an unknown game')}{played}",
        f"match {header.match_id}, recorded by peer {header.local_peer}"
        + (f", begun {header.started}" if header.started else ""),
        f"{length} at {header.frame_rate_hz:g} Hz; {ended}",
        f"{replay.sound_bytes:,} bytes; {settings}",
        ", ".join(f"{name} {value}" for name, value in versions.items()),
    ]


def _episodes(replay: Replay) -> Table:
    from rich.table import Table  # slow to import

    table = Table(box=None, pad_edge=False)
    for title in ("episode", "length", "end", "seats", "predicted", "rollbacks", "stalls"):
        table.add_column(title, justify="left" if title == "seats" else "right")
    players = range(len(replay.header.owners))
    for episode in replay.episodes:
        end = "" if episode.end_frame is None else f"frame {episode.end_frame}"
        frames = len(episode.played_rows)
        samples = [sample.figures for sample in episode.samples]
        table.add_row(
            str(episode.number),
            duration(frames / replay.header.frame_rate_hz),
            end,
            "\n".join(_seat(replay, episode, player) for player in players),
            f"{_guessed_share(episode):.0%}",
            str(sum(figures.rollbacks for figures in samples)),
            str(sum(figures.stalls for figures in samples)),
        )
    return table


def _seat(replay: Replay, episode: RecordedEpisode, player: int) -> str:
    agents = replay.header.agents
    name = agents[player] if player < len(agents) else f"player {player}"
    controls = [episode.controls[player]]
    controls += [change.control for change in episode.changes if change.player == player]
    said = []
    for control in controls:
        who = "nobody" if control.peer < 0 else f"peer {control.peer}"
        since = f" from {control.frame}" if len(controls) > 1 else ""
        said.append(f"{who}{' (AI)' if control.is_agent else ''}{since}")
    return f"{name}: {', '.join(said)}"


def _guessed_share(episode: RecordedEpisode) -> float:
    return sum(map(bool, episode.guesses)) / max(1, len(episode.guesses))


def _over_time(episode: RecordedEpisode) -> list[str]:
    """A line of bars for each figure."""
    samples = episode.samples[1:]
    if len(samples) < 2:
        return []
    peers = sorted({peer for sample in samples for peer in sample.figures.rtts_ms})
    lines = [
        _line("rollbacks / s", [float(sample.figures.rollbacks) for sample in samples]),
        _line("frames again / s", [float(sample.figures.rollback_frames) for sample in samples]),
        _line("stalls / s", [float(sample.figures.stalls) for sample in samples]),
    ]
    return lines + [_line(f"RTT to peer {peer}, ms", _rtts(samples, peer)) for peer in peers]


def _rtts(samples: list[Sample], peer: int) -> list[float]:
    return [sample.figures.rtts_ms.get(peer, 0.0) for sample in samples]


def _line(title: str, values: list[float]) -> str:
    shown = _fit(values)
    most = max(values)
    levels = [0 if not most else round(value / most * (len(BARS) - 1)) for value in shown]
    return f"{title:<18} {''.join(BARS[level] for level in levels):<{COLUMNS}} most {most:g}"


def _fit(values: list[float]) -> list[float]:
    """As many values as there are columns, each the largest of its part."""
    if len(values) <= COLUMNS:
        return values
    edges = [round(column * len(values) / COLUMNS) for column in range(COLUMNS + 1)]
    return [max(values[a:b]) for a, b in pairwise(edges)]


def _told(replay: Replay) -> list[str]:
    """What is worth telling of what happened."""
    told = [_sentence(happening, "before the first episode") for happening in replay.lobby
            if happening.name not in EVERYDAY]  # fmt: skip
    for episode in replay.episodes:
        told += [
            _sentence(happening, f"episode {episode.number}, frame {happening.frame}")
            for happening in episode.happenings
            if happening.name not in EVERYDAY
        ]
    if len(told) > MOST_HAPPENINGS:
        left_out = len(told) - MOST_HAPPENINGS
        return [*told[:MOST_HAPPENINGS], f"... and {left_out} more"]
    return told


def _sentence(happening: Happening, where: str) -> str:
    fields = ", ".join(f"{name} {value}" for name, value in happening.fields.items())
    return f"{where}: {happening.name}{f' ({fields})' if fields else ''}"
