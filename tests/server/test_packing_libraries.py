"""What is installed here is what runs in browsers: which libraries go along, and which cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import peergym
from peergym.cli.join import find_runtime
from peergym.envs.absent import SURROUNDINGS_FILE
from peergym.errors import ConfigurationError
from peergym.server.runtime import Runtime, make_served_runtime, package_digest

PACKAGE = Path(peergym.__file__).parent
GAME = """
{imports}

class Still:
    possible_agents = ["one"]
    metadata = {{"name": "Still", "render_fps": 30}}
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None): self.count = 0; return {{}}, {{}}
    def step(self, actions): self.count += 1; return {{}}, {{}}, {{"one": False}}, {{}}, {{}}
    def draw(self, surface, player): {draw}
"""


def game(tmp_path: Path, imports: str, draw: str = "pass") -> str:
    path = tmp_path / "still.py"
    path.write_text(GAME.format(imports=imports, draw=draw))
    return f"{path}:Still"


def install(site: Path, name: str, version: str = "1.0", requires: str = "", **files: str) -> None:
    """Put a distribution with these modules into a folder, as an installer would."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    required = f"Requires-Dist: {requires}\n" if requires else ""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{required}"
    (info / "METADATA").write_text(metadata)
    (info / "top_level.txt").write_text(f"{name}\n")
    names = [f"{info.name}/METADATA", f"{info.name}/top_level.txt", f"{info.name}/RECORD"]
    for file, content in files.items():
        inside = file.replace("__", "/", 1).replace("_dot_", ".")
        path = site / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        names.append(inside)
    (info / "RECORD").write_text("".join(f"{each},,\n" for each in names))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where distributions are installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


Distribution = Callable[..., Path]


@pytest.fixture
def pyodide(tmp_path: Path) -> Distribution:
    """Makes a folder that looks like a distribution of Pyodide with one package."""

    def make(name: str = "fastnumbers", version: str = "2.0", *, is_there: bool = True) -> Path:
        folder = tmp_path / "pyodide"
        folder.mkdir(exist_ok=True)
        for core in ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
            (folder / core).write_text(core)
        wheel = b"a wheel"
        package = {
            "name": name,
            "version": version,
            "file_name": f"{name}.whl",
            "sha256": sha256(wheel).hexdigest(),
            "imports": [name],
            "depends": [],
        }
        lock = {"info": {"version": "9.9", "python": "3.12.7"}, "packages": {name: package}}
        (folder / "pyodide-lock.json").write_text(json.dumps(lock))
        if is_there:
            (folder / f"{name}.whl").write_bytes(wheel)
        return folder

    return make


def served(spec: str, tmp_path: Path, pyodide: Path | None = None) -> Runtime:
    where = None if pyodide is None else str(pyodide)
    return make_served_runtime(spec, PACKAGE, tmp_path / "client", pyodide=where)


def names_in(runtime: Runtime) -> set[str]:
    names = zipfile.ZipFile(BytesIO(runtime.data)).namelist()
    return {name for name in names if not name.startswith("peergym/")}


def told(runtime: Runtime) -> dict[str, Any]:
    archive = zipfile.ZipFile(BytesIO(runtime.data))
    return dict(json.loads(archive.read(SURROUNDINGS_FILE)))


def compiled(site: Path, name: str, requires: str = "") -> None:
    """Install something that is compiled for this machine."""
    from importlib.machinery import EXTENSION_SUFFIXES  # noqa: PLC0415

    install(site, name, requires=requires, **{f"{name}____init___dot_py": "from . import _fast"})
    suffix = EXTENSION_SUFFIXES[0]
    (site / name / f"_fast{suffix}").write_bytes(b"machine code")
    record = site / f"{name}-1.0.dist-info" / "RECORD"
    record.write_text(f"{record.read_text()}{name}/_fast{suffix},,\n{name}/__init__.py,,\n")


def test_a_game_that_needs_nothing_is_packed_as_before(tmp_path: Path) -> None:
    runtime = served(game(tmp_path, "import random"), tmp_path)
    assert names_in(runtime) == {"user_game/__init__.py", "user_game/still.py"}
    assert runtime.surroundings.is_plain


