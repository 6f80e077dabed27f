"""The build of the client does what its inputs ask for, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.client_build import BuildError, ClientBuild

PACKING = "import sys, pathlib; print((pathlib.Path(sys.argv[1]) / 'game.py').read_text())"


class Recorded(ClientBuild):
    """A build whose steps only leave their product behind."""

    def install_modules(self) -> None:
        (self.client / "node_modules").mkdir(exist_ok=True)

    def build_page(self) -> None:
        self.out.mkdir(exist_ok=True)
        (self.out / "index.html").touch()

    def build_snapshot(self) -> None:
        (self.out / "snapshot").mkdir(exist_ok=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "client/package-lock.json": "{}",
        "client/src/main.ts": "start();",
        "client/scripts/build_snapshot.mjs": "make();",
        "src/peergym/server/packing.py": PACKING,
        "src/peergym/game.py": "speed = 1",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.fixture
def built(checkout: Path) -> Path:
    assert Recorded(checkout).build() == ["modules", "page", "snapshot"]
    return checkout


def test_a_second_build_does_nothing(built: Path) -> None:
    assert Recorded(built).build() == []


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("src/peergym/game.py", ["snapshot"]),
        ("client/scripts/build_snapshot.mjs", ["snapshot"]),
        ("client/src/main.ts", ["page"]),
        ("client/src/lobby/new.ts", ["page"]),
        ("client/package-lock.json", ["modules", "page", "snapshot"]),
        ("README.md", []),
    ],
)
def test_a_change_rebuilds_what_depends_on_it(built: Path, changed: str, steps: list[str]) -> None:
    (built / changed).parent.mkdir(exist_ok=True)
    (built / changed).write_text("something else")
    assert Recorded(built).build() == steps
    assert Recorded(built).build() == []


def test_a_product_that_was_removed_is_made_again(built: Path) -> None:
    (built / "src/peergym/client_dist/index.html").unlink()
    assert Recorded(built).build() == ["page"]


def test_a_step_that_failed_is_tried_again(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: ClientBuild) -> None:
        raise BuildError("no")

    (built / "client/src/main.ts").write_text("broken(")
    with monkeypatch.context() as broken:
        broken.setattr(Recorded, "build_page", fail)
        with pytest.raises(BuildError):
            Recorded(built).build()
    assert Recorded(built).build() == ["page"]


def test_a_file_that_only_moved_counts_as_changed(built: Path) -> None:
    (built / "client/src/main.ts").rename(built / "client/src/begin.ts")
    assert Recorded(built).build() == ["page"]
