"""Other rules of how often an input is sent, to compare with ours.

Theory of operation: our sessions send in every datagram all inputs that somebody is not known to
hold, so one delivery heals any loss. Others send the last three, or the last ten: shorter, until
more packets in a row are lost than inputs are repeated. Then the recipient has a *hole* that no
later packet fills, and waits. `LastInputs` stands in the place of a session's `Datagrams` and
leaves out what such a rule would not send. So that a match goes on to be measured, whoever has a
hole asks for everything, and is sent it as soon as the request can be there.

Law: the core knows nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

from peergym.errors import ConfigurationError
from peergym.lab.input_book import InputBook
from peergym.rollback import wire
from peergym.rollback.config import SessionConfig
from peergym.rollback.datagrams import Datagrams
from peergym.rollback.episode import Episode
from peergym.rollback.input_runs import InputRun
from peergym.rollback.roster import Roster

ALL_UNACKNOWLEDGED = 0
"""Our own rule, as a number of inputs."""

MOST_LAST_INPUTS = 200


def redundancy_from_text(text: str) -> int:
    """How many of the last inputs are sent, from ``all``, ``last3``, ``last10`` and so on.

    Raises:
        ConfigurationError: It is not of that form.
    """
    if text == "all":
        return ALL_UNACKNOWLEDGED
    number = text.removeprefix("last")
    if not text.startswith("last") or not number.isdecimal() or not _is_usable(int(number)):
        raise ConfigurationError(
            "redundancy",
            f"is 'all', or 'last3' and the like up to {MOST_LAST_INPUTS}, not {text!r}",
        )
    return int(number)


def _is_usable(inputs: int) -> bool:
    return 1 <= inputs <= MOST_LAST_INPUTS


class LastInputs(Datagrams):
    """Datagrams with the last inputs only.

    Args:
        config: As for `Datagrams`.
        roster: Likewise.
        inputs: How many of each local player.
        book: Knows who has a hole.
        request_s: How long a request to send everything takes, in seconds.
    """

    def __init__(
        self,
        config: SessionConfig,
        roster: Roster,
        inputs: int,
        book: InputBook,
        request_s: float,
    ) -> None:
        super().__init__(config, roster)
        self._players = roster
        self._inputs = inputs
        self._book = book
        self._request_s = request_s

    def _body(self, episode: Episode, now_s: float, is_playing: bool) -> wire.Body:
        body = super()._body(episode, now_s, is_playing)
        seats = zip(self._players.local_players, body.inputs, strict=True)
        return replace(body, inputs=tuple([self._left_of(player, runs) for player, runs in seats]))

    def _left_of(self, player: int, runs: tuple[InputRun, ...]) -> tuple[InputRun, ...]:
        """What the rule sends of a local player's inputs."""
        if not runs or self._book.is_asked(player, self._request_s):
            return runs
        run = runs[-1]
        left_out = max(0, len(run.values) - self._inputs)
        return (InputRun(run.first_frame + left_out, run.values[left_out:]),)
