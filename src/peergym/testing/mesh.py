"""A mesh of real sessions in one process, on a simulated network and virtual time.

Theory of operation: every peer is a session, a game with its runner, and a clock of its own, all
driven by a host (`peergym.testing.mesh_peer`). Nothing here helps the sessions: what they know of
each other went through the network. What shall go wrong is said beforehand by a schedule, or done
by a test while the match runs.

Law: the same arguments give the same match, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.maker import MakeGame
from peergym.errors import ConfigurationError
from peergym.rollback.config import NOBODY, SessionConfig
from peergym.rollback.session import P2PSession
from peergym.rollback.spectator import SpectatorSession
from peergym.testing.arbiter import Arbiter
from peergym.testing.clock import PeerClock, VirtualClock
from peergym.testing.comings import Comings
from peergym.testing.conditions import PairConditions
from peergym.testing.director import Director
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.network import Network
from peergym.testing.onlooker import MakeOnlooker, nobody
from peergym.testing.schedule import Schedule
from peergym.testing.scripted import ScriptedInputs

Script = Callable[[int, int, int], int]
"""(player, episode, frame) -> input."""

MakeSession = Callable[[SessionConfig, GameAdapter], P2PSession]

MakeSpectator = Callable[[SessionConfig, GameAdapter, tuple[int, ...]], SpectatorSession]


def plain_session(config: SessionConfig, game: GameAdapter) -> P2PSession:
    """The session that a mesh uses unless told otherwise."""
    return P2PSession(config, game.canonical, restore=game.restore, transfer=game.transfer)


def plain_spectator(
    config: SessionConfig, game: GameAdapter, hosts: tuple[int, ...]
) -> SpectatorSession:
    """The session of a spectator unless told otherwise."""
    return SpectatorSession(config, game.canonical, game.restore, hosts)


@dataclass
class Mesh:
    """A whole match.

    Args:
        make_game: Makes a fresh game; every peer gets its own.
        network: What every path does to packets.
        pairs: Paths that differ, by (lower peer id, higher peer id).
        seed: Of the network, the game and the scripted inputs.
        owners: Peer id per player; by default every player is a peer of its own. `NOBODY` for a
            seat that is empty until somebody takes it.
        clocks: Peer clocks that are off, by peer id.
        late_s: How late a peer's host makes its very first tick, in seconds, by peer id.
        session: Further fields of `SessionConfig`, equal on all peers.
        session_of: Fields that differ, by peer id.
        script: (player, episode, frame) -> input; by default varied from the seed.
        make_session: Makes the session of a peer.
        make_spectator: Makes that of a spectator.
        make_onlooker: Makes who is shown what a peer's host does; by default nobody.
        spectators: How many watch from the start.
        comes_back: Whether one who was excluded comes back by itself, as soon as it can.
        rematch: Whether everybody is ready again after an episode.
        rematch_after_s: How long after its end, in seconds.
        keeps_wire: Whether every packet sent is kept (`MeshPeer.sent`).
        schedule: What shall happen, by itself.

    Attributes:
        clock: Virtual time.
        links: The simulated network.
        arbiter: Who decides between equal halves, if the sessions ask.
        director: Carries the schedule out.
        peers: The peers, by peer id; those who are gone too.
        owners_at: Who runs each seat, by epoch, as the peers were told.
        takers: The peer that wanted each seat last, by player; without those nobody ever wanted.
        input_of: What a player does at a frame: the script, or what takes its place.
    """

    make_game: MakeGame
    network: PairConditions = field(default_factory=PairConditions)
    pairs: Mapping[tuple[int, int], PairConditions] = field(default_factory=dict)
    seed: int = 1
    owners: Sequence[int] = ()
    clocks: Mapping[int, PeerClock] = field(default_factory=dict)
    late_s: Mapping[int, float] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    session_of: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    script: Script | None = None
    make_session: MakeSession = plain_session
    make_spectator: MakeSpectator = plain_spectator
    make_onlooker: MakeOnlooker = nobody
    spectators: int = 0
    comes_back: bool = False
    rematch: bool = True
    rematch_after_s: float = 0.0
    keeps_wire: bool = False
    schedule: Schedule = field(default_factory=Schedule)

    def __post_init__(self) -> None:
        self.clock = VirtualClock()
        self.links = Network(self.clock, self.seed, self.network, self.pairs)
        game = self.make_game()
        self.owners = tuple(self.owners) or tuple(range(game.players))
        if len(self.owners) != game.players:
            raise ConfigurationError(
                "owners", f"{len(self.owners)} seats for a game of {game.players} players"
            )
        self.frame_rate_hz = game.frame_rate_hz
        self._action_counts = game.action_counts
        self._substitutes: dict[int, ScriptedInputs] = {}
        self.input_of: Script = self.script or self._scripted(self.seed).value
        self.owners_at: dict[int, tuple[int, ...]] = {0: tuple(self.owners)}
        self.arbiter = Arbiter(self.clock)
        self.director = Director(self, self.schedule)
        self.comings = Comings(self)
        self._input_bits = game.input_bits
        self.takers: dict[int, int] = {
            player: peer for player, peer in enumerate(self.owners) if peer != NOBODY
        }
        self.peers: dict[int, MeshPeer] = {}
        for peer in sorted(set(self.owners) - {NOBODY}):
            clock = self.clocks.get(peer, PeerClock())
            self.enter(MeshPeer(self, self.config_of(peer), clock))
        for member in self.peers.values():
            self.clock.call_at(0.0, member.start)
        for number in range(self.spectators):
            ids = list(self.peers)
            hosts = ids[number % len(ids) :] + ids[: number % len(ids)]
            self.clock.call_at(0.0, partial(self.comings.add_spectator, hosts))

    def config_of(self, peer: int) -> SessionConfig:
        """The configuration of a peer's session, as a room would tell it now."""
        fields: dict[str, Any] = {
            "owners": self.owners_at[max(self.owners_at)],
            "local_peer": peer,
            "input_bits": self._input_bits,
            "match_id": f"match-{self.seed}",
            "seed": self.seed % (1 << 64),
            "frame_rate_hz": self.frame_rate_hz,
        }
        fields.update(self.session)
        fields.update(self.session_of.get(peer, {}))
        return SessionConfig(**fields)

    def enter(self, peer: MeshPeer) -> None:
        """Let a peer in: it is connected with everybody."""
        for other in self.peers.values():
            self._connect(peer, other)
            self._connect(other, peer)
        self.peers[peer.peer] = peer

    def _connect(self, sender: MeshPeer, recipient: MeshPeer) -> None:
        channels = self.links.connect(
            sender.peer,
            recipient.peer,
            partial(recipient.receive, "input", sender.peer),
            partial(recipient.receive, "control", sender.peer),
            partial(recipient.receive, "bulk", sender.peer),
        )
        sender.connect(recipient.peer, channels)

    def take_seats(self, players: Sequence[int], place_of: int | None = None) -> MeshPeer:
        """Let a newcomer come who wants these seats.

        Args:
            players: The seats.
            place_of: The peer that he was before; None for somebody new.
        """
        peer = self.comings.add_newcomer(players, place_of)
        self.takers.update(dict.fromkeys(players, peer.peer))
        return peer

    def note_excluded(self, peer: MeshPeer) -> None:
        """A peer has been excluded: it comes back, if that is wanted."""
        if self.comes_back:
            self.comings.come_back(peer)

    def _scripted(self, seed: int) -> ScriptedInputs:
        return ScriptedInputs(seed, self._action_counts, self.frame_rate_hz)

    def input_by(self, peer: int, player: int, episode: int, frame: int) -> int:
        """What a peer gives for a seat that it runs.

        Whoever runs a seat in the place of another does something else than he would have done:
        so it shows where the one ends and the other begins.
        """
        if self.owners[player] == peer:
            return self.input_of(player, episode, frame)
        substitute = self._substitutes.get(peer)
        if substitute is None:
            substitute = self._substitutes[peer] = self._scripted(self.seed + 7919 * (peer + 1))
        return substitute.value(player, episode, frame)

    @property
    def survivors(self) -> list[MeshPeer]:
        """The members that have not died, left or been excluded, ascending."""
        return [peer for peer in self.peers.values() if peer.is_member and not peer.is_gone]

    @property
    def watchers(self) -> list[MeshPeer]:
        """The spectators, also those who are gone, in the order in which they came."""
        return [peer for peer in self.peers.values() if peer.is_spectator]

    def peer_of(self, player: int) -> MeshPeer:
        """The peer that wanted a player's seat last, be it there or gone; agents do not count."""
        return self.peers[self.takers[player]]

    def seats_of(self, peer: int) -> tuple[int, ...]:
        """The seats that a peer was the last to want, ascending."""
        return tuple(player for player, taker in self.takers.items() if taker == peer)

    @property
    def frames(self) -> int:
        """Frames that every survivor has confirmed, over all episodes."""
        return min([peer.history.frames for peer in self.survivors], default=0)

    def frames_before(self, episode: int) -> int:
        """How many frames the episodes before one have taken, as far as it is known."""
        return sum(
            max(
                [
                    history.frames
                    for peer in self.peers.values()
                    if (history := peer.history.episode(number)) is not None
                ],
                default=0,
            )
            for number in range(episode)
        )

    def note_progress(self) -> None:
        """Something has changed: let happen what is due."""
        self.director.note_progress()

    def run(self, for_s: float) -> None:
        """Let ``for_s`` seconds pass."""
        self.clock.run_until(self.clock.now_s + for_s)

    def run_frames(self, frames: int, limit_s: float | None = None) -> bool:
        """Run until every survivor has confirmed ``frames`` frames.

        Args:
            frames: Over all episodes.
            limit_s: Virtual time from now after which to give up; by default a twentieth of a
                second per frame and half a minute.

        Returns:
            Whether they have.
        """
        limit_s = frames / 20 + 30.0 if limit_s is None else limit_s
        return (
            self.clock.run_while(lambda: self.frames < frames, self.clock.now_s + limit_s)
            or self.frames >= frames
        )

    def run_until(self, is_reached: Callable[[], bool], limit_s: float) -> bool:
        """Run until something is so, or ``limit_s`` seconds have passed.

        Returns:
            Whether it became so.
        """
        self.clock.run_while(lambda: not is_reached(), self.clock.now_s + limit_s)
        return is_reached()

    def run_until_playing(self, limit_s: float = 30.0) -> bool:
        """Run until every peer has simulated its first frame."""
        peers = self.peers.values()
        return self.run_until(lambda: all(peer.checker.counts.frames for peer in peers), limit_s)
