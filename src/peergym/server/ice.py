"""How peers may find paths to each other: which servers help, and what a peer may show of itself.

Theory of operation: all of that is decided here and told to each peer with its match: the servers,
with credentials of its own, the policy, and which pairs try to connect directly.

Laws:
    - Where addresses are hidden, no peer is told to use anything but a TURN server or our relay,
      and no STUN server is asked (it would learn an address for nothing).
    - Without TURN there is nothing to hide behind: then nobody connects directly at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from peergym.errors import ConfigurationError
from peergym.server.turn import TurnService

IcePolicy: TypeAlias = Literal["all", "relay"]
Privacy: TypeAlias = Literal["open", "relay"]

IceServer: TypeAlias = dict[str, Any]
"""What browsers call an RTCIceServer: ``urls``, and ``username`` and ``credential`` for TURN."""

PLACE = r"(\[[0-9A-Fa-f:.]+\]|[^\s:?,\[\]]+)(:\d{1,5})?"
STUN_URL = re.compile(rf"stuns?:{PLACE}")
TURN_URL = re.compile(rf"turns?:{PLACE}(\?transport=(udp|tcp))?")
"""Source: RFC 7064 and RFC 7065, section 3."""

ICE_SERVER_FORMS = "stun:host:port nor turn:host:port,user,password"
ICE_SERVER_FIELDS = frozenset({"urls", "username", "credential"})


@dataclass(frozen=True, slots=True)
class IceSettings:
    """How peers may connect.

    Attributes:
        servers: STUN and TURN servers that are the same for everybody.
        turn: A TURN server for which each peer gets credentials of its own; None for none.
        policy: ``relay`` keeps direct connections to paths through a TURN server.
        is_p2p: Whether peers connect directly at all; else all goes through our relay.
        privacy: ``relay`` hides the address of each peer from all others.
    """

    servers: tuple[IceServer, ...] = ()
    turn: TurnService | None = None
    policy: IcePolicy = "all"
    is_p2p: bool = True
    privacy: Privacy = "open"

    def __post_init__(self) -> None:
        """Check that it makes sense.

        Raises:
            ConfigurationError: Paths through TURN alone are asked for, and there is no TURN.
        """
        if self.policy == "relay" and self.is_p2p and not self.has_turn and not self.is_hidden:
            raise ConfigurationError(
                "ice_policy",
                "relay needs a TURN server: name one with --turn; or take --no-p2p, and all goes "
                "through this server's own relay",
            )

    @property
    def is_hidden(self) -> bool:
        """Whether peers must not learn each other's addresses."""
        return self.privacy == "relay"

    @property
    def has_turn(self) -> bool:
        """Whether there is a TURN server."""
        return self.turn is not None or any(map(_is_turn, self.servers))

    @property
    def connects_directly(self) -> bool:
        """Whether any two peers get a connection of their own."""
        return self.is_p2p and (self.has_turn or not self.is_hidden)

    @property
    def policy_in_force(self) -> IcePolicy:
        """What pages are told."""
        return "relay" if self.is_hidden else self.policy


class IceIssuer:
    """Tells each peer how it may connect.

    Args:
        settings: How peers may.
        wall_clock: Seconds since 1970.
    """

    def __init__(self, settings: IceSettings, wall_clock: Callable[[], float]) -> None:
        self._settings = settings
        self._wall_clock = wall_clock

    def complete(self, told: Mapping[str, Any], match_id: str, peer: int) -> dict[str, Any]:
        """Return what a peer is told of pairs, with what it needs to connect.

        Args:
            told: A match, or somebody who comes to it, in JSON, with ``offers``.
            match_id: Of the match.
            peer: Who is told.
        """
        return self.restrict({**told, **self.answer(match_id, peer)})

    def answer(self, match_id: str, peer: int) -> dict[str, Any]:
        """Return the servers, with new credentials, and the policy.

        Args:
            match_id: Of the match that the peer is in.
            peer: Who asks.
        """
        settings = self._settings
        return {
            "ice_servers": self._servers(match_id, peer),
            "ice_policy": settings.policy_in_force,
        }

    def restrict(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is told of pairs, without those that must not connect directly.

        Args:
            told: A message with ``offers``.
        """
        return {**told, "offers": told["offers"] if self._settings.connects_directly else []}

    def _servers(self, match_id: str, peer: int) -> list[IceServer]:
        settings = self._settings
        if not settings.connects_directly:
            return []
        servers = list(settings.servers)
        if settings.policy_in_force == "relay":
            servers = [server for server in servers if _is_turn(server)]
        if settings.turn is not None:
            servers.append(settings.turn.issue(match_id, peer, self._wall_clock()))
        return servers


def read_ice_server(text: str) -> IceServer:
    """Read a STUN or TURN server, as the command line gives it.

    Args:
        text: ``stun:host:port``, or ``turn:host:port,user,password``. The password is
            everything after the second comma, as it is.

    Raises:
        ConfigurationError: If it is neither, or a TURN server without user and password.
    """
    url, *credentials = text.split(",", 2)
    if STUN_URL.fullmatch(url) and not credentials:
        return {"urls": [url]}
    if TURN_URL.fullmatch(url) and len(credentials) == 2:
        return {"urls": [url], "username": credentials[0], "credential": credentials[1]}
    hint = "; a TURN server with a shared secret is named with --turn" if _is_bare(url) else ""
    raise ConfigurationError("ice_servers", f"{text!r} is neither {ICE_SERVER_FORMS}{hint}")


def check_ice_server(server: Mapping[str, Any]) -> IceServer:
    """Check a server that is written as browsers write it.

    Args:
        server: With ``urls``, and for a TURN server ``username`` and ``credential``.

    Raises:
        ConfigurationError: It is none; says what is wrong.
    """
    unknown = sorted(set(server) - ICE_SERVER_FIELDS)
    if unknown:
        raise ConfigurationError(
            "ice_servers", f"an ICE server has no {unknown[0]}; it has urls, username, credential"
        )
    urls = server.get("urls", [])
    urls = [urls] if isinstance(urls, str) else list(urls)
    credentials = [server.get("username"), server.get("credential")]
    for url in urls:
        given = [each for each in credentials if each is not None]
        if not all(isinstance(each, str) for each in [url, *given]):
            raise ConfigurationError("ice_servers", "urls, username and credential are texts")
        read_ice_server(",".join([url, *given]))
    if not urls:
        raise ConfigurationError("ice_servers", "an ICE server without urls is none")
    return {**server, "urls": urls}


def read_turn_url(text: str) -> str:
    """Read the address of a TURN server that shares a secret with us.

    Raises:
        ConfigurationError: It is none.
    """
    if not TURN_URL.fullmatch(text):
        raise ConfigurationError(
            "turn",
            f"{text!r} is not turn:host:port, turns:host:port, or one of them with "
            "?transport=udp or ?transport=tcp",
        )
    return text


def _is_bare(url: str) -> bool:
    return TURN_URL.fullmatch(url) is not None


def _is_turn(server: Mapping[str, Any]) -> bool:
    urls = server["urls"]
    return any(url.startswith(("turn:", "turns:")) for url in urls)
