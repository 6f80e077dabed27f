"""What came of the fleet, as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from peergym.errors import ConfigurationError
from tests.fleet.results import Result
from tests.fleet.trials import FAILURES

BEGIN, END = "<!-- fleet: begin -->", "<!-- fleet: end -->"

SPEED = "Of its nominal speed a match kept, without a failure and with automatic delay (medians):"


def tables(results: Iterable[Result]) -> str:
    """All that there is to say of the results."""
    kept = list(results)
    wrong = [result for result in kept if result["problems"]]
    said = [summary(kept), "", *_by_failure(kept), "", SPEED, "", *_by_network(kept)]
    if wrong:
        said += ["", *_problems(wrong)]
    return "\n".join(said)


def summary(results: Sequence[Result]) -> str:
    """One sentence of all."""
    frames, compared = _sum(results, "peer_frames"), _sum(results, "compared")
    wrong = sum(bool(result["problems"]) for result in results)
    return (
        f"{_matches(len(results))}, {frames:,} frames simulated by their peers, {compared:,} "
        f"states compared with the oracle's; {_matches(wrong)} with a problem."
    )


def _matches(count: int) -> str:
    return f"{count:,} {'match' if count == 1 else 'matches'}"


def _by_failure(results: Sequence[Result]) -> list[str]:
    rows = []
    for failure in FAILURES:
        some = [result for result in results if result["failure"] == failure]
        if some:
            alarms = _count(some, "false alarm"), _count(some, "silent desync")
            rows.append(
                [
                    failure,
                    str(len(some)),
                    f"{_sum(some, 'peer_frames'):,}",
                    f"{_sum(some, 'rollbacks'):,}",
                    f"{_sum(some, 'cuts'):,}",
                    f"{_sum(some, 'joins'):,}",
                    str(_count(some, "diverged")),
                    str(_count(some, "agreement")),
                    f"{alarms[0]}, {alarms[1]}",
                    str(_count(some, "stuck", "not back", "no progress", "too slow")),
                    str(_count(some, "exception", "not exercised")),
                    _least(some, "progress_frames"),
                ]
            )
    titles = [
        "what goes wrong", "matches", "peer-frames", "rollbacks", "cuts", "joins", "diverged",
        "wrong agreements", "false, missing alarms", "stuck, not back, slow", "other problems",
        "fewest frames in 2 s after a heal",
    ]  # fmt: skip
    return _table(titles, rows)


def _by_network(results: Sequence[Result]) -> list[str]:
    """The speed of matches without a failure, by network; delay automatic."""
    quiet = [result for result in results if result["failure"] == "nothing"]
    players = sorted({result["match"]["players"] for result in quiet})
    cells: dict[tuple[str, str], dict[int, list[float]]] = {}
    for result in quiet:
        network = result["match"].get("network", {})
        jitter = network.get("jitter_ms", 0)
        rtt = f"{network.get('rtt_ms', 0):g}" + (f" ± {jitter:g}" if jitter else "")
        burst = network.get("burst", 1)
        loss = f"{network.get('loss', 0):g} %" + (f" in bursts of {burst:g}" if burst > 1 else "")
        by_players = cells.setdefault((rtt, loss), {})
        speeds = by_players.setdefault(result["match"]["players"], [])
        speeds.append(result["figures"].get("speed", 0.0))
    rows = [
        [rtt, loss, *[_percent(by_players.get(count, [])) for count in players]]
        for (rtt, loss), by_players in cells.items()
    ]
    return _table(["RTT, ms", "loss", *[f"{count} players" for count in players]], rows)


def _problems(results: Sequence[Result]) -> list[str]:
    rows = [
        [result["trial"], kind, text] for result in results for kind, text in result["problems"]
    ]
    return _table(["match", "problem", "what"], rows)


def _percent(speeds: Sequence[float]) -> str:
    return f"{median(speeds):.0%}" if speeds else ""


def _sum(results: Sequence[Result], name: str) -> int:
    values = [result["figures"].get(name) for result in results]
    return sum(value for value in values if isinstance(value, int))


def _least(results: Sequence[Result], name: str) -> str:
    values = [
        result["figures"][name] for result in results if result["figures"].get(name) is not None
    ]
    return str(min(values)) if values else ""


def _count(results: Sequence[Result], *kinds: str) -> int:
    """How many matches had a problem of one of these kinds."""
    return sum(any(each[0].startswith(kinds) for each in result["problems"]) for result in results)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(titles) + " |",
        "|" + "---|" * len(titles),
        *["| " + " | ".join(row) + " |" for row in rows],
    ]


def write_tables(page: Path, said: str, results: Iterable[Result]) -> None:
    """Put the tables into a page, between its two marks.

    Args:
        page: A file in Markdown.
        said: What stands above them.
        results: What they are of.

    Raises:
        ConfigurationError: The page has no marks.
        OSError: It cannot be read or written.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigurationError("fleet", f"{page} has no {BEGIN} and {END}")
    body = f"{said}\n\n{tables(results)}"
    page.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")
