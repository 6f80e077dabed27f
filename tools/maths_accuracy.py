"""Measure how far portable maths is from the truth.

    python -m tools.maths_accuracy --points 1000000 [FUNCTION ...]

prints a line for each function: the largest and the mean error in ulp, where the largest is, and
what `math` has at the same points on this machine. A million points take 20 to 100 seconds.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

from peergym.envs import maths
from tools.exact_maths import FUNCTIONS, error_ulps
from tools.maths_points import Point, points


@dataclass(slots=True)
class Accuracy:
    """The errors of a function, in ulp.

    Attributes:
        largest: Of ours.
        mean: Of ours.
        where: The point of the largest.
        largest_of_math: Of Python's own.
        count: How many points were taken; where the result is too large for a float, none is.
    """

    largest: float = 0.0
    mean: float = 0.0
    where: Point = ()
    largest_of_math: float = 0.0
    count: int = 0


def measure(name: str, count: int, compares_math: bool = False) -> Accuracy:
    """Measure a function at so many points.

    Args:
        name: Of the function.
        count: How many points.
        compares_math: Whether to measure `math` as well.
    """
    found = Accuracy()
    function, exact = getattr(maths, name), FUNCTIONS[name]
    theirs = getattr(math, name)
    total = 0.0
    for point in points(name, count):
        try:
            computed = function(*point)
        except OverflowError:
            continue
        truth = exact(*point)
        error = error_ulps(computed, truth)
        total += error
        found.count += 1
        if error > found.largest:
            found.largest, found.where = error, point
        if compares_math:
            found.largest_of_math = max(found.largest_of_math, error_ulps(theirs(*point), truth))
    found.mean = total / found.count
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description="Measure how exact portable maths is.")
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="default: all")
    parser.add_argument("--points", type=int, default=20_000, metavar="N")
    chosen = parser.parse_args()
    print("| function | largest error, ulp | mean | at | of `math` here |", flush=True)
    print("| --- | --: | --: | --- | --: |", flush=True)
    for name in chosen.functions or FUNCTIONS:
        found = measure(name, chosen.points, compares_math=True)
        where = ", ".join(map(repr, found.where))
        print(
            f"| `{name}` | {found.largest:.3f} | {found.mean:.3f} | {where} "
            f"| {found.largest_of_math:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
