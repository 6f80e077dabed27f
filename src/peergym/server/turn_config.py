"""The configuration of a coturn that serves peergym and nobody else, each line with its reason.

Theory of operation: a TURN server sends packets to addresses that its users name. Left as it
comes, it is a way into the network in which it stands, a reflector for floods, and a relay for
everybody. What is written here lets it serve those who show credentials of ours, to addresses in
the public internet, over UDP, within quotas.

Laws:
    - The secret is made, never a default.
    - What coturn calls hardening and browsers do not need is switched off.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from peergym.errors import ConfigurationError

DEFAULT_PORT = 3478
DEFAULT_TLS_PORT = 5349
DEFAULT_RELAY_PORTS = (49152, 65535)
"""The ports that IANA leaves to everybody. Source: RFC 6335, section 6; RFC 8656, section 7.2."""

LOWEST_PORT = 1024
LOW_PORTS_IN_USE = (53, 80, 443)
"""Chromium sends to no other low port, and says nothing of it (observed, version 156)."""

USER_QUOTA = 64
"""Paths of one peer at a time. A page has up to three connections through TURN, tries each over
UDP and TCP from some addresses of its machine, and all of them again when it seeks new paths."""

TOTAL_QUOTA = 2000
"""Paths at a time; each takes a port and some 50 KB."""

SESSION_BYTES_PER_S = 250_000
"""Of one path, in each direction. A match needs 5 to 20 thousand, the state for somebody who comes
late some hundred thousand for seconds; whoever wants to surf through it is not served."""

DENIED_PEERS = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "behind a provider's NAT"),
    ("127.0.0.0/8", "this machine"),
    ("169.254.0.0/16", "link-local; in clouds the metadata, with their credentials"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "for protocols"),
    ("192.0.2.0/24", "for documentation"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("240.0.0.0/4", "reserved"),
    ("::1/128", "this machine"),
    ("::ffff:0:0/96", "IPv4 in disguise"),
    ("64:ff9b::/96", "IPv4 behind a translator"),
    ("2001:db8::/32", "for documentation"),
    ("2002::/16", "IPv4 in a tunnel"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
)
"""Where nobody is sent to. Source: IANA's special-purpose address registries (RFC 6890).

