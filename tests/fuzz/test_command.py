"""dev.py fuzz says in a sentence where its fuzzer runs."""

from __future__ import annotations

import platform
import sys

import pytest

from tools.environment import InstallError
from tools.fuzzer import check_atheris


def pretend(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], system: str) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "python_implementation", lambda: "CPython")
    monkeypatch.setattr(sys.implementation, "name", "cpython")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_every_python_of_ours_has_a_fuzzer_on_linux(monkeypatch, version):
    pretend(monkeypatch, version, "linux")
    check_atheris()


@pytest.mark.parametrize(("version", "system"), [((3, 15), "linux"), ((3, 12), "darwin")])
def test_where_there_is_no_fuzzer_the_versions_are_named(monkeypatch, version, system):
    pretend(monkeypatch, version, system)
    with pytest.raises(InstallError, match=r"CPython 3\.11 to 3\.14 on Linux .* this is CPython 3"):
        check_atheris()
