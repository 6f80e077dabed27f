"""The zip for the browser: what is in it, and that the same goes in makes the same come out."""

import os
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

import peergym
from peergym.errors import ConfigurationError
from peergym.server.packing import browser_files, digest_of, make_zip, package_digest
from peergym.server.runtime import make_runtime

PACKAGE = Path(peergym.__file__).parent
GAME = """
class Still:
    possible_agents = ["one"]
    metadata = {"name": "Still", "render_fps": 30}
    def action_space(self, agent): return 2
    def reset(self, seed=None, options=None): self.count = 0; return {}, {}
    def step(self, actions): self.count += 1; return {}, {}, {"one": self.count > 5}, {}, {}
"""


def names_in(data):
    return zipfile.ZipFile(BytesIO(data)).namelist()


def run_from_zip(tmp_path, data, code):
    """Run code in a Python that has the standard library and the zip, nothing else."""
    path = tmp_path / "runtime.zip"
    path.write_bytes(data)
    start = f"import sys; sys.path.insert(0, {str(path)!r}); "
    command = [sys.executable, "-I", "-S", "-c", start + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_only_what_runs_in_a_browser_is_packed():
    names = browser_files(PACKAGE)
    assert "peergym/__init__.py" in names
    assert "peergym/errors.py" in names
    folders = {name.split("/")[1] for name in names if name.count("/") > 1}
    assert folders == {"data", "rollback", "envs", "experiment", "games", "hosts"}
    assert "peergym/data/verify.py" in names
    assert not any("data/store" in name for name in names)
    assert all(name.endswith(".py") for name in names)


def test_what_runs_natively_stays_behind(tmp_path):
    package = tmp_path / "peergym"
    (package / "hosts").mkdir(parents=True)
    for name in ("__init__.py", "hosts/pyodide.py", "hosts/native.py", "hosts/native_udp.py"):
        (package / name).write_text("")
    assert set(browser_files(package)) == {"peergym/__init__.py", "peergym/hosts/pyodide.py"}


def test_every_packed_module_imports_with_the_standard_library_alone(tmp_path):
    data = make_zip(browser_files(PACKAGE))
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in names_in(data)
    ]
    code = f"import importlib; print(len([importlib.import_module(m) for m in {modules!r}]))"
    assert int(run_from_zip(tmp_path, data, code)) == len(modules) > 40


def test_order_dates_and_modes_of_the_files_do_not_count(tmp_path):
    copy = tmp_path / "elsewhere" / "peergym"
    shutil.copytree(PACKAGE, copy)
    for path in copy.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert package_digest(copy) == package_digest(PACKAGE)
    files = browser_files(PACKAGE)
    assert make_zip(dict(reversed(files.items()))) == make_zip(files)


def test_caches_and_other_files_do_not_count_and_a_changed_line_does(tmp_path):
    copy = tmp_path / "peergym"
    shutil.copytree(PACKAGE, copy)
    before = package_digest(copy)
    (copy / "rollback" / "notes.txt").write_text("to do")
    (copy / "server" / "app.py").write_text("changed")
    assert package_digest(copy) == before
    (copy / "errors.py").write_text("changed")
    assert package_digest(copy) != before


def test_the_build_can_pack_before_anything_is_installed(tmp_path):
    out = tmp_path / "out.zip"
    script = PACKAGE / "server" / "packing.py"
    command = [sys.executable, "-I", "-S", str(script), str(PACKAGE), "--zip", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == package_digest(PACKAGE) == digest_of(out.read_bytes())


def test_a_folder_that_is_not_the_package_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="peergym"):
        browser_files(tmp_path)


def test_somebodys_file_travels_along_and_is_found_by_its_new_name(tmp_path):
    path = tmp_path / "my-game.v2.py"
    path.write_text(GAME)
    runtime = make_runtime(f"{path}:Still", PACKAGE)
    assert runtime.spec == "user_game.my_game_v2:Still"
    assert set(names_in(runtime.data)) - set(browser_files(PACKAGE)) == {
        "user_game/__init__.py",
        "user_game/my_game_v2.py",
    }
    assert runtime.package_digest == package_digest(PACKAGE) != runtime.digest
    code = f"""
from peergym.games.catalogue import find_game
print(find_game({runtime.spec!r})().metadata["name"])
"""
    assert run_from_zip(tmp_path, runtime.data, "exec(" + repr(code) + ")") == "Still"


def test_a_file_called_like_a_module_of_python_hides_nothing(tmp_path):
    path = tmp_path / "random.py"
    path.write_text(GAME)
    runtime = make_runtime(f"{path}:Still", PACKAGE)
    code = "import random; print(random.Random(1).random() < 1)"
    assert run_from_zip(tmp_path, runtime.data, code) == "True"


def test_a_bundled_game_needs_nothing_beside_the_package():
    for game in ("pong", "peergym.games.pong:Pong"):
        runtime = make_runtime(game, PACKAGE)
        assert runtime.spec == game
        assert runtime.digest == runtime.package_digest == digest_of(runtime.data)


def test_an_installed_module_travels_along_if_it_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "still_game.py").write_text(GAME)
    (tmp_path / "still_package").mkdir()
    (tmp_path / "still_package" / "__init__.py").write_text(GAME)
    monkeypatch.syspath_prepend(tmp_path)
    runtime = make_runtime("still_game:Still", PACKAGE)
    assert runtime.spec == "still_game:Still"
    assert "still_game.py" in names_in(runtime.data)
    for spec in ("still_package:Still", "still_package.inner:Still", "nothing_of_the_kind:Still"):
        with pytest.raises(ConfigurationError, match="single file"):
            make_runtime(spec, PACKAGE)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ConfigurationError, match=r"nowhere\.py cannot be read"):
        make_runtime("nowhere.py:Game", PACKAGE)
