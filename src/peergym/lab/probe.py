"""Sessions that are looked at while they play: how late inputs are, how much is kept and redone.

Theory of operation: a `ProbedSession` behaves exactly like a bare one; after each call it looks at
the input queues and at the requests. When a player's input is given, and when each of the others
holds it, is written into one `InputBook` of the whole match, in virtual time, which no peer knows.

Laws:
    - Being looked at changes nothing, not a byte.
    - All times are virtual: the same match gives the same figures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from peergym.lab.input_book import HOLE_AFTER_S, InputBook
from peergym.lab.redundancy import LastInputs
from peergym.rollback.input_queue import FOR_EVER, InputQueue
from peergym.rollback.requests import AdvanceFrame, LoadState, Request, SaveState
from peergym.rollback.session import P2PSession, SessionState


@dataclass(slots=True)
class ProbeCounts:
    """What was seen of one session.

    Attributes:
        depths: Rollbacks, by how many frames were simulated again.
        own_tenths: How long each own input took until it acted here, in tenths of a millisecond.
        held_tenths: How long each input of another took until it was held here, likewise.
        states_held, inputs_held: Most snapshots and most inputs that were kept at a time.
        steps, steps_again, saves, loads: What the game was asked to do.
        holes: Gaps in the inputs of another that lasted `HOLE_AFTER_S`: what is missing there is
            not sent again by itself.
    """

    depths: Counter[int] = field(default_factory=Counter)
    own_tenths: Counter[int] = field(default_factory=Counter)
    held_tenths: Counter[int] = field(default_factory=Counter)
    states_held: int = 0
    inputs_held: int = 0
    steps: int = 0
    steps_again: int = 0
    saves: int = 0
    loads: int = 0
    holes: int = 0


class Probe:
    """What looks at one session.

    Args:
        peer: Whose.
        book: The one of the match.
    """

    def __init__(self, peer: int, book: InputBook) -> None:
        self.counts = ProbeCounts()
        self._peer = peer
        self._book = book
        self._episode = -1
        self._held: list[int] = []
        self._counted: set[int] = set()

    def look(self, episode: int, queues: list[InputQueue], local: tuple[int, ...]) -> None:
        """See which inputs have come in.

        Args:
            episode: Number of the episode.
            queues: The inputs, by player.
            local: The players whose inputs are given here.
        """
        if episode != self._episode:
            self._episode = episode
            self._held = [-1] * len(queues)
            self._counted.clear()
            self._book.close_gaps(self._peer)
        for player, queue in enumerate(queues):
            before, held = self._held[player], queue.held
            if held > before:
                self._held[player] = held
                if held != FOR_EVER:
                    self._note(player, range(before + 1, held + 1), is_local=player in local)
            if player not in local:
                self._look_for_hole(player, queue)

    def _note(self, player: int, frames: range, *, is_local: bool) -> None:
        if is_local:
            self._book.give(self._episode, player, frames)
        else:
            self.counts.held_tenths.update(self._book.ages_tenths(self._episode, player, frames))

    def _look_for_hole(self, player: int, queue: InputQueue) -> None:
        if queue.newest <= queue.held:
            self._counted.discard(player)
            self._book.close_gap(self._peer, player)
        elif self._book.gap_s(self._peer, player) > HOLE_AFTER_S and player not in self._counted:
            self._counted.add(player)
            self.counts.holes += 1
            self._book.ask(self._peer, player)

    def note_requests(
        self, requests: list[Request], queues: list[InputQueue], local: tuple[int, ...], states: int
    ) -> None:
        """See what a tick asks of the game.

        Args:
            requests: Those of the tick.
            queues: The inputs, by player.
            local: The players whose inputs are given here.
            states: Snapshots that are kept.
        """
        counts, again = self.counts, 0
        for request in requests:
            if isinstance(request, SaveState):
                counts.saves += 1
            elif isinstance(request, LoadState):
                counts.loads += 1
            elif isinstance(request, AdvanceFrame):
                counts.steps += 1
                again += request.resimulated
                if not request.resimulated:
                    for player in local:
                        counts.own_tenths.update(
                            self._book.ages_tenths(self._episode, player, (request.frame,))
                        )
        if again:
            counts.steps_again += again
            counts.depths[again] += 1
        counts.states_held = max(counts.states_held, states)
        kept = sum([queue.kept_frames for queue in queues])
        counts.inputs_held = max(counts.inputs_held, kept)


class ProbedSession(P2PSession):
    """A session that is looked at; `attach` has to be called before anything else."""

    probe: Probe

    def attach(self, book: InputBook) -> None:
        """Begin to look.

        Args:
            book: The one of the match.
        """
        self._book = book
        self.probe = Probe(self.config.local_peer, book)

    def send_only_last(self, inputs: int, request_s: float) -> None:
        """Send only so many inputs, to compare; has to be called before anything else.

        Args:
            inputs: How many.
            request_s: How long a request to send everything takes, in seconds.
        """
        self._datagrams = LastInputs(self.config, self._roster, inputs, self._book, request_s)

    def add_local_input(self, player: int, value: int) -> None:
        """As `P2PSession.add_local_input`."""
        super().add_local_input(player, value)
        self._look()

    def receive_datagram(self, data: bytes, peer: int, now_s: float) -> None:
        """As `P2PSession.receive_datagram`."""
        super().receive_datagram(data, peer, now_s)
        self._look()

    def advance_frame(self, now_s: float) -> list[Request]:
        """As `P2PSession.advance_frame`."""
        requests = super().advance_frame(now_s)
        self._look()
        sync = self._episode.sync
        self.probe.note_requests(requests, sync.queues, self.local_players, len(sync.snapshots))
        return requests

    def _look(self) -> None:
        if self.state is SessionState.PLAYING:
            self.probe.look(self.episode, self._episode.sync.queues, self.local_players)
