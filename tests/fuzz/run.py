"""Drives the coverage-guided fuzzer: ``python -m tests.fuzz.run [TARGET ...] [--seconds N]``.

Theory of operation: each target runs in a process of its own, because libFuzzer ends the process
it runs in. It begins with the committed seeds and with what earlier runs have kept in
``.build/fuzz``; what it finds is kept there, and an input that fails is put beside it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
import traceback
from hashlib import sha256
from pathlib import Path
from random import Random

from tests.fuzz.coverage import choose, lines_of, steps_of
from tests.fuzz.seeds import SEEDS, golden_seeds, seeds_of
from tests.fuzz.targets import TARGETS, load_reach

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".build" / "fuzz"

LONGEST_BYTES = {
    "canonical": 400, "control": 400, "datagram": 1300, "recording": 1500, "session": 700,
}  # fmt: skip
"""Of an input; where not said, 500. Longer ones are slower and reach no further."""

FOUND = "found-"  # how the name of a seed begins that once failed
SLOWEST_S = 30  # one input; beyond it something loops
MOST_MEMORY_MB = 1024
REPORT_EVERY_S = 5.0
STATUS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/(\S+)(?:.*?exec/s: (\d+))?")


def main() -> int:
    """Fuzz every target in turn, or do one of the other things. Returns the exit status."""
    arguments = _read_arguments()
    targets = arguments.targets or TARGETS
    unknown = sorted(set(targets) - set(TARGETS))
    if unknown:
        print(f"There is no target {unknown[0]}; there are {', '.join(TARGETS)}.")
        return 2
    if arguments.reproduce:
        return _reproduce(targets[0], arguments.reproduce)
    work = _minimise if arguments.minimise else _cover if arguments.coverage else _fuzz
    failed = [target for target in targets if not work(target, arguments.seconds)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    return 1 if failed else 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--reproduce", type=Path, metavar="FILE", help="run one input, with trace")
    parser.add_argument(
        "--minimise", action="store_true", help="replace the committed seeds by the best of all"
    )
    parser.add_argument(
        "--coverage", action="store_true", help="print how far the committed seeds reach"
    )
    return parser.parse_args()


def _fuzz(target: str, seconds: int) -> bool:
    """Fuzz a target, with a line every few seconds. Returns whether it found nothing."""
    kept, seeds = KEPT / target, SEEDS / target
    kept.mkdir(parents=True, exist_ok=True)
    seeds.mkdir(parents=True, exist_ok=True)
    for data in [*golden_seeds(target), *_long_inputs(target)]:
        (kept / sha256(data).hexdigest()[:12]).write_bytes(data)
    print(f"\n{target}: {seconds} s, {len([*seeds.iterdir()])} seeds, {kept}", flush=True)
    prefix = KEPT / f"{target}-failed-"
    before = set(KEPT.glob(f"{prefix.name}*"))
    exit_status, last = _watch(target, [
        str(kept), str(seeds), f"-max_total_time={seconds}", f"-artifact_prefix={prefix}",
        f"-max_len={LONGEST_BYTES.get(target, 500)}", f"-timeout={SLOWEST_S}",
        f"-rss_limit_mb={MOST_MEMORY_MB}", "-len_control=10",
    ])  # fmt: skip
    if exit_status == 0:
        return True
    print(last)
    for path in sorted(set(KEPT.glob(f"{prefix.name}*")) - before):
        command = f"dev.py fuzz {target} --reproduce {path.relative_to(ROOT)}"
        print(f"To see it again: python {command}")
    return False


def _long_inputs(target: str) -> list[bytes]:
    """Inputs in which much happens; libFuzzer itself begins with the shortest."""
    random = Random(target)
    return [random.randbytes(random.randrange(50, 400)) for _ in range(100)]


def _watch(target: str, flags: list[str]) -> tuple[int, str]:
    """Run libFuzzer. Returns its exit status and what it said of a failure."""
    command = [sys.executable, "-m", "tests.fuzz.inside", target, *flags]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    reported_s = time.monotonic()
    figures = ""
    try:
        for line in process.stdout:
            status = STATUS.match(line)
            if status is None:
                said.append(line)
                continue
            runs, edges, features, inputs, size, per_s = status.groups()
            figures = (
                f"  {runs} runs, {edges} edges, {features} features, "
                f"{inputs} inputs of {size}, {per_s or '?'} runs a second"
            )
            said.clear()
            if time.monotonic() - reported_s > REPORT_EVERY_S:
                reported_s = time.monotonic()
                print(figures, flush=True)
        exit_status = process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
    print(figures, flush=True)
    return exit_status, "".join(said[:60])


def _reproduce(target: str, path: Path) -> int:
    """Run one input without a fuzzer."""
    try:
        reached = load_reach(target)(path.read_bytes())
    except Exception:  # noqa: BLE001 - whatever it is, it is what was looked for
        traceback.print_exc()
        return 1
    print(f"{path} breaks no law; it reaches: {', '.join(sorted(reached)) or 'nothing'}.")
    return 0


def _minimise(target: str, _: int) -> bool:
    """Keep as seeds the few inputs that reach what others do not; what once failed stays."""
    (SEEDS / target).mkdir(parents=True, exist_ok=True)
    (KEPT / target).mkdir(parents=True, exist_ok=True)
    found = [path.read_bytes() for path in (SEEDS / target).glob(f"{FOUND}*")]
    old = [path for path in (SEEDS / target).iterdir() if not path.name.startswith(FOUND)]
    inputs = [path.read_bytes() for path in (*old, *(KEPT / target).iterdir())]
    chosen = choose(load_reach(target), inputs, [*golden_seeds(target), *found])
    print(f"{target}: {len(chosen)} of {len(inputs)} inputs, {sum(map(len, chosen))} bytes")
    for path in old:
        path.unlink()
    for data in chosen:
        (SEEDS / target / sha256(data).hexdigest()[:12]).write_bytes(data)
    return bool(chosen or found)


def _cover(target: str, _: int) -> bool:
    """Print how many lines of each file the seeds reach, best first."""
    reach, reached = load_reach(target), dict[Path, set[int]]()
    for data in seeds_of(target).values():
        for step in steps_of(reach, data):
            if isinstance(step, tuple):
                reached.setdefault(Path(step[0]), set()).add(step[2])
    print(f"\n{target}")
    for path, lines in sorted(reached.items(), key=lambda pair: -len(pair[1])):
        whole = lines_of(path)
        print(f"  {len(lines & whole):4} of {len(whole):4} lines  {path.parent.name}/{path.name}")
    return bool(reached)


if __name__ == "__main__":
    sys.exit(main())
