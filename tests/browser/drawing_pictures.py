"""Take the pictures of docs/drawing.md: courts of pages that really play.

    python -m tests.browser.drawing_pictures            all of them
    python -m tests.browser.drawing_pictures boats      only those whose names begin so

Writes ``docs/images/drawing-*.png``. Look at them afterwards.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.numpy_pyodide import numpy_pyodide
from tests.browser.pages import Person, launch_chromium
from tests.browser.server import Venue
from tests.browser.test_environments import PLASMA, meet_at, walk

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "examples"
WIDTH = 480


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scratch = Path(folder)
        (snippet,) = re.findall(
            r"```python\n(.*?)```", (ROOT / "docs/drawing.md").read_text(), re.DOTALL
        )
        (scratch / "shapes.py").write_text(snippet)
        (scratch / "plasma.py").write_text(PLASMA)
        foraging, kitchen = EXAMPLES / "foraging.py", EXAMPLES / "overcooked.py"
        browser = launch_chromium(playwright)
        numpy = {"pyodide": str(numpy_pyodide())}
        shots: list[tuple[str, str, float, dict[str, Any]]] = [
            ("shapes", f"{scratch / 'shapes.py'}:Shapes", 1, {}),
            ("boats-red boats-blue", f"{EXAMPLES / 'boats.py'}:Boats", 4, {}),
            ("pixels", f"{scratch / 'plasma.py'}:Plasma", 2, numpy),
            ("overcooked", f"{kitchen}:kitchen", 12, {**numpy, "draw": f"{kitchen}:draw"}),
            ("foraging", f"{foraging}:forage", 4, {**numpy, "draw": f"{foraging}:draw"}),
        ]
        wanted = sys.argv[1] if len(sys.argv) > 1 else ""
        for names, game, seconds, settings in shots:
            if not names.startswith(wanted):
                continue
            with Venue(scratch / "data", game=game, **settings) as venue:
                people = [Person("ada", browser), Person("ben", browser)]
                meet_at(venue, people)
                walk(people, seconds, seed=4)
                for name, each in zip(names.split(), people, strict=False):
                    save(each, name)
                for each in people:
                    each.context.close()
        browser.close()


def save(person: Person, name: str) -> None:
    """Save a picture of somebody's court, as few bytes as it takes."""
    shot = person.page.locator(".court canvas").screenshot()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    height = round(image.height * WIDTH / image.width)
    small = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    small.save(IMAGES / f"drawing-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
