"""Other rules of how often an input is sent, to compare with ours.

Theory of operation: our sessions send in every datagram all inputs that somebody is not known to
hold, so one delivery heals any loss. Others send the last three, or the last ten: shorter, until
more packets in a row are lost than inputs are repeated. Then the recipient has a *hole* that no
later packet fills, and waits. `LastInputs` stands in the place of a session's `Datagrams` and
leaves out what such a rule would not send. So that a match goes on to be measured, it sends
everything once the other's acknowledgement has stood still for `RESENT_AFTER_S`, as a request to
repeat would make it do.

Law: the core knows nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

from peergym.errors import ConfigurationError
from peergym.rollback import wire
from peergym.rollback.config import SessionConfig
from peergym.rollback.datagrams import Datagrams
from peergym.rollback.episode import Episode
from peergym.rollback.input_runs import InputRun
from peergym.rollback.roster import Roster

ALL_UNACKNOWLEDGED = 0
"""Our own rule, as a number of inputs."""

MOST_LAST_INPUTS = 200
RESENT_AFTER_S = 0.3  # longer than it takes until a hole is counted (`peergym.lab.probe`)


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
        config, roster: As for `Datagrams`.
        inputs: How many of each local player.
    """

    def __init__(self, config: SessionConfig, roster: Roster, inputs: int) -> None:
        super().__init__(config, roster)
        self._inputs = inputs
        self._oldest: dict[int, tuple[int, float]] = {}

    def _body(self, episode: Episode, now_s: float, is_playing: bool) -> wire.Body:
        body = super()._body(episode, now_s, is_playing)
        return replace(
            body,
            inputs=tuple(
                [self._left_of(seat, runs, now_s) for seat, runs in enumerate(body.inputs)]
            ),
        )

    def _left_of(self, seat: int, runs: tuple[InputRun, ...], now_s: float) -> tuple[InputRun, ...]:
        """What the rule sends of a local seat's inputs."""
        if not runs:
            self._oldest.pop(seat, None)
            return runs
        run = runs[-1]
        oldest, since_s = self._oldest.get(seat, (-1, now_s))
        if oldest != run.first_frame:
            self._oldest[seat] = (run.first_frame, now_s)
            since_s = now_s
        left_out = len(run.values) - self._inputs
        if left_out <= 0 or now_s - since_s >= RESENT_AFTER_S:
            return runs
        return (InputRun(run.first_frame + left_out, run.values[left_out:]),)
