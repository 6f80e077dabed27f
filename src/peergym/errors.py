"""Every exception peergym raises on purpose, in one tree.

    PeergymError
    ├── ConfigurationError      a value given at construction is unusable; names the field
    ├── UsageError              a legal object, an illegal moment
    ├── RemoteProtocolError     a peer broke the protocol; inside the core it becomes an event
    ├── EnvironmentContractError  a game broke its contract; carries the path of the difference
    ├── ReplayError             a file is no replay, is damaged, or of a newer version
    ├── SignallingError         a room, seat or token is not what the caller believed
    └── InvariantError          our own bug; please report it with the flight recording

Expected conditions, such as a stall at the edge of the prediction window, are values and not
exceptions. Bytes from the network never raise out of the core.
"""

from __future__ import annotations


class PeergymError(Exception):
    """The root of the tree: catch it to catch everything peergym raises on purpose."""


class ConfigurationError(PeergymError, ValueError):
    """A value given at construction cannot be used.

    Attributes:
        field: Name of the offending field, as the caller spelled it.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class UsageError(PeergymError, RuntimeError):
    """A call that is legal at another moment."""


class RemoteProtocolError(PeergymError):
    """A peer sent what the protocol does not allow."""


class EnvironmentContractError(PeergymError):
    """A game does not keep the contract of `peergym.envs`.

    Attributes:
        path: Where in the game's state the first offence lies, such as ``.ball.speed``; empty
            when the offence is not in the state.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class ReplayError(PeergymError, ValueError):
    """A file is no replay, is damaged, or was written by a newer version; says which and where."""


class SignallingError(PeergymError):
    """A room, seat, code or token is not what the caller believed.

    Attributes:
        code: Machine-readable reason, one of the codes of `peergym.signalling.messages`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvariantError(PeergymError, AssertionError):
    """Something that cannot happen has happened: a bug of ours."""
