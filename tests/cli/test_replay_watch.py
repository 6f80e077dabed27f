"""``peergym replay show --browser`` serves the record and its page, on this machine alone."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.data.sound import sound_replay

START_S = 60


def test_the_record_and_its_page_are_served_until_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "match.pgr"
    path.write_bytes(sound_replay())
    command = [sys.executable, "-m", "peergym", "replay", "show", path, "--browser", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = ""
            while "http" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
            answer = httpx.get(f"{url}/api/matches/local/records/0", timeout=START_S)
            assert answer.content == path.read_bytes()
            assert "no-store" in answer.headers["cache-control"]
            assert httpx.get(f"{url}/watch/local/0", timeout=START_S).status_code == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(START_S) == 0
