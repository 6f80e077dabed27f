"""A Pyodide of somebody's own: what pages are told of it, and what they can fetch."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

WHEEL = b"a wheel"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a distribution with one package, and holds a secret besides."""
    made = tmp_path / "own-pyodide"
    made.mkdir()
    for name in ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"):
        (made / name).write_text(name)
    package = {
        "name": "numpy",
        "version": "2.0",
        "file_name": "numpy.whl",
        "sha256": sha256(WHEEL).hexdigest(),
        "imports": ["numpy"],
        "depends": [],
    }
    lock = {"info": {"version": "9.9", "python": "3.12.7"}, "packages": {"numpy": package}}
    (made / "pyodide-lock.json").write_text(json.dumps(lock))
    (made / "numpy.whl").write_bytes(WHEEL)
    (made / "secret.txt").write_text("not for everybody")
    (made / "other.whl").write_text("not of this distribution")
    return made


@pytest.fixture
def browse(make_server: Callable[..., Any], folder: Path) -> Any:
    with httpx.Client(base_url=make_server(pyodide=str(folder)).url) as client:
        yield client


def test_pages_are_told_where_it_is_and_fetch_it_from_our_own_origin_for_good(
    browse: httpx.Client,
) -> None:
    told = browse.get("/api/game").json()["runtime"]
    assert told["pyodide"]["version"] == "9.9"
    url = told["pyodide"]["url"]
    assert url.startswith("/pyodide-")
    types = {
        "pyodide.mjs": "text/javascript; charset=utf-8",
        "pyodide.asm.wasm": "application/wasm",
        "pyodide-lock.json": "application/json",
        "numpy.whl": "application/zip",
    }
    for name, media_type in types.items():
        answer = browse.get(url + name)
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert browse.get(f"{url}numpy.whl").content == WHEEL


@pytest.mark.parametrize(
    "name", ["secret.txt", "other.whl", "", "../own-pyodide/secret.txt", "%2e%2e/secret.txt", "."]
)
def test_nothing_else_of_the_folder_is_given(browse: httpx.Client, name: str) -> None:
    url = browse.get("/api/game").json()["runtime"]["pyodide"]["url"]
    answer = browse.get(url + name)
    assert answer.status_code == 404
    assert "not for everybody" not in answer.text


def test_a_changed_file_is_another_address_and_another_version(
    make_server: Callable[..., Any], folder: Path
) -> None:
    def ask() -> tuple[str, str]:
        told = httpx.get(f"{make_server(pyodide=str(folder)).url}/api/game").json()
        return told["runtime"]["pyodide"]["url"], told["version"]

    before = ask()
    (folder / "python_stdlib.zip").write_text("changed")
    after = ask()
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_without_one_pages_run_the_one_that_comes_with_us(server: Any) -> None:
    told = httpx.get(f"{server.url}/api/game").json()["runtime"]
    assert told["packages"] == []
    assert told["pyodide"]["url"] == "/pyodide/"
