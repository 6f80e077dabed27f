"""``peergym serve``: serve the scene of a file."""

from __future__ import annotations

import argparse
import os
from typing import Any

from peergym.cli.server_options import add_options, given_options, serve_until_stopped

DESCRIPTION = """\
Serve an experiment: a Python file with a scene in it, which says what is played and how people are
connected. Whatever is typed here overrules what the scene says."""

EPILOG = """\
examples:
  peergym serve experiment.py --lan
      experiment.py holds, for example:

        from peergym.experiment import GymScene

        scene = GymScene("bomberman", players=3)
        scene.pyodide(
            multiplayer=True,
            p2p_mode=True,
            p2p_ice_servers=["stun:stun.example.org:3478"],
            p2p_turn_servers=["turn:turn.example.org:3478"],
        )

  peergym serve experiment.py:second_scene
      a file with several scenes
  peergym serve experiment.py --privacy relay --settings lab.toml
      the same, with addresses hidden, on a server that has settings of its own

A scene's options: docs/settings.md."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "serve",
        help="serve the scene of a file",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("experiment", metavar="FILE", help="file.py, or file.py:scene")
    add_options(parser)
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand until Ctrl-C.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: There is no such scene, or an option is unusable.
        EnvironmentContractError: What is played is no game.
    """
    from peergym.experiment.scene_file import find_scene
    from peergym.server.options import gather, make_settings

    found = find_scene(args.experiment)
    given = gather(given_options(args), os.environ, found.scene.options())
    settings = make_settings(found.game, given)
    return serve_until_stopped(settings, opens_browser=given.get("open_browser", True))
