"""Wait for what another program writes."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

WITHIN_S = 60.0
"""Nothing here takes this long, even on two busy cores; a hang does."""
LOOK_EVERY_S = 0.02


def wait_for_line(log: Path, pattern: str, process: subprocess.Popen[str]) -> re.Match[str]:
    """Wait until a program's log has a line like this.

    Raises:
        AssertionError: If the program ends before, or takes too long.
    """
    deadline_s = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline_s:
        ended = process.poll()
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found
        if ended is not None:
            break
        time.sleep(LOOK_EVERY_S)
    raise AssertionError(f"{log.name} never said {pattern!r}:\n{log.read_text()[-2000:]}")
