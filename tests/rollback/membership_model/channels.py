"""What a peer has said and others may still hear, as a number.

Theory of operation: a receiver may get any stance that its sender ever said, newer than the last it
took. So a channel is the sender's stances in order, and for each receiver where its future begins.
What no receiver can get any more is left out, so that equal futures are equal numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

DEAF = -1
"""The place of a receiver that does not listen to the sender, now or ever."""


class Channels:
    """All channels that have been met, by number.

    Args:
        in_flight: How many stances of a sender are kept.
    """

    def __init__(self, in_flight: int) -> None:
        self._in_flight = in_flight
        self._channels: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        self._numbers: dict[object, int] = {}
        self._said: dict[tuple[int, int], int] = {}
        self._moved: dict[tuple[int, int, int], int] = {}

    def number(self, stances: Sequence[int], places: Sequence[int]) -> int:
        """The channel with these stances, and the receivers at these places."""
        listening = [place for place in places if place != DEAF]
        first = min(listening, default=len(stances))
        first = max(first, len(stances) - self._in_flight)
        key = (
            tuple(stances[first:]),
            tuple(place if place == DEAF else max(place - first, 0) for place in places),
        )
        if key not in self._numbers:
            self._numbers[key] = len(self._channels)
            self._channels.append(key)
        return self._numbers[key]

    def waiting(self, channel: int, receiver: int) -> tuple[int, ...]:
        """What a receiver may still get, oldest first."""
        stances, places = self._channels[channel]
        place = places[receiver]
        return stances[place:] if place != DEAF else ()

    def say(self, channel: int, stance: int) -> int:
        """The sender says something."""
        key = (channel, stance)
        if key not in self._said:
            stances, places = self._channels[channel]
            self._said[key] = self.number((*stances, stance), places)
        return self._said[key]

    def hear(self, channel: int, receiver: int, remaining: int) -> int:
        """A receiver takes one; only the last ``remaining`` are newer."""
        stances, _ = self._channels[channel]
        return self._move(channel, receiver, len(stances) - remaining)

    def deafen(self, channel: int, receiver: int) -> int:
        """A receiver stops listening."""
        return self._move(channel, receiver, DEAF)

    def connect(self, channel: int, receiver: int, newest: int | None) -> int:
        """Somebody new listens, from what was said last on, if something was."""
        stances, places = self._channels[channel]
        if newest is not None and not stances:
            stances, places = (newest,), tuple(place if place == DEAF else 1 for place in places)
        place = len(stances) - (newest is not None)
        return self.number(stances, _put(places, receiver, place))

    def _move(self, channel: int, receiver: int, place: int) -> int:
        key = (channel, receiver, place)
        if key not in self._moved:
            stances, places = self._channels[channel]
            self._moved[key] = self.number(stances, _put(places, receiver, place))
        return self._moved[key]


def _put(places: tuple[int, ...], receiver: int, place: int) -> tuple[int, ...]:
    return (*places[:receiver], place, *places[receiver + 1 :])
