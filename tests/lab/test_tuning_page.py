"""docs/tuning.md: its commands can be given, and it names the settings that we really have."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from peergym.cli import main
from peergym.rollback.config import SessionConfig

PAGE = Path(__file__).parents[2] / "docs" / "tuning.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = list(dict.fromkeys(re.findall(r"^    peergym (lab .+)$", TEXT, re.MULTILINE)))


def test_there_is_a_sweep_for_each_section() -> None:
    sections = re.findall(r"<!-- (\w+) -->\n(.*?)<!-- /\1 -->", TEXT, re.DOTALL)
    assert len(sections) == 10
    for name, text in sections:
        assert f"--out {name}\n" in text
        assert re.search(r"\d+ matches, [\d,]+ frames; \d{4}-\d\d-\d\d, ", text)
        assert "| --- |" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_can_be_given(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(command)
    if "--out" in words:
        words[words.index("--out") + 1] = str(tmp_path / "out")
        words.append("--count")
    assert main(words) == 0
    assert capsys.readouterr().err == ""


def test_the_settings_are_those_that_we_have() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (\S+) \|", TEXT, re.MULTILINE)
    told = {name: value for name, value in rows if name in SessionConfig.__dataclass_fields__}
    assert {"prediction_window", "snapshot_interval", "max_snapshots"} <= set(told)
    for name, value in told.items():
        assert value == str(SessionConfig.__dataclass_fields__[name].default), name
