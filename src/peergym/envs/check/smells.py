"""Lines in a game's source that often go wrong, found without running them.

Theory of operation: names are followed from the imports of the module to what is called, and sets
from where they are made to where somebody goes through them. What only draws is left out. None of
these lines must be wrong; the checks that run the game decide, and then these say where to look.

Not done: following values through functions, and modules that are not the game's own.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from peergym.envs.check.smells_of_sets import SetNames, unordered_uses
from peergym.envs.maths.substitute import has_portable_maths

CLOCK, CHANCE, ORDER, PORTABILITY = "clock", "chance", "order", "portability"

CLOCKS = {"time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter",
          "time.perf_counter_ns", "time.process_time", "datetime.datetime.now",
          "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
          "pygame.time.get_ticks"}  # fmt: skip
ENTROPY = {"os.urandom", "uuid.uuid1", "uuid.uuid4", "random.SystemRandom"}
OWN_GENERATORS = {"random.Random", "random.SystemRandom", "numpy.random.default_rng",
                  "numpy.random.Generator", "numpy.random.RandomState", "numpy.random.PCG64",
                  "numpy.random.SeedSequence", "numpy.random.MT19937", "numpy.random.Philox",
                  "numpy.random.SFC64"}  # fmt: skip
SEEDED = {"random.Random", "numpy.random.default_rng", "numpy.random.RandomState"}
SAME_EVERYWHERE = {"fmod", "remainder", "sqrt", "floor", "ceil", "trunc", "fabs", "copysign",
                   "frexp", "ldexp", "modf", "hypot", "dist", "fsum", "gcd", "lcm", "isqrt",
                   "comb", "perm", "factorial", "prod", "isclose", "isfinite", "isinf", "isnan",
                   "nextafter", "ulp", "degrees", "radians"}  # fmt: skip
NUMPY_FUNCTIONS = {"sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh",
                   "tanh", "exp", "expm1", "log", "log2", "log10", "log1p", "power", "hypot",
                   "dot", "matmul", "einsum", "cbrt"}  # fmt: skip
GENERATOR_METHODS = {"gauss", "expovariate", "betavariate", "gammavariate", "vonmisesvariate",
                     "lognormvariate", "paretovariate", "weibullvariate"}  # fmt: skip
FRAMEWORKS = {"gymnasium", "pettingzoo", "peergym", "numpy"}
GAMES = ("peergym.games.", "gymnasium.envs.", "pettingzoo.atari.", "pettingzoo.butterfly.",
         "pettingzoo.classic.", "pettingzoo.sisl.")  # fmt: skip
MOST_WRAPPED = 16  # wrappers around wrappers
NOT_SIMULATION = {"draw", "render", "close", "main", "__repr__", "__str__", "policy"}


@dataclass(frozen=True, slots=True)
class Smell:
    """A line that often goes wrong.

    Attributes:
        kind: ``clock``, ``chance``, ``order`` or ``portability``.
        file: The name of the file.
        line: Its number.
        sentence: What is there, and what to write instead.
    """

    kind: str
    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


def smells_of(env: Any) -> list[Smell]:
    """Return the smells in the modules that a game's classes are written in."""
    found = []
    for module in _own_modules(env):
        try:
            source = inspect.getsource(module)
        except (OSError, TypeError):
            continue
        file = Path(getattr(module, "__file__", None) or module.__name__).name
        found += smells_in(source, file, has_portable_maths(module))
    return found


def smells_in(source: str, file: str, has_portable_maths: bool = False) -> list[Smell]:
    """Return the smells in a source.

    Args:
        source: Python.
        file: What to call it.
        has_portable_maths: Whether its `math` is ours.
    """
    finder = _Finder(file, has_portable_maths, SetNames(tree := ast.parse(source)))
    finder.visit(tree)
    return sorted(set(finder.found), key=lambda smell: (smell.line, smell.sentence))


def _own_modules(env: Any) -> Iterator[ModuleType]:
    """Yield the modules of a game's classes, and what they import from their own package."""
    names: dict[str, None] = {}
    for inner in wrapped(env):
        for cls in type(inner).__mro__:
            module = sys.modules.get(cls.__module__)
            if module is not None and not _is_framework(module.__name__):
                names |= dict.fromkeys([module.__name__, *_siblings(module)])
    yield from (sys.modules[name] for name in names)


