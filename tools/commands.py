"""The commands of ``dev.py``."""

from __future__ import annotations

import argparse
import inspect
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.chromium import VARIABLE, ChromiumError, find_chromium, provide_chromium
from tools.environment import Environment, InstallError
from tools.fuzzer import check_atheris
from tools.steps import StepError, Steps
from tools.system_packages import provide_system_packages

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "client"
ENVIRONMENT = Environment(ROOT)

MADE_HERE = (
    ".venv", ".build", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", "client/node_modules", "dist", "src/peergym/client_dist", "test-results",
)  # fmt: skip
"""What `clean` removes: everything that git ignores and the commands below make again."""


def play(more: list[str]) -> None:
    """Serve Pong on this machine and open it in the browser.

    What follows is handed on to `peergym play pong`:

      python dev.py play --port 8080
      python dev.py play --lan            others in the same network can join
      python dev.py play --no-browser     only print the address

    All of it: `.venv/bin/peergym play --help`.
    """
    ENVIRONMENT.prepare()
    Steps(ROOT, {}).run(
        "peergym play pong", [ENVIRONMENT.program("peergym"), "play", "pong", *more]
    )


def test(more: list[str]) -> None:
    """Install what the tests need and run them all, the quick ones first.

    First everything that `lint` does, then the tests of the client, then those of the Python:
    units and simulations, in Pyodide, in Chromium. It stops at the first step that fails.

    What follows is handed on to pytest, which then runs alone:

      python dev.py test tests/wire
      python dev.py test -m browser -k qr_code
    """
    ENVIRONMENT.prepare(["lint", "test"])
    provide_system_packages()
    if more:
        variables = {**ENVIRONMENT.variables(), VARIABLE: find_chromium(ENVIRONMENT.python) or ""}
        Steps(ROOT, variables).run("pytest", _pytest(*more))
        return
    variables = {
        **ENVIRONMENT.variables(),
        VARIABLE: provide_chromium(ENVIRONMENT.python),
        # To the tests: whatever is missing is a failure, not a reason to skip.
        "CI": "true",
    }
    steps = Steps(ROOT, variables)
    try:
        _lint(steps)
        _client(steps, "client tests", "vitest/vitest.mjs", "run")
        # In two processes, for as many cores as any machine has. A file goes to one of them as a
        # whole, so that what its tests share (the wheel, the record of a match) is made once.
        together = ("-n", "2", "--dist", "loadfile")
        for name, marks, processes in (
            ("unit and simulation tests", "not pyodide and not browser", together),
            ("tests in Pyodide", "pyodide", together),
            # One after the other: pages that play need both cores.
            ("tests in Chromium", "browser and not networks", ()),
        ):
            steps.run(name, _pytest(*processes, "-m", marks))
    finally:
        steps.print_durations()


def lint(more: list[str]) -> None:
    """Check style, layers and types, of the Python and of the TypeScript, without running either.

    ruff, import-linter, mypy, biome, tsc. With --fix, first repair what can be repaired by itself.
    """
    parser = argparse.ArgumentParser(prog="dev.py lint")
    parser.add_argument("--fix", action="store_true")
    fix = parser.parse_args(more).fix
    ENVIRONMENT.prepare(["lint"])
    steps = Steps(ROOT, ENVIRONMENT.variables())
    if fix:
        steps.run(
            "ruff, repairing", [ENVIRONMENT.program("ruff"), "check", "--fix-only", "--quiet"]
        )
        steps.run("ruff, formatting", [ENVIRONMENT.program("ruff"), "format"])
        _client(steps, "biome, repairing", "@biomejs/biome/bin/biome", "check", "--write")
    _lint(steps)
    steps.print_durations()


def bench(more: list[str]) -> None:
    """Measure, and print the figures of docs/performance.md.

    Figures are ratios within one run, or stand beside a calibration loop of the same run. Close
    other programs: two cores are enough, busy ones are not.
    """
    ENVIRONMENT.prepare(["test"])
    variables = {VARIABLE: provide_chromium(ENVIRONMENT.python), **ENVIRONMENT.variables()}
    Steps(ROOT, variables).run("benchmarks", [ENVIRONMENT.python, "benchmarks/run.py", *more])


def networks(more: list[str]) -> None:
    """Play between all kinds of routers, by all routes, in network namespaces of their own.

    Needs Linux, and root or leave to make user namespaces; some of it is part of `test`. What
    follows is handed on to pytest.

      python dev.py networks -k symmetric
    """
    ENVIRONMENT.prepare(["test"])
    provide_system_packages()
    variables = {**ENVIRONMENT.variables(), VARIABLE: provide_chromium(ENVIRONMENT.python)}
    command = _pytest("-m", "networks", *more)
    Steps(ROOT, variables).run("networks", command)


def environments(more: list[str]) -> None:
    """Check and play other people's environments, unmodified, in processes and in browsers.

    Installs about a gigabyte of them first; without them, `test` skips what needs them. What
    follows is handed on to pytest.
    """
    ENVIRONMENT.prepare(["test", "environments"])
    provide_system_packages()
    variables = {**ENVIRONMENT.variables(), VARIABLE: provide_chromium(ENVIRONMENT.python)}
    command = _pytest("tests/environments", "tests/browser/test_environments.py", *more)
    Steps(ROOT, variables).run("environments", command)


