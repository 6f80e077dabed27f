"""A fault that can be planted: one place in the source, said otherwise.

Laws:
    - What is replaced occurs exactly once in its file; anything else is refused, so that the list
      cannot rot while the source goes on.
    - Nothing is ever written into the working tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "peergym"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        name: What is wrong, in words.
        path: The file, below ``src/peergym``.
        old: Text of that file, which occurs there once.
        new: What stands there instead.
        harm: What would happen to a match.
        caught_by: The tests that must fail, as pytest names them; below ``tests``. Of one that is
            parametrized without a parameter named, one case must fail.
    """

    name: str
    path: str
    old: str
    new: str
    harm: str
    caught_by: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The text of the file with the fault in it.

        Raises:
            LookupError: The old text is not there, or more than once.
        """
        found = text.count(self.old)
        if found != 1:
            raise LookupError(
                f"{self.name}: {self.path} has {found} times, not once:\n{self.old}\n"
                "The source has changed, so the fault has to be planted anew."
            )
        return text.replace(self.old, self.new)
