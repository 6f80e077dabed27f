"""What a peer shows of itself, and for how long somebody may use a TURN server."""

from __future__ import annotations

from tests.mutation.fault import Fault

HIDDEN = "tests/signalling/test_hidden_addresses.py"
CONNECTING = "tests/server/test_connecting.py"
ICE = "tests/server/test_ice.py"
TURN = "tests/server/test_turn.py"
SETTINGS = "tests/server/test_settings.py"

FAULTS = (
    Fault(
        "candidates of every type are passed on",
        "signalling/hidden_addresses.py",
        "(?P<port>\\d{1,5}) typ relay",
        "(?P<port>\\d{1,5}) typ \\w+",
        "everybody learns the addresses of the others' machines",
        (f"{HIDDEN}::test_any_other_candidate_is_dropped",),
    ),
    Fault(
        "a relay candidate says where it is from",
        "signalling/hidden_addresses.py",
        'KEPT_EXTENSIONS = frozenset({"tcptype",',
        'KEPT_EXTENSIONS = frozenset({"raddr", "rport", "tcptype",',
        "the address that the TURN server saw is told to everybody",
        (f"{HIDDEN}::test_of_a_relay_candidate_the_address_at_the_relay_is_left",),
    ),
    Fault(
        "the server leaves it to the pages to hide addresses",
        "server/sockets.py",
        "        if self._settings.ice.is_hidden:",
        "        if self._settings.ice.is_hidden and not self._settings.ice.has_turn:",
        "a page that was tampered with tells the others what it likes",
        (f"{CONNECTING}::test_where_addresses_are_hidden_none_is_passed_on",),
    ),
    Fault(
        "without a TURN server pages connect directly in spite of all",
        "server/ice.py",
        "        return self.is_p2p and (self.has_turn or not self.is_hidden)",
        "        return self.is_p2p",
        "there is nothing to hide behind, and everybody is told to look for a path",
        (f"{ICE}::test_without_turn_or_without_p2p_nobody_connects_directly",),
    ),
    Fault(
        "a STUN server is asked although it cannot help",
        "server/ice.py",
        '        if settings.policy_in_force == "relay":',
        '        if settings.policy_in_force == "none":',
        "somebody else learns the addresses of all players",
        (f"{ICE}::test_where_addresses_are_hidden_peers_meet_at_the_turn_server",),
    ),
    Fault(
        "all players have the same credentials",
        "server/turn.py",
        '        said = NAME_LABEL + f"{match_id}/{peer}".encode()',
        "        said = NAME_LABEL + match_id.encode()",
        "they share one quota, and nobody can be told apart",
        (f"{TURN}::test_no_two_peers_have_the_same_name",),
    ),
    Fault(
        "credentials never expire",
        "server/turn.py",
        'f"{int(now_s + self.lifetime_s)}:',
        'f"{int(now_s + 1e9)}:',
        "whoever finds one in a log relays through the server for ever",
        (f"{TURN}::test_the_name_says_until_when_it_is_good_and_nothing_of_the_match",),
    ),
    Fault(
        "whoever is told of a newcomer has his old credentials",
        "server/sockets.py",
        '        return self._complete_arrival(push) if push.event == "peer" else push.payload',
        "        return push.payload",
        "hours into a match nobody can connect with who comes",
        (f"{CONNECTING}::test_who_is_there_gets_new_credentials_with_everybody_who_comes",),
    ),
    Fault(
        "a scene overrules whoever serves it",
        "server/options.py",
        "    return {**(scene or {}), **of_file, **read_environment(environ), **typed}",
        "    return {**of_file, **read_environment(environ), **typed, **(scene or {})}",
        "an experiment shows addresses on a server that was told to hide them",
        (f"{SETTINGS}::test_the_strongest_place_holds",),
    ),
)
