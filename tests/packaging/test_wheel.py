"""The wheel has everything in it: installed alone, away from the checkout, it works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYODIDE_CORE = {
    "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built with what is installed here."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing in it but what the wheel installs."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_it_carries_the_client_and_pyodide(installed: Path) -> None:
    client = installed / "peergym" / "client_dist"
    page = (client / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r'src="/(assets/[^"]+\.js)"', page)
    assert scripts
    for script in scripts:
        assert (client / script).is_file()
    assert {path.name for path in (client / "pyodide").iterdir()} == PYODIDE_CORE
    # Records are executed in it as well, on the server.
    assert (installed / "peergym" / "server" / "re_execute.mjs").is_file()
    assert (installed / "peergym" / "server" / "pyodide_in_node.mjs").is_file()


def test_it_carries_a_snapshot_that_fits_its_own_python(installed: Path) -> None:
    package = installed / "peergym"
    manifest = json.loads((package / "client_dist/snapshot/manifest.json").read_text())
    command = [sys.executable, package / "server/packing.py", package]
    digest = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert manifest["packageDigest"] == digest
    assert (package / "client_dist" / manifest["url"].removeprefix("/")).is_file()


def test_its_command_runs_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    program = "import peergym, peergym.cli; print(peergym.__file__); peergym.cli.main(['--help'])"
    run = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    where, _, usage = run.stdout.partition("\n")
    assert Path(where) == installed / "peergym" / "__init__.py"
    assert "play" in usage


def test_every_bundled_part_is_told_with_its_licence(installed: Path) -> None:
    bundled = (installed / "peergym/client_dist/licenses.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## (\S+) - \S+ \((.+)\)$", bundled, re.MULTILINE)
    told = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert len(parts) > 3
    for name, licence in parts:
        assert name.lower() in told.lower(), f"THIRD_PARTY.md does not tell of {name}"
        assert licence == "MIT", f"{name} is under {licence}: THIRD_PARTY.md says MIT"


def test_it_carries_the_licences(installed: Path) -> None:
    (information,) = installed.glob("peergym-*.dist-info")
    found = {path.name for path in (information / "licenses").rglob("*") if path.is_file()}
    assert found == {"LICENSE", "THIRD_PARTY.md", "mpl-2.0.txt", "cpython.txt", "notices.txt"}
