"""A fixed piece of Python, so that absolute times of two machines can be compared.

Standard library only: this file runs in a browser's worker, too.
"""

from __future__ import annotations

import statistics
import time

LOOPS = 200_000
REPEATS = 9


def loop() -> int:
    """Do arithmetic on small integers, as games do."""
    value = 1
    for _ in range(LOOPS):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value


def calibration_ms() -> float:
    """Median time of the loop, in milliseconds."""
    times_s = []
    for _ in range(REPEATS):
        start_s = time.perf_counter()
        loop()
        times_s.append(time.perf_counter() - start_s)
    return round(statistics.median(times_s) * 1e3, 1)
