"""What a browser's worker runs: the same measurement as natively, and the calibration loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rollback_cost
from calibration import calibration_ms


def measure_all(progress: Callable[[str], object]) -> dict[str, Any]:
    """Figures of both environments, and of the loop."""
    return {**rollback_cost.measure_all(progress), "calibration_ms": calibration_ms()}
