"""``peergym turn-config``: print the configuration of a coturn that serves peergym."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError

DESCRIPTION = """\
Print a configuration for coturn, the TURN server, hardened and explained line by line. Some
networks let two players find no direct path; a TURN server is a place where both can be reached.
It shares a secret with peergym, which is made when it is not there yet."""

EPILOG = """\
examples:
  peergym turn-config --realm turn.example.org --secret-file turn_secret -o turnserver.conf
      a configuration and a secret; then, where coturn runs:
        sudo install -m 640 -g turnserver turnserver.conf /etc/turnserver.conf
        sudo systemctl restart coturn
  peergym play pong --turn turn:turn.example.org:3478 --turn-secret-file turn_secret
      and where the game is served: the same secret
  peergym turn-config --external-ip 198.51.100.7/10.0.0.5 ...
      for a machine behind NAT, as in most clouds: its public address and its own

All steps, and what each error means: docs/turn.md."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "turn-config",
        help="print the configuration of a TURN server",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--secret-file", type=Path, metavar="FILE",
        help="the secret shared with peergym; made if it is not there (default: turn_secret in "
        "the data folder, where peergym play looks for it)",
    )  # fmt: skip
    parser.add_argument(
        "--realm", default="peergym", metavar="NAME",
        help="name of the service, such as turn.example.org (default: peergym)",
    )  # fmt: skip
    parser.add_argument(
        "--external-ip", default="", metavar="PUBLIC/PRIVATE",
        help="the public address and the machine's own, where they differ",
    )  # fmt: skip
    parser.add_argument(
        "--listening-ip", default="", metavar="ADDRESS",
        help="listen on this address alone (default: on all of the machine)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=3478, metavar="N", help="for UDP and TCP (default: 3478)"
    )
    parser.add_argument(
        "--tls-port", type=int, default=5349, metavar="N",
        help="for TLS, in lines that are to be taken in by hand (default: 5349)",
    )  # fmt: skip
    parser.add_argument(
        "--relay-ports", default="49152-65535", metavar="LOW-HIGH",
        help="UDP ports of paths, one each (default: 49152-65535)",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="write it there, for its owner alone to read (default: print it)",
    )  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: An argument is unusable, or a file cannot be written.
    """
    from peergym.server.options import TURN_SECRET_FILE
    from peergym.server.settings import default_data_dir
    from peergym.server.turn import keep_turn_secret
    from peergym.server.turn_config import TurnConfig, read_port_range

    secret_file: Path = args.secret_file or default_data_dir() / TURN_SECRET_FILE
    # What was typed is looked at before a secret is made for it.
    config = TurnConfig(
        secret="",
        realm=args.realm,
        listening_ip=args.listening_ip,
        external_ip=args.external_ip,
        port=args.port,
        tls_port=args.tls_port,
        relay_ports=read_port_range(args.relay_ports),
    )
    text = replace(config, secret=keep_turn_secret(secret_file)).to_text()
    if args.output is None:
        print(text, end="")
    else:
        write_for_owner(args.output, text)
        print(f"The configuration is in {args.output}.", file=sys.stderr)
    print(f"The secret is in {secret_file}.", file=sys.stderr)
    return 0


def write_for_owner(path: Path, text: str) -> None:
    """Write a file that nobody else may read.

    Raises:
        ConfigurationError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            path.chmod(0o600)  # also one that was there, before the secret is in it
            file.write(text)
    except OSError as error:
        raise ConfigurationError("output", f"{path} cannot be written: {error}") from error
