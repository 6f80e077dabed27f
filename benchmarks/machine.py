"""What a measurement was made on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from calibration import calibration_ms


def describe_machine() -> dict[str, Any]:
    """Cores, processor, system, Python, how busy it is, and the calibration loop."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "processor": processor(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "calibration_ms": calibration_ms(),
    }


def processor() -> str:
    """The processor's name, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def describe(machine: dict[str, Any], chromium: str | None) -> str:
    """The same as a sentence."""
    parts = [
        f"{machine['cores']} cores ({machine['processor']})",
        machine["system"],
        f"Python {machine['python']}",
    ]
    if chromium:
        parts.append(f"Chromium {chromium}")
    parts.append(f"calibration loop {machine['calibration_ms']} ms")
    if machine["load"] is not None:
        parts.append(f"load before it {machine['load']}")
    return ", ".join(parts)
