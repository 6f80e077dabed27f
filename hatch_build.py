"""Hatchling's build hook: a wheel, editable or not, comes with the client built into it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientBuildHook(BuildHookInterface[Any]):
    """Builds the client before the files of the wheel are gathered."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring ``src/peergym/client_dist`` up to date.

        Raises:
            SystemExit: With a sentence that says why, if it cannot be done.
        """
        # Hatchling loads this file by its path; what lies beside it is not importable by itself.
        sys.path.insert(0, self.root)
        from tools.client_build import BuildError, ClientBuild  # noqa: PLC0415
        from tools.node import NodeError  # noqa: PLC0415

        try:
            ClientBuild(Path(self.root)).build()
        except (BuildError, NodeError) as error:
            sys.exit(f"\n{error}\n")
