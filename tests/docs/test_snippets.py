"""What the documentation shows, does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "ARCHITECTURE.md", *ROOT.glob("docs/**/*.md")])


def snippets(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def test_the_game_in_the_readme_is_the_one_in_the_examples() -> None:
    (game,) = snippets(ROOT / "README.md", "python")
    assert game == (ROOT / "examples/tag.py").read_text()


@pytest.mark.parametrize("page", ["docs/determinism.md"])
def test_a_python_snippet_runs_as_it_stands(page: str) -> None:
    codes = snippets(ROOT / page, "python")
    assert codes
    for code in codes:
        exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_the_places_that_the_architecture_names_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = text.split("## Where do I change")[1]
    names = re.findall(r"`([\w/.]+(?:\.\w+|/))`", table)
    assert len(names) > 30
    bases = (ROOT, ROOT / "src/peergym")
    missing = [name for name in names if not any((base / name).exists() for base in bases)]
    assert not missing