def test_libraries_go_along_in_their_exact_versions_with_what_they_require(
    tmp_path: Path, site: Path
) -> None:
    install(site, "upper", "3.1", "lower>=1", upper____init___dot_py="import lower")
    install(site, "lower", "1.5", "", lower____init___dot_py="X = 1", lower__table_dot_txt="7")
    install(site, "unrelated", "1.0", "", unrelated____init___dot_py="")
    runtime = served(game(tmp_path, "import upper"), tmp_path)
    names = names_in(runtime)
    assert {"upper/__init__.py", "lower/__init__.py", "lower/table.txt"} <= names
    assert {"upper-3.1.dist-info/METADATA", "lower-1.5.dist-info/METADATA"} <= names
    assert not any("unrelated" in name or "RECORD" in name for name in names)
    assert told(runtime)["packed"] == [["lower", "1.5"], ["upper", "3.1"]]
    assert runtime.surroundings.say() == "lower 1.5, upper 3.1"
    assert runtime.package_digest == package_digest(PACKAGE) != runtime.digest
    again = served(game(tmp_path, "import upper"), tmp_path)
    assert again.data == runtime.data


def test_requirements_of_other_systems_stay_behind(tmp_path: Path, site: Path) -> None:
    condition = 'other; sys_platform != "emscripten"'
    install(site, "upper", "1.0", condition, upper____init___dot_py="")
    install(site, "other", "1.0", "", other____init___dot_py="")
    runtime = served(game(tmp_path, "import upper"), tmp_path)
    assert told(runtime)["packed"] == [["upper", "1.0"]]


