"""Are the records of a match one history? Else from which frame on not.

Theory of operation: every peer wrote down what it held to be confirmed, so where two records have
the same frame they must have the same inputs, checksums and ends, bit for bit. Tolerance is zero.

Law: the answer does not depend on the order of the records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from peergym.data.replay.model import RecordedEpisode, Replay, ReplayHeader
from peergym.data.store_model import Agreeing, Agreement


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Where two records part. The smallest is the first.

    Attributes:
        episode: Number of the episode.
        frame: The frame.
        what: What differs.
        peers: Of which two peers.
    """

    episode: int
    frame: int
    what: str
    peers: tuple[int, int]


def compare_records(replays: Mapping[int, Replay]) -> Agreement:
    """Compare all records of a match.

    Args:
        replays: By peer.
    """
    if len(replays) < 2:
        return Agreement(Agreeing.SINGLE)
    differences: list[Difference] = []
    compared_frames = 0
    for one, other in combinations(sorted(replays), 2):
        frames, found = _compare(replays[one], replays[other], (one, other))
        compared_frames = max(compared_frames, frames)
        differences += found
    if differences:
        first = min(differences)
        return Agreement(
            Agreeing.DIFFERS, first.episode, first.frame, first.what, first.peers, compared_frames
        )
    state = Agreeing.EQUAL if compared_frames else Agreeing.PENDING
    return Agreement(state, frames=compared_frames)


def read_agreement(told: Mapping[str, Any]) -> Agreement:
    """Read what another process found, as `Agreement.to_json` wrote it."""
    return Agreement(**{**told, "state": Agreeing(told["state"]), "peers": tuple(told["peers"])})


def _compare(one: Replay, other: Replay, peers: tuple[int, int]) -> tuple[int, list[Difference]]:
    """Return how many frames two records have in common, and where these differ first."""
    if not _are_of_one_match(one.header, other.header):
        return 0, [Difference(0, 0, "header", peers)]
    theirs = {episode.number: episode for episode in other.episodes}
    frames = 0
    for episode in one.episodes:
        against = theirs.get(episode.number)
        if against is None:
            continue
        first = max(episode.first_frame, against.first_frame)
        end = min(_end(episode), _end(against))
        frames += max(0, end - first)
        found = [
            Difference(episode.number, frame, what, peers)
            for frame, what in _differences(episode, against, first, end)
        ]
        if found:
            return frames, [min(found)]
    return frames, []


def _are_of_one_match(one: ReplayHeader, other: ReplayHeader) -> bool:
    """Whether two headers say the same of what is no peer's own.

    Who sat where at first is known to those alone who sat there: who came later wrote down who was
    there then.
    """
    began = [header.local_peer in header.owners for header in (one, other)]
    is_same = one.owners == other.owners or not all(began)
    return is_same and _agreed(one) == _agreed(other)


def _agreed(header: ReplayHeader) -> tuple[object, ...]:
    """What of a header all peers have in common, whenever they came."""
    return (
        header.seed,
        len(header.owners),
        header.input_bits,
        header.agents,
        header.frame_rate_hz,
        header.checksum_interval_frames,
        header.game.get("digest"),
        header.game.get("options"),
    )


def _end(episode: RecordedEpisode) -> int:
    return episode.first_frame + len(episode.played_rows)


def _differences(
    one: RecordedEpisode, other: RecordedEpisode, first: int, end: int
) -> Iterator[tuple[int, str]]:
    """(frame, what differs), the first of each kind."""
    if one.seed != other.seed:
        yield first, "seed"
    mine, theirs = (
        episode.rows[first - episode.first_frame : max(first, end) - episode.first_frame]
        for episode in (one, other)
    )
    if mine != theirs:
        pairs = enumerate(zip(mine, theirs, strict=True), first)
        yield next(frame for frame, (a, b) in pairs if a != b), "inputs"
    for frame in sorted(one.checksums.keys() & other.checksums.keys()):
        if one.checksums[frame] != other.checksums[frame]:
            yield frame, "checksum"
            break
    yield from _differing_ends(one, other)


def _differing_ends(one: RecordedEpisode, other: RecordedEpisode) -> Iterator[tuple[int, str]]:
    ends = [episode.end_frame for episode in (one, other) if episode.end_frame is not None]
    if len(ends) == 2:
        if ends[0] != ends[1]:
            yield min(ends), "end"
        elif one.end_checksum != other.end_checksum:
            yield ends[0], "end"
    elif len(ends) == 1:
        # The other one has no end: it was torn off, or plays on beyond what was the end.
        for episode in (one, other):
            if episode.end_frame is None and any(frame > ends[0] for frame in episode.checksums):
                yield ends[0], "end"
