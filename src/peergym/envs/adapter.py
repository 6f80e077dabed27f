"""From a game to (reset, step, save, load): what a session's host drives.

The adapter turns inputs into actions, keeps track of who has finished, and chooses how snapshots
are made. Its `step` and `save` run up to nine times a tick, so they do nothing that could have
been done before.

Laws
    1. A game whose agents have all terminated or been truncated is absorbing: `step` does nothing
       more, so frames past the end change nothing.
    2. Who has finished is part of the snapshot.
    3. A finished agent gets no more actions, as PettingZoo has it.
    4. A state that was sent is refused or restored exactly, and no code comes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.envs.course_state import CourseState
from peergym.envs.drawing import draw_rendered, write_note
from peergym.envs.exchange import StateExchange
from peergym.envs.game import StepResult
from peergym.envs.objects.pickler import Snapshot
from peergym.envs.objects.state import forget_drawing
from peergym.envs.options import complete_options, read_options
from peergym.envs.portability import read_is_portable
from peergym.envs.resetting import resetter
from peergym.envs.restore import FINISHED, STATE
from peergym.envs.results import wrong_result
from peergym.envs.snapshot_choice import snapshot_strategy
from peergym.envs.snapshots import EFFECTS
from peergym.envs.spaces import FIELD as LEVELS
from peergym.envs.spaces import codec_from_space
from peergym.envs.surface import Surface
from peergym.errors import EnvironmentContractError, UsageError
from peergym.rollback.canonical import encode

DEFAULT_FRAME_RATE_HZ = 60.0

MAX_PLAYERS = 16
"""Most seats of a game: twice the eight people that matches are meant for."""

MAX_KNOWN_INPUTS = 4096
"""Combinations of inputs whose actions are kept ready; beyond, the table starts anew."""


class GameAdapter:
    """Drives one game by inputs.

    Args:
        env: An object in PettingZoo's parallel form (`peergym.envs.game`).
        options: Chosen values of the game's options; the rest take their defaults.

    Attributes:
        env: The game itself.
        agents: Its agents; a player is an index into this tuple.
        players: How many there are.
        frame_rate_hz: Frames per second.
        input_bits: Bits of an input, by player.
        action_counts: How many actions there are, by player.
        is_portable: Whether the game says that it computes the same bits everywhere.
        is_lockstep: Whether it cannot be put back, and is played with a prediction window of 0.
        terminated: Whether all agents have finished.
        has_effects: Whether the game has a list of effects, as seen after the last reset.
        latest: What the last step returned; observations in it may be old (`compute_observations`).

    Raises:
        EnvironmentContractError: If the object is not a game.
        ConfigurationError: If an option is unknown or out of range; names the option.
    """

    def __init__(self, env: Any, options: Mapping[str, Any] | None = None) -> None:
        metadata = getattr(env, "metadata", None) or {}
        if not isinstance(metadata, Mapping):
            raise EnvironmentContractError(f"{type(env).__name__}.metadata must be a dict")
        self.env = env
        self.agents = _read_agents(env)
        self.players = len(self.agents)
        self.frame_rate_hz = _read_frame_rate(metadata)
        self.is_portable = read_is_portable(metadata)
        self.options = complete_options(read_options(metadata), options)
        self._codecs = [
            codec_from_space(
                env.action_space(agent),
                metadata.get("noop"),
                metadata.get(LEVELS),
                waits=bool(metadata.get("wait_on_player", False)),
            )
            for agent in self.agents
        ]
        self.input_bits = tuple(codec.input_bits for codec in self._codecs)
        self.action_counts = tuple(codec.count for codec in self._codecs)
        self.is_lockstep = bool(metadata.get("lockstep", False))
        self._snapshots = (
            CourseState(env, self.options) if self.is_lockstep else snapshot_strategy(env)
        )
        # Some environments leave traces of the last episode behind after reset(seed).
        self._pristine = self._snapshots.save_whole() if self._snapshots.takes_all else None
        self._save_env = self._snapshots.save
        self._load_env = self._snapshots.load
        self._step_env = env.step
        self._reset_env = resetter(env, self.options)
        if isinstance(self._snapshots, CourseState):
            self._step_env, self._reset_env = self._snapshots.step, self._snapshots.reset
        self._exchange = StateExchange(self, self._snapshots)
        self._actions: dict[tuple[int, ...], dict[Any, Any]] = {}
        self._is_shared = all(codec.is_shared for codec in self._codecs)
        self._all_finished = (1 << self.players) - 1
        self._finished = 0  # one bit per player
        self._has_begun = False
        self.terminated = False
        self.has_effects = hasattr(env, EFFECTS)
        self.latest: StepResult | None = None

    def compute_observations(self) -> None:
        """Have every step compute observations, for a policy or an export that reads them.

        Environments of other people's leave them out otherwise (`peergym.envs.forms`): they are
        most of many a step, and nobody sees them while frames are simulated again.
        """
        observing = getattr(self.env, "observing", None)
        if observing is not None:
            observing.is_off = True

    def reset(self, seed: int) -> None:
        """Start an episode; the game is then at frame 0."""
        if self._pristine is not None:
            self._load_env(self._pristine)
        self._reset_env(seed=seed, options=dict(self.options))
        self._has_begun = True
        self._finished = 0
        self.terminated = False
        self.has_effects = hasattr(self.env, EFFECTS)
        self.take_effects()

    def step(self, inputs: tuple[int, ...]) -> None:
        """Advance by one frame; does nothing once terminated.

        Args:
            inputs: One input per player, by player index.

        Raises:
            EnvironmentContractError: The game's step returned something else than was agreed.
        """
        if self.terminated:
            return
        actions = self._actions.get(inputs)
        if actions is None:
            actions = self._decode_all(inputs)
        # A copy, because the game may keep or change what it is given.
        actions = actions.copy()
        if self._finished:
            self._remove_finished(actions)
        self.latest = result = self._step_env(actions)
        try:
            _, _, terminations, truncations, _ = result
            if True in terminations.values() or True in truncations.values():
                self._note_finished(terminations, truncations)
        except (TypeError, ValueError, AttributeError) as error:
            raise wrong_result(type(self.env).__name__, result) from error

    def save(self) -> tuple[int, Any]:
        """Return a snapshot, which stays as it is whatever the game does next."""
        return self._finished, self._save_env()

    def load(self, state: Any) -> None:
        """Put the game back to what `save` returned, as often as wanted."""
        finished, env_state = state
        self._finished = finished
        self.terminated = finished == self._all_finished
        self._load_env(env_state)

    def canonical(self, state: Any) -> bytes:
        """Return the canonical bytes of a snapshot: equal exactly when the states are.

        Raises:
            EnvironmentContractError: If the state holds what cannot be encoded; carries its path.
        """
        return encode(self.plain(state))

    def plain(self, state: Any) -> dict[str, Any]:
        """Return a snapshot as plain data, for comparing and for reading."""
        finished, env_state = state
        return {FINISHED: finished, STATE: self._snapshots.plain(env_state)}

    def transfer(self, state: Any) -> bytes:
        """Return a snapshot for another peer: as `canonical`, and in addition what those leave out.

        That is the order in which dicts were filled, and which places hold one and the same
        object. A game may go by either, so a peer that joins needs both.

        Raises:
            EnvironmentContractError: If the state holds what cannot be encoded; carries its path.
        """
        return self._exchange.transfer(state)

    def restore(self, data: bytes) -> object:
        """Turn bytes that another peer sent into a snapshot for `load`.

        Only data is decoded, never code, and the game is left as it was; one that has never been
        reset is reset, because its own state is what theirs is measured by, as it is now or else
        after its first step. A joiner resets his game with the episode's seed before he loads the
        result.

        Args:
            data: From `transfer` of a game of the same class with the same options. From
                `canonical` too, then as exactly as checksums can tell: dicts come in the order
                of our own, and a game that holds one object in two places is refused.

        Returns:
            A snapshot whose canonical bytes are those of the original.

        Raises:
            EnvironmentContractError: If it is not a state of this game; carries the path.
        """
        if not self._has_begun:
            self.reset(0)
        return self._exchange.restore(data)

    def can_restore(self) -> bool:
        """Whether this game's states can be sent: the state it is in is, to itself.

        Of a game of objects, the states of a short course are tried, because it may make objects
        on the way that cannot be sent. Where they cannot, a peer that joins has to re-execute the
        episode from seed and inputs.
        """
        if not self._has_begun:
            self.reset(0)
        return not self.is_lockstep and self._exchange.can_restore()

    def draw(self, surface: Surface, player: int) -> None:
        """Let the game draw itself as a player sees it, or show what it renders, or say why not."""
        draw = getattr(self.env, "draw", None)
        if draw is not None:
            draw(surface, player)
        elif not self._render(surface):
            write_note(surface, f"{type(self.env).__name__} has no draw method and renders nothing")

    def _render(self, surface: Surface) -> bool:
        """Show what the game renders; what that changes in the game is taken back."""
        if not hasattr(self.env, "render"):
            return False
        if self.is_lockstep:
            return draw_rendered(self.env, surface)
        state = self._snapshots.save_whole()
        try:
            return draw_rendered(self.env, surface)
        finally:
            if type(state) is Snapshot:
                forget_drawing(state)
            else:
                self._load_env(state)

    def take_effects(self) -> list[str]:
        """Return the names of the effects since the last call, and forget them."""
        effects = getattr(self.env, EFFECTS, None)
        if not effects:
            return []
        taken = list(effects)
        effects.clear()
        return taken

    def has_policy(self) -> bool:
        """Whether the game brings a computer player."""
        return hasattr(self.env, "policy")

    def policy(self, player: int) -> int:
        """Return the input the game's computer player chooses in this player's seat.

        Raises:
            UsageError: If the game brings none.
        """
        if not self.has_policy():
            raise UsageError(f"{type(self.env).__name__} has no policy method")
        return self.encode_action(player, self.env.policy(self.agents[player]))

    def encode_action(self, player: int, action: Any) -> int:
        """Return the input for an action of a player, or for the number of one.

        Raises:
            UsageError: If it is not one of the player's actions.
        """
        return self._codecs[player].encode(action)

    def decode_input(self, player: int, value: int) -> Any:
        """Return the action that an input of a player stands for."""
        return self._codecs[player].decode(value)

    def number_of(self, player: int, action: Any) -> int:
        """Return the number by which the page names an action (`composite_actions`).

        Raises:
            UsageError: If it is not one of the player's actions.
        """
        return self._codecs[player].number(action)

    def has_action(self, player: int, action: Any) -> bool:
        """Whether a player has this action, or one of this number."""
        try:
            self._codecs[player].encode(action)
        except UsageError:
            return False
        return True

    def _decode_all(self, inputs: tuple[int, ...]) -> dict[Any, Any]:
        if len(inputs) != self.players:
            raise UsageError(f"{self.players} inputs are needed, not {len(inputs)}")
        if len(self._actions) >= MAX_KNOWN_INPUTS:
            self._actions.clear()
        actions = {
            agent: codec.decode(value)
            for agent, codec, value in zip(self.agents, self._codecs, inputs, strict=True)
        }
        if self._is_shared:
            self._actions[inputs] = actions
        return actions

    def _remove_finished(self, actions: dict[Any, Any]) -> None:
        for player, agent in enumerate(self.agents):
            if self._finished >> player & 1:
                del actions[agent]

    def _note_finished(
        self, terminations: Mapping[Any, bool], truncations: Mapping[Any, bool]
    ) -> None:
        for player, agent in enumerate(self.agents):
            if terminations.get(agent, False) or truncations.get(agent, False):
                self._finished |= 1 << player
        self.terminated = self._finished == self._all_finished


def _read_agents(env: Any) -> tuple[Any, ...]:
    declared = getattr(env, "possible_agents", ())
    try:
        agents = tuple(declared)
        are_different = len(set(agents)) == len(agents)
    except TypeError:  # no list, or of what cannot be a key
        agents, are_different = (), False
    if not are_different or not 1 <= len(agents) <= MAX_PLAYERS:
        raise EnvironmentContractError(
            f"{type(env).__name__} needs possible_agents: 1 to {MAX_PLAYERS} different names, "
            f"not {declared!r:.200} ({len(agents)} agents)"
        )
    return agents


def _read_frame_rate(metadata: Mapping[str, Any]) -> float:
    rate = metadata.get("render_fps", DEFAULT_FRAME_RATE_HZ)
    if type(rate) not in (int, float) or not 1 <= rate <= 240:
        raise EnvironmentContractError(
            f"metadata['render_fps'] must be between 1 and 240 frames a second, not {rate!r}"
        )
    return float(rate)
