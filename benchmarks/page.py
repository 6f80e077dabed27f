"""docs/performance.md: what lies between two markers is written by the benchmark of that name."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "performance.md"
IMAGES = DOCS / "images"


def write_section(name: str, text: str, path: Path = PAGE) -> None:
    """Replace what lies between ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises:
        ValueError: If the markers are not in the page.
    """
    page = path.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"{path} has no markers <!-- {name} --> and <!-- /{name} -->")
    page = pattern.sub(lambda match: f"{match[1]}{text}\n{match[2]}", page)
    path.write_text(page, encoding="utf-8")


def image_path(name: str) -> Path:
    """Where the plot of a benchmark lies."""
    return IMAGES / f"performance-{name}.svg"
