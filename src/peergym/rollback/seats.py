"""Who runs which seat, and since when.

Theory of operation: every seat has an owner, or nobody. Owners change only by an agreement of all
members, each at a frame that is part of the agreement; so every peer can say of every confirmed
frame who was in control, and says the same.

Law: of a seat, a later change never begins at an earlier frame of the same episode.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """Who runs a seat from a frame on.

    Attributes:
        frame: The first frame.
        peer: The peer that gives the inputs; `NOBODY` for an empty seat.
        is_agent: Whether an agent plays in the place of somebody who is gone.
    """

    frame: int
    peer: int
    is_agent: bool = False


class Seats:
    """The seats of a match.

    Args:
        owners: The peer that runs each seat at first, or `NOBODY`.
        agents: The seats that are agents' at first.

    Attributes:
        owners: The same, as of the latest agreement.
    """

    def __init__(self, owners: tuple[int, ...], agents: tuple[int, ...] = ()) -> None:
        self.owners = owners
        self._controls = [
            [Control(0, owner, player in agents)] for player, owner in enumerate(owners)
        ]
        self._told_of: set[int] = set()  # seats of which we know the owner from others alone

    def players_of(self, peer: int) -> tuple[int, ...]:
        """The seats that ``peer`` runs, ascending; agents' seats included."""
        return tuple([player for player, owner in enumerate(self.owners) if owner == peer])

    def change(self, player: int, control: Control) -> None:
        """Note who runs a seat from a frame on."""
        owners = list(self.owners)
        owners[player] = control.peer
        self.owners = tuple(owners)
        controls = self._controls[player]
        while controls and controls[-1].frame >= control.frame:
            controls.pop()
        controls.append(control)
        self._told_of.discard(player)

    def assign(self, owners: tuple[int, ...], since: tuple[int, ...]) -> None:
        """Take over who runs which seat since when; what was before is not known."""
        self.owners = owners
        self._controls = [
            [Control(frame, owner)] for owner, frame in zip(owners, since, strict=True)
        ]
        self._told_of = set(range(len(owners)))

    def start_episode(self) -> None:
        """Frames begin again at 0; who runs a seat now, runs it from there."""
        self._controls = [[_from_start(controls[-1])] for controls in self._controls]

    def controller(self, player: int, frame: int) -> Control:
        """Who was in control of a seat at a frame of the running episode."""
        controls = self._controls[player]
        return next((each for each in reversed(controls) if each.frame <= frame), controls[0])

    def may_be_agent(self, player: int) -> bool:
        """Whether an agent runs a seat now, as far as we know.

        Who came after it took the seat was not told that it is one. Whoever runs the seat knows.
        """
        return player in self._told_of or self._controls[player][-1].is_agent

    def since(self) -> tuple[int, ...]:
        """For each seat, the frame of its latest change."""
        return tuple([controls[-1].frame for controls in self._controls])


def _from_start(control: Control) -> Control:
    return Control(0, control.peer, control.is_agent)
