"""Anybody gets the same versions, from whatever registry they use."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def requirements() -> list[Requirement]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    extras = project["project"]["optional-dependencies"].values()
    direct = project["project"]["dependencies"] + project["build-system"]["requires"]
    return [Requirement(each) for group in (direct, *extras) for each in group]


def test_every_requirement_is_pinned_within_its_range() -> None:
    pins = {canonicalize_name(each.name): str(each.specifier) for each in CONSTRAINTS}
    assert len(requirements()) > 10
    for each in requirements():
        pin = pins[canonicalize_name(each.name)]
        assert pin.startswith("==")
        assert each.specifier.contains(pin.removeprefix("==")), f"{each} and {pin}"


def test_npm_versions_are_exact_and_no_host_is_named() -> None:
    manifest = json.loads((ROOT / "client/package.json").read_text(encoding="utf-8"))
    for name, version in (manifest["dependencies"] | manifest["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is {version}"
    lock = json.loads((ROOT / "client/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) > 20
    for name, each in packages.items():
        assert "resolved" not in each, name
        assert each["integrity"].startswith("sha512-"), name


def test_the_lock_has_the_builder_of_every_common_platform() -> None:
    lock = json.loads((ROOT / "client/package-lock.json").read_text(encoding="utf-8"))
    names = " ".join(lock["packages"])
    for platform in ("linux-x64-gnu", "linux-arm64-gnu", "darwin-arm64", "win32-x64-msvc"):
        assert f"@rolldown/binding-{platform}" in names
    for platform in ("linux-x64", "darwin-arm64", "win32-x64"):
        assert f"@biomejs/cli-{platform}" in names
        assert f"@typescript/typescript-{platform}" in names