Not a bug: ``::`` is missing. coturn denies it by itself since 4.5.2 (CVE-2020-26262), and takes a
range of it for all addresses there are (observed, 4.6.1)."""

REALM = re.compile(r"[\w.-]{1,100}")


@dataclass(frozen=True, slots=True)
class TurnConfig:
    """What of coturn's configuration depends on the place.

    Attributes:
        secret: What is shared with the game's server.
        realm: A name of the service, shown to clients; usually the machine's.
        listening_ip: Address to listen on; empty for all of the machine's.
        external_ip: What others see where the machine is behind NAT: ``PUBLIC/PRIVATE``, or
            ``PUBLIC``; empty where the machine has its public address itself.
        port: For UDP and TCP.
        tls_port: For TLS, once there is a certificate.
        relay_ports: Lowest and highest port of paths.
    """

    secret: str
    realm: str = "peergym"
    listening_ip: str = ""
    external_ip: str = ""
    port: int = DEFAULT_PORT
    tls_port: int = DEFAULT_TLS_PORT
    relay_ports: tuple[int, int] = DEFAULT_RELAY_PORTS

    def __post_init__(self) -> None:
        """Check that all is of its kind.

        Raises:
            ConfigurationError: Something is not; names it.
        """
        if not REALM.fullmatch(self.realm):
            raise ConfigurationError("realm", f"{self.realm!r} is not a name such as turn.example")
        for address in self.own_addresses():
            try:
                ipaddress.ip_address(address)
            except ValueError as error:
                raise ConfigurationError("address", f"{address!r} is no IP address") from error
        for port in (self.port, self.tls_port):
            if not LOWEST_PORT <= port <= 65535 and port not in LOW_PORTS_IN_USE:
                raise ConfigurationError(
                    "port", f"browsers send nothing to {port}; take 53, 80, 443 or one from 1024 up"
                )
        low, high = self.relay_ports
        if not LOWEST_PORT <= low < high <= 65535:
            raise ConfigurationError(
                "relay_ports", f"{low}-{high} is not a range between 1024 and 65535"
            )

    def own_addresses(self) -> list[str]:
        """Return the machine's addresses as far as they were told, public ones last."""
        public, _, private = self.external_ip.partition("/")
        return [each for each in (self.listening_ip, private, public) if each]

    def to_text(self) -> str:
        """Return the configuration as coturn reads it."""
        parts = (
            _head(), self._place(), self._users(), self._peers(), self._limits(),
            _switched_off(), self._encryption(), _log(),
        )  # fmt: skip
        return "\n".join("\n".join(part) + "\n" for part in parts)

    def _place(self) -> list[str]:
        low, high = self.relay_ports
        lines = ["# --- where it is", "# One port for everybody, over UDP and TCP."]
        lines += [f"listening-port={self.port}"]
        if self.listening_ip:
            lines += [f"listening-ip={self.listening_ip}", f"relay-ip={self.listening_ip}"]
        if self.external_ip:
            lines += [
                "# What others see of this machine, which is behind NAT.",
                f"external-ip={self.external_ip}",
            ]
        return [
            *lines,
            f"# Each path takes one of these UDP ports: open {low} to {high} in the firewall, too.",
            f"min-port={low}",
            f"max-port={high}",
        ]

    def _users(self) -> list[str]:
        return [
            "# --- who may use it",
            "# No list of users: names say until when they are good, and passwords are made from",
            "# them with this secret, which peergym's server knows as well (--turn-secret-file).",
            "use-auth-secret",
            f"static-auth-secret={self.secret}",
            f"realm={self.realm}",
            "# Makes replies of ours known as such among other packets on the port.",
            "fingerprint",
            "# A reply that was listened to is of no use after ten minutes.",
            "stale-nonce=600",
        ]

    def _peers(self) -> list[str]:
        lines = [
            "# --- where to it sends",
            "# To addresses in the public internet only: else it would be a way into the network",
            "# in which it stands, and to the services of its own machine.",
            "no-multicast-peers",
        ]
        for network, reason in DENIED_PEERS:
            each = ipaddress.ip_network(network)
            lines.append(f"# {reason}")
            lines.append(f"denied-peer-ip={each[0]}-{each[-1]}")
        for address in self.own_addresses():
            if not ipaddress.ip_address(address).is_global:
                lines += [
                    "# Two players who both use this server meet at its own address.",
                    f"allowed-peer-ip={address}",
                ]
        return lines

    def _limits(self) -> list[str]:
        return [
            "# --- how much of it",
            "# Paths of one player at a time, and of all.",
            f"user-quota={USER_QUOTA}",
            f"total-quota={TOTAL_QUOTA}",
            "# Bytes a second of one path; a match needs a tenth of it.",
            f"max-bps={SESSION_BYTES_PER_S}",
        ]

    def _encryption(self) -> list[str]:
        return [
            "# --- TLS",
            "# Matches are encrypted end to end without it. It helps where a network lets nothing",
            "# through but TLS: get a certificate for the machine's name, take the first two",
            f"# lines out, the others in, and add --turn turns:NAME:{self.tls_port}?transport=tcp.",
            "no-tls",
            "no-dtls",
            f"#tls-listening-port={self.tls_port}",
            "#cert=/etc/coturn/fullchain.pem",
            "#pkey=/etc/coturn/privkey.pem",
            "#no-tlsv1",
            "#no-tlsv1_1",
        ]


def _head() -> list[str]:
    return [
        "# coturn for peergym. It holds the secret: keep it where only coturn reads it.",
        "# Install it as /etc/turnserver.conf, then: systemctl restart coturn",
    ]


def _switched_off() -> list[str]:
    return [
        "# --- what browsers do not need",
        "# A console for the administrator, on a port of its own.",
        "no-cli",
        "# Paths over TCP to others; players always meet over UDP.",
        "no-tcp-relay",
        "# Replies that are larger than the question, which floods are made of.",
        "no-rfc5780",
        "no-stun-backward-compatibility",
        "response-origin-only-with-rfc5780",
        "# The version in each reply.",
        "no-software-attribute",
    ]


def _log() -> list[str]:
    return [
        "# --- log",
        "# It holds addresses of players. Where these are nobody's business, take both lines in.",
        "#no-stdout-log",
        "#log-file=/dev/null",
    ]


def read_port_range(text: str) -> tuple[int, int]:
    """Read ``LOW-HIGH``.

    Raises:
        ConfigurationError: It is no range.
    """
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", text)
    if found is None:
        raise ConfigurationError("relay_ports", f"{text!r} is not a range such as 49152-65535")
    return int(found[1]), int(found[2])