def fleet(more: list[str]) -> None:
    """Simulate matches over every number of players, network and failure; check all of them.

    Thousands of matches, on all cores, each held against an oracle. It stops before ten minutes are
    over, and the next call goes on; a mixture of them is part of `test`. Results are kept in
    .build/fleet, of a match that goes wrong also the smallest that does so in the same way.

      python dev.py fleet "8p-200ms" drop             only these words in the names of matches
      python dev.py fleet --part 1/2                  half of them; the other half elsewhere
      python dev.py fleet --report                    the tables of docs/robustness.md

    All of it: `.venv/bin/python -m tests.fleet.run --help`.
    """
    ENVIRONMENT.prepare(["test"])
    steps = Steps(ROOT, ENVIRONMENT.variables())
    steps.run("fleet", [ENVIRONMENT.python, "-m", "tests.fleet.run", *more])


def fuzz(more: list[str]) -> None:
    """Look for bytes and messages that break a law, guided by the code that they reach.

    A coverage-guided fuzzer (atheris) attacks what takes bytes of somebody else: decoders, flight
    recordings, sessions in the middle of a match, the agreement on members, and signalling; one
    target after the other, a minute each. What fails is kept in .build/fuzz.

      python dev.py fuzz session --seconds 600             one target, for longer
      python dev.py fuzz session --reproduce FILE          an input again, with a stack trace
      python dev.py fuzz session --minimise                keep the best inputs as seeds
      python dev.py fuzz --properties tests/wire           property tests, with many more examples

    The seeds in tests/fuzz/corpus are replayed by `test`. What follows --properties is handed on
    to pytest; a failure there prints the example and is kept in .hypothesis.
    """
    if more[:1] == ["--properties"]:
        ENVIRONMENT.prepare(["test"])
        profile = ["--timeout=0", "--hypothesis-profile=fuzz", "-m", "hypothesis"]
        command = _pytest(*profile, *more[1:])
    else:
        needs_fuzzer = not {"--reproduce", "--minimise"}.intersection(more)
        if needs_fuzzer:
            check_atheris()
        ENVIRONMENT.prepare(["test", "fuzz"] if needs_fuzzer else ["test"])
        command = [ENVIRONMENT.python, "-m", "tests.fuzz.run", *more]
    Steps(ROOT, ENVIRONMENT.variables()).run("fuzz", command)


def mutate(more: list[str]) -> None:
    """Plant faults in a copy of the source, one after the other; the tests must notice each.

    A fault that no test notices is a test that is missing. The list is in tests/mutation/faults;
    `test` looks whether each fault still has its place, and its tests.

      python dev.py mutate                  all of them, a few seconds each
      python dev.py mutate quorum           those with this word in their names
      python dev.py mutate --list           only the names
    """
    ENVIRONMENT.prepare(["test"])
    steps = Steps(ROOT, ENVIRONMENT.variables())
    steps.run("mutation check", [ENVIRONMENT.python, "-m", "tests.mutation.run", *more])


def build(more: list[str]) -> None:
    """Build the client, and the wheel and the source distribution into dist/."""
    _takes_nothing("build", more)
    ENVIRONMENT.prepare()
    Steps(ROOT, {}).run("hatchling", [ENVIRONMENT.python, "-m", "hatchling", "build"])


def clean(more: list[str]) -> None:
    """Remove everything that these commands have made: .venv, node_modules, builds, caches."""
    _takes_nothing("clean", more)
    for name in MADE_HERE:
        path = ROOT / name
        if path.exists():
            print(f"removing {name}")
            shutil.rmtree(path)


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "play": play,
    "test": test,
    "lint": lint,
    "bench": bench,
    "networks": networks,
    "environments": environments,
    "fleet": fleet,
    "fuzz": fuzz,
    "mutate": mutate,
    "build": build,
    "clean": clean,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Everything that is done with a checkout of peergym.",
        epilog="`dev.py COMMAND --help` says more.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        summary, _, text = (command.__doc__ or "").partition("\n")
        subparsers.add_parser(
            name,
            help=summary,
            description=summary + "\n\n" + inspect.cleandoc(text),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    chosen, more = parser.parse_known_args(arguments)
    try:
        COMMANDS[chosen.command](more)
    except StepError as failure:
        print(f"\n{failure}", flush=True)
        return failure.exit_status
    except (InstallError, ChromiumError) as problem:
        print(f"\n{problem}", flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _lint(steps: Steps) -> None:
    steps.run("ruff", [ENVIRONMENT.program("ruff"), "check"])
    steps.run("ruff, format", [ENVIRONMENT.program("ruff"), "format", "--check"])
    steps.run("import-linter", [ENVIRONMENT.program("lint-imports")])
    steps.run("mypy", [ENVIRONMENT.program("mypy")])
    _client(steps, "biome", "@biomejs/biome/bin/biome", "check", "--error-on-warnings")
    _client(steps, "tsc", "typescript/bin/tsc")
    build_configuration = ("--project", "tsconfig.node.json")
    _client(steps, "tsc, build configuration", "typescript/bin/tsc", *build_configuration)


def _client(steps: Steps, name: str, script: str, *arguments: str) -> None:
    """Run a program of an npm package in the client's folder."""
    node = ENVIRONMENT.program("node")
    steps.run(name, [node, CLIENT / "node_modules" / script, *arguments], folder=CLIENT)


def _takes_nothing(command: str, more: list[str]) -> None:
    argparse.ArgumentParser(prog=f"dev.py {command}").parse_args(more)


def _pytest(*arguments: str) -> list[str | Path]:
    return [ENVIRONMENT.python, "-m", "pytest", *arguments]
