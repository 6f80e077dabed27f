"""By which way two pages are connected, as their browsers say it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.browser.pages import Person

HOST: Final = "host"
"""From one address of a machine to another: both are in one network."""
REFLEXIVE: Final = "srflx"
"""Through the routers of both, by holes in them that STUN found."""
TURN_UDP: Final = "TURN over UDP"
TURN_TCP: Final = "TURN over TCP"
RELAY: Final = "relay"
"""Through the game's server: what the session tells, for no browser knows."""
NONE: Final = "none"
"""There is no way."""

WATCH_CONNECTIONS = """
(() => {
  const seen = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      const note = {rtc: this, bornMs: performance.now(), connectedMs: null};
      seen.push(note);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") note.connectedMs ??= performance.now();
      });
    }
  };
  const selected = async ({rtc}) => {
    const stats = new Map();
    for (const [id, entry] of await rtc.getStats()) stats.set(id, entry);
    const transport = [...stats.values()].find(({type}) => type === "transport");
    const pair = stats.get(transport?.selectedCandidatePairId);
    const local = stats.get(pair?.localCandidateId);
    const remote = stats.get(pair?.remoteCandidateId);
    return local && remote && {
      types: [local.candidateType, remote.candidateType],
      relayProtocol: local.relayProtocol ?? remote.relayProtocol ?? null,
    };
  };
  window.seenConnections = async () => {
    const told = [];
    for (const note of seen) {
      const {bornMs, connectedMs} = note;
      const afterMs = connectedMs === null ? null : connectedMs - bornMs;
      told.push({afterMs, pair: (await selected(note)) ?? null});
    }
    return told;
  };
})();
"""
"""Put into a page before its own scripts: remembers all connections, which the page then makes as
always."""


@dataclass(frozen=True)
class Route:
    """A connection's way.

    Attributes:
        name: One of the names above.
        after_s: From the making of the connection until it was connected; 0 without one.
    """

    name: str
    after_s: float


def read_route(person: Person) -> Route:
    """Return the way by which a page reaches the other; `NONE` without one."""
    changes = person.events("RouteChanged")
    if changes and changes[-1].fields["route"] == RELAY:
        return Route(RELAY, 0.0)
    told = person.page.evaluate("window.seenConnections()")
    connected = [each for each in told if each["pair"] is not None and each["afterMs"] is not None]
    if not connected:
        return Route(NONE, 0.0)
    (only,) = connected
    return Route(name_route(only["pair"]), only["afterMs"] / 1000)


def wait_for_route(person: Person, kind: str) -> None:
    """Wait until a page reaches the other ``direct`` (also by TURN), or by the ``relay``."""
    person.wait_until(
        "peergym.events.filter(({event}) => event.name === 'RouteChanged')"
        ".at(-1)?.event.route === argument",
        kind,
    )


def wait_for_direct(people: Sequence[Person]) -> None:
    """Wait until all speak directly.

    On a busy machine something may be silent for a second; then a match goes over to the relay
    for a while, as it should.
    """
    for person in people:
        wait_for_route(person, "direct")


def wait_for_direct_routes(people: Sequence[Person]) -> list[Route]:
    """Wait until all speak directly, and return by which way."""
    wait_for_direct(people)
    return [read_route(person) for person in people]


def name_route(pair: dict[str, object]) -> str:
    """Say a pair of candidates in one word: the longest way that one of them takes."""
    types = pair["types"]
    assert isinstance(types, list)
    if "relay" in types:
        return TURN_TCP if pair["relayProtocol"] == "tcp" else TURN_UDP
    # A peer-reflexive address is one that the router showed before STUN told of it.
    return REFLEXIVE if {"srflx", "prflx"} & set(types) else HOST