def test_what_was_packed_runs_and_finds_its_files_and_its_version(
    tmp_path: Path, site: Path
) -> None:
    code = "import pathlib; X = int((pathlib.Path(__file__).parent / 'table.txt').read_text())"
    install(site, "lower", "1.5", "", lower____init___dot_py=code, lower__table_dot_txt="7")
    runtime = served(game(tmp_path, "import lower"), tmp_path)
    (tmp_path / "runtime.zip").write_bytes(runtime.data)
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path / "runtime.zip")!r})
from peergym.hosts.surroundings import set_up
set_up({str(tmp_path / "runtime.zip")!r}, {str(tmp_path / "libraries")!r})
from peergym.games.catalogue import find_game
find_game({runtime.spec!r})
import importlib.metadata, lower, pygame
print(lower.X, importlib.metadata.version("lower"), pygame.Surface.__name__)
"""
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["7", "1.5", "pygame.Surface"], done.stderr


def test_a_compiled_library_comes_from_pyodide(
    tmp_path: Path, site: Path, pyodide: Distribution
) -> None:
    # Only that it can be imported here: its compiled part is no machine code of any machine.
    install(site, "fastnumbers", "1.9", "", fastnumbers____init___dot_py="")
    (site / "fastnumbers-1.9.dist-info" / "RECORD").write_text("fastnumbers/_fast.so,,\n")
    runtime = served(game(tmp_path, "import fastnumbers"), tmp_path, pyodide())
    (package,) = runtime.packages_to_json()
    assert package["name"] == "fastnumbers"
    assert package["sha256"] == sha256(b"a wheel").hexdigest()
    assert package["imports"] == ["fastnumbers"]
    assert told(runtime)["packages"] == [["fastnumbers", "2.0", package["sha256"]]]
    assert told(runtime)["packed"] == []


def test_another_pyodide_is_another_digest_even_for_a_bundled_game(
    tmp_path: Path, pyodide: Distribution
) -> None:
    folder = pyodide()
    plain, other = served("pong", tmp_path), served("pong", tmp_path, folder)
    assert plain.digest == plain.package_digest != other.digest
    assert served("pong", tmp_path, folder).digest == other.digest
    (folder / "python_stdlib.zip").write_text("changed")
    assert served("pong", tmp_path, folder).digest != other.digest


def test_a_library_that_is_compiled_and_nowhere_is_told_by_name(
    tmp_path: Path, site: Path, pyodide: Distribution
) -> None:
    compiled(site, "engine")
    with pytest.raises(ConfigurationError, match=r"needs engine, which is compiled.*no Pyodide"):
        served(game(tmp_path, "import engine"), tmp_path, pyodide())


def test_a_library_that_pyodide_lists_and_does_not_hold_is_told_with_the_way_out(
    tmp_path: Path, site: Path, pyodide: Distribution
) -> None:
    compiled(site, "fastnumbers")
    folder = pyodide(is_there=False)
    with pytest.raises(ConfigurationError, match=r"needs fastnumbers.*--pyodide.*peergym join"):
        served(game(tmp_path, "import fastnumbers"), tmp_path, folder)


def test_a_compiled_part_that_can_be_done_without_is_left_out(tmp_path: Path, site: Path) -> None:
    compiled(site, "engine")
    code = "try:\n    import engine\nexcept ImportError:\n    engine = None"
    assert "engine/__init__.py" not in names_in(served(game(tmp_path, code), tmp_path))


def test_a_version_that_a_library_does_not_take_is_told(
    tmp_path: Path, site: Path, pyodide: Distribution
) -> None:
    install(site, "fastnumbers", "1.9", "", fastnumbers____init___dot_py="")
    (site / "fastnumbers-1.9.dist-info" / "RECORD").write_text("fastnumbers/_fast.so,,\n")
    install(site, "upper", "1.0", "fastnumbers>=3", upper____init___dot_py="import fastnumbers")
    with pytest.raises(ConfigurationError, match=r"upper needs fastnumbers>=3.*has 2\.0"):
        served(game(tmp_path, "import upper"), tmp_path, pyodide())


def test_pygame_may_be_imported_and_named_but_not_used(tmp_path: Path) -> None:
    imports = "import pygame\nclass Sprite(pygame.sprite.Sprite): pass\nKEY = {pygame.K_a: 1}"
    runtime = served(game(tmp_path, imports), tmp_path)
    assert "pygame" in runtime.surroundings.stand_ins
    with pytest.raises(ConfigurationError, match=r"pygame\.Rect was used.*--draw"):
        served(game(tmp_path, "import pygame\npygame.Rect(0, 0, 1, 1)"), tmp_path)


def test_a_file_of_pyodide_that_is_not_what_its_lock_names_is_refused(
    tmp_path: Path, pyodide: Distribution
) -> None:
    folder = pyodide()
    (folder / "fastnumbers.whl").write_bytes(b"another")
    with pytest.raises(ConfigurationError, match=r"another file than its pyodide-lock\.json names"):
        served("pong", tmp_path, folder)


def test_a_folder_without_pyodide_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no pyodide\.mjs"):
        served("pong", tmp_path, tmp_path)


def test_a_function_draws_a_game_and_travels_along(tmp_path: Path) -> None:
    path = tmp_path / "view.py"
    path.write_text("def draw(env, surface, player): surface.circle(env.count, 0, 1, '#fff000')")
    spec = f"{game(tmp_path, '')} drawn by {path}:draw"
    runtime = served(spec, tmp_path)
    assert runtime.spec == "user_game.still:Still drawn by user_game.view:draw"
    assert "user_game/view.py" in names_in(runtime)


def test_a_native_peer_with_the_same_libraries_packs_the_same(tmp_path: Path, site: Path) -> None:
    install(site, "upper", "3.1", "", upper____init___dot_py="X = 1")
    spec = game(tmp_path, "import upper")
    runtime = served(spec, tmp_path)
    around = json.loads(json.dumps(asdict(runtime.surroundings)))
    assert find_runtime(spec, runtime.spec, around).digest == runtime.digest
    around["packed"] = [["upper", "4.0"]]
    with pytest.raises(ConfigurationError, match=r"played with upper 4\.0; here is 3\.1"):
        find_runtime(spec, runtime.spec, around)
    with pytest.raises(ConfigurationError, match="names modules"):
        find_runtime(spec, runtime.spec, {**around, "modules": ["os.path"]})
    with pytest.raises(ConfigurationError, match="in another way"):
        find_runtime(spec, runtime.spec, {"packed": 3})