def wrapped(env: Any) -> list[Any]:
    """Return an environment and those that it wraps."""
    found: list[Any] = []
    waiting = [env]
    while waiting and len(found) < MOST_WRAPPED:
        each = waiting.pop()
        if any(each is other for other in found):
            continue
        found.append(each)
        attributes = vars(each).values() if hasattr(each, "__dict__") else ()
        waiting += [value for value in attributes if callable(getattr(type(value), "step", None))]
    return found


def _is_framework(name: str) -> bool:
    """Whether a module is no game's own: the standard library, or what games are based on."""
    package = name.partition(".")[0]
    if name.startswith(GAMES):
        return False
    return package in FRAMEWORKS or package in sys.stdlib_module_names


def _siblings(module: ModuleType) -> Iterator[str]:
    """Yield the names of modules of the same package that a module imports from."""
    package = module.__package__
    if not package:
        return
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else _module_of(value)
        if name.startswith(f"{package}.") and name in sys.modules:
            yield name


def _module_of(value: object) -> str:
    name = getattr(value, "__module__", None)
    return name if isinstance(name, str) else ""


class _Finder(ast.NodeVisitor):
    """Walks through a module and notes what it does not like."""

    def __init__(self, file: str, has_portable_maths: bool, sets: SetNames) -> None:
        self.found: list[Smell] = []
        self._file = file
        self._has_portable_maths = has_portable_maths
        self._sets = sets
        self._imported: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            self._imported[alias.asname or name] = name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0:
            for alias in node.names:
                self._imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name not in NOT_SIMULATION:
            self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if "__main__" not in ast.unparse(node.test):
            self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Pow) and not _is_whole_power(node):
            self._note(PORTABILITY, node, "** of floats differs between platforms: write x * x, "
                       "or peergym.envs.maths.pow")  # fmt: skip
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._dotted(node.func)
        if name is not None:
            self._judge(name, node)
        elif isinstance(node.func, ast.Attribute) and node.func.attr in GENERATOR_METHODS:
            self._note(PORTABILITY, node, f"{node.func.attr}() of a generator goes through math: "
                       "peergym.envs.maths.gauss and expovariate do not")  # fmt: skip
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Go on, after a look whether a set is gone through here."""
        for use in unordered_uses(node, self._sets):
            self._note(ORDER, use, "goes through a set, whose order differs from process to "
                       "process: use sorted(), a list, or a dict")  # fmt: skip
        super().generic_visit(node)

    def _judge(self, name: str, node: ast.Call) -> None:
        if name in CLOCKS:
            self._note(CLOCK, node, f"{name}() reads a clock: count frames")
        elif name in ENTROPY or name.startswith("secrets."):
            self._note(CHANCE, node, f"{name}() asks the system for chance: keep a "
                       "random.Random(seed)")  # fmt: skip
        elif name in SEEDED and not node.args and not node.keywords:
            self._note(CHANCE, node, f"{name}() without a seed begins anywhere")
        elif name.startswith(("random.", "numpy.random.")) and name not in OWN_GENERATORS:
            self._note(CHANCE, node, f"{name}() draws from a generator that all share: keep a "
                       "random.Random(seed)")  # fmt: skip
        elif name in {"hash", "id"}:
            self._note(ORDER, node, f"{name}() differs from process to process")
        elif not self._has_portable_maths and name.startswith(("math.", "cmath.")):
            if name.partition(".")[2] not in SAME_EVERYWHERE:
                self._note(PORTABILITY, node, f"{name}() differs between platforms: "
                           'metadata["portable_maths"] = True, or peergym.envs.maths')  # fmt: skip
        elif name.startswith("numpy.") and name.rpartition(".")[2] in NUMPY_FUNCTIONS:
            self._note(PORTABILITY, node, f"{name}() differs between platforms")

    def _dotted(self, node: ast.expr) -> str | None:
        """Return the full name of what is called, if it was imported or is built in."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        root = self._imported.get(node.id, node.id if node.id in {"hash", "id"} else None)
        return None if root is None else ".".join([root, *reversed(parts)])

    def _note(self, kind: str, node: ast.AST, sentence: str) -> None:
        self.found.append(Smell(kind, self._file, getattr(node, "lineno", 0), sentence))


def _is_whole_power(node: ast.BinOp) -> bool:
    """Whether a power is of whole numbers that stand there, as in ``2**53``."""
    try:
        return all(type(ast.literal_eval(each)) is int for each in (node.left, node.right))
    except ValueError:
        return False
