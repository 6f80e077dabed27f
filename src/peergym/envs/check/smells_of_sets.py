"""Where a source goes through a set, as far as the source shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)
GOES_THROUGH = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "dict", "next"}
ORDER_FREE = {"sorted", "set", "frozenset", "len", "min", "max", "any", "all"}


class SetNames:
    """The names and attributes that a module assigns sets to, and nothing else.

    Args:
        tree: The module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._names: set[str] = set()
        others: set[str] = set()
        for _ in range(2):  # the second time, what is made of a set is known too
            for node in ast.walk(tree):
                for target, value in _assignments(node):
                    name = _name_of(target)
                    if name is not None and value is not None:
                        (self._names if self.is_set(value) else others).add(name)
        self._names -= others
        self._harmless = {id(each) for node in ast.walk(tree) for each in _harmless_loops(node)}

    def is_harmless(self, node: ast.AST) -> bool:
        """Whether a loop stands where the order of what it gives does not matter."""
        return id(node) in self._harmless

    def is_set(self, node: ast.expr) -> bool:
        """Whether an expression is a set."""
        if isinstance(node, (ast.Set, ast.SetComp)):
            return True
        if isinstance(node, (ast.Name, ast.Attribute)):
            return _name_of(node) in self._names
        if isinstance(node, ast.BinOp) and isinstance(node.op, SET_OPERATORS):
            return self.is_set(node.left) or self.is_set(node.right)
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                return function.id in {"set", "frozenset"}
            if isinstance(function, ast.Attribute) and function.attr in SET_METHODS:
                return self.is_set(function.value)
        return False


def unordered_uses(node: ast.AST, sets: SetNames) -> Iterator[ast.AST]:
    """Yield the node if it goes through a set in the set's own order."""
    if isinstance(node, (ast.For, ast.comprehension)):
        if sets.is_set(node.iter) and not sets.is_harmless(node):
            yield node.iter
    elif isinstance(node, ast.Starred):
        if sets.is_set(node.value):
            yield node
    elif isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Name) and function.id in GOES_THROUGH:
            if any(sets.is_set(each) for each in node.args):
                yield node
        elif isinstance(function, ast.Attribute):
            takes_any = function.attr == "pop" and not node.args and sets.is_set(function.value)
            goes_through = function.attr in {"join", "extend"} and any(map(sets.is_set, node.args))
            if takes_any or goes_through:
                yield node


def _harmless_loops(node: ast.AST) -> Iterator[ast.comprehension]:
    if isinstance(node, ast.SetComp):
        yield from node.generators
    elif isinstance(node, ast.Call) and _name_of(node.func) in ORDER_FREE:
        for each in node.args:
            if isinstance(each, (ast.GeneratorExp, ast.ListComp)):
                yield from each.generators


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, ast.AnnAssign):
        yield node.target, node.value


def _name_of(node: ast.expr | None) -> str | None:
    """Return the name of a variable, or of an attribute of anything, after a dot."""
    if isinstance(node, ast.Name):
        return node.id
    return f".{node.attr}" if isinstance(node, ast.Attribute) else None
