"""The time line of a replay: all its episodes behind one another, and what happened when.

Theory of operation: whoever watches moves along one line. A position on it is a frame of one
episode; the frames of an episode, from its first to the state behind its last confirmed input, lie
side by side, and the next episode follows. Everything that the page shows of a replay beside the
pictures is said once, when it is opened, as JSON in the page's spelling.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peergym.data.replay import Replay
from peergym.data.replay.model import Happening, RecordedEpisode, Row

MOST_MARKS = 1000  # what a hostile peer made happen would otherwise fill the page

TOLD_AT_ITS_FRAME = {"DesyncDetected": "desync", "MatchRepaired": "repair"}
"""Events that name the frame they are about."""

TOLD_WHEN_HEARD = {
    "PeerInterrupted": "silence",
    "PeerLost": "lost",
    "PeerLeft": "left",
    "Excluded": "excluded",
}
"""Events that are marked where the writer was when they came."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """An episode on the time line.

    Attributes:
        episode: The episode.
        rows: Its inputs as far as they were played.
        repairs: States that took the place of the writer's own, by frame.
        start: Position of its first frame.
    """

    episode: RecordedEpisode
    rows: list[Row]
    repairs: dict[int, bytes]
    start: int

    @property
    def last(self) -> int:
        """Position of its last frame."""
        return self.start + len(self.rows)

    def frame_at(self, position: int) -> int:
        """The frame of a position."""
        return self.episode.first_frame + position - self.start

    def position_of(self, frame: int) -> int:
        """The position of a frame, or of the nearest that the record has."""
        return max(self.start, min(self.last, self.start + frame - self.episode.first_frame))


class Timeline:
    """The episodes of a replay that can be played.

    Args:
        replay: The replay.

    Attributes:
        stretches: In the order in which they were played.
    """

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self.stretches: list[Stretch] = []
        position = 0
        for episode in replay.episodes:
            if episode.first_frame and episode.state_at_first_frame() is None:
                continue  # torn off before the state with which it begins was written
            stretch = Stretch(episode, episode.played_rows, episode.repairs(), position)
            self.stretches.append(stretch)
            position = stretch.last + 1
        self._starts = [stretch.start for stretch in self.stretches]

    @property
    def last(self) -> int:
        """The last position; -1 if nothing can be played."""
        return self.stretches[-1].last if self.stretches else -1

    def stretch_at(self, position: int) -> Stretch:
        """The episode at a position."""
        return self.stretches[max(0, bisect_right(self._starts, position) - 1)]

    def to_json(self) -> dict[str, Any]:
        """Everything that the page shows of it, as plain data."""
        return {
            "positions": self.last + 1,
            "episodes": [_episode_to_json(stretch) for stretch in self.stretches],
            "marks": sorted(
                (mark for stretch in self.stretches for mark in _marks(stretch)),
                key=lambda mark: int(mark["position"]),
            )[:MOST_MARKS],
            "seats": [seat for stretch in self.stretches for seat in _seats(stretch)],
            "samples": [sample for stretch in self.stretches for sample in _samples(stretch)],
        }


def _episode_to_json(stretch: Stretch) -> dict[str, Any]:
    episode = stretch.episode
    return {
        "number": episode.number,
        "start": stretch.start,
        "last": stretch.last,
        "firstFrame": episode.first_frame,
        "hasEnd": episode.end_frame is not None,
    }


def _marks(stretch: Stretch) -> Iterator[dict[str, Any]]:
    episode = stretch.episode
    yield {"kind": "episode", "position": stretch.start, "number": episode.number}
    for change in episode.changes:
        control = change.control
        kind = "join" if control.peer >= 0 and not control.is_agent else "cut"
        position = stretch.position_of(control.frame)
        yield {"kind": kind, "position": position, "player": change.player}
    for happening in episode.happenings:
        kind = TOLD_AT_ITS_FRAME.get(happening.name) or TOLD_WHEN_HEARD.get(happening.name, "")
        if kind:
            position = stretch.position_of(_frame_of(happening))
            yield {"kind": kind, "position": position, "peer": happening.fields.get("peer", -1)}


def _frame_of(happening: Happening) -> int:
    told = happening.fields.get("frame")
    is_told = happening.name in TOLD_AT_ITS_FRAME and type(told) is int
    return told if is_told and told is not None else happening.frame


def _seats(stretch: Stretch) -> Iterator[dict[str, Any]]:
    """Who runs which seat from which position on."""
    for player, control in enumerate(stretch.episode.controls):
        yield _seat(player, stretch.start, control.peer, control.is_agent)
    for change in stretch.episode.changes:
        position = stretch.position_of(change.control.frame)
        yield _seat(change.player, position, change.control.peer, change.control.is_agent)


def _seat(player: int, position: int, peer: int, is_agent: bool) -> dict[str, Any]:
    return {"player": player, "position": position, "peer": peer, "isAgent": is_agent}


def _samples(stretch: Stretch) -> Iterator[dict[str, Any]]:
    for sample in stretch.episode.samples:
        figures = sample.figures
        yield {
            "position": stretch.position_of(sample.frame),
            "rollbacks": figures.rollbacks,
            "rollbackFrames": figures.rollback_frames,
            "stalls": figures.stalls,
            "rttsMs": {str(peer): rtt_ms for peer, rtt_ms in figures.rtts_ms.items()},
        }
