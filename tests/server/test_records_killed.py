"""A real server, killed in the middle of uploads again and again: what it acknowledged is there."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from random import Random

import httpx
import pytest

from peergym.data.store_model import RecordClaim
from peergym.server.record_tokens import RecordTokens
from peergym.server.tokens import load_secret
from tests.data.records import ROOM, match_id, short
from tests.server.uploads import BODY

KILLS = 4
PEOPLE = 4
GROWTH = 10  # parts that a record comes in; fewer than are let through at once
WITHIN_S = 90.0
MONTH_S = 30 * 24 * 3600.0


class Process:
    """A server in a process of its own, as people start it."""

    def __init__(self, folder):
        command = [sys.executable, "-m", "peergym", "play", "pong", "--no-browser"]
        self.running = subprocess.Popen(
            [*command, "--data", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = ""
        while "Ctrl-C" not in said:
            line = self.running.stdout.readline()
            assert line, said
            said += line
        self.url = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        self.key = re.search(r"/matches#key=(\S+)", said)[1]

    def kill(self):
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def get(self, path):
        answer = httpx.get(
            self.url + path, headers={"authorization": f"Bearer {self.key}"}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        return answer

    def matches(self):
        before, found = "", {}
        while before is not None:
            page = self.get(f"/api/matches?limit=200{before and '&before=' + before}").json()
            found |= {match["match_id"]: match for match in page["matches"]}
            before = page["next"]
        return found


@contextmanager
def server_on(folder):
    process = Process(folder)
    try:
        yield process
    finally:
        process.kill()
        process.running.stdout.close()


class People:
    """Some who upload records without a pause, until the server is gone."""

    def __init__(self, server, folder, numbers):
        self.server = server
        self.numbers = numbers
        self.tokens = RecordTokens(load_secret(folder), MONTH_S)
        self.digest = httpx.get(f"{server.url}/api/game").json()["runtime"]["digest"]
        self.acknowledged = {}
        self.broken_off = 0
        self.refused = []
        self.count = threading.Semaphore(0)
        self.threads = [threading.Thread(target=self._upload) for _ in range(PEOPLE)]

    def _upload(self):
        with httpx.Client(base_url=self.server.url, timeout=WITHIN_S) as client:
            try:
                while not self.refused:
                    self._upload_record(client, next(self.numbers))
            except httpx.TransportError:
                self.broken_off += 1
                # Whoever waits for answers must not wait for ever.
                self.count.release(1000)

    def _upload_record(self, client, number):
        claim = RecordClaim(match_id(number), 0, ROOM, self.digest, "pong", 7, int(time.time()))
        headers = {"authorization": f"Bearer {self.tokens.issue(claim)}", "content-type": BODY}
        for part in short(number, spans=GROWTH, digest=self.digest)[:GROWTH]:
            answer = client.put(
                f"/api/matches/{claim.match_id}/records/0", content=part, headers=headers
            )
            if answer.status_code not in (200, 201):
                self.refused.append(answer.text)
                return
            assert answer.json()["stored_bytes"] == len(part)
            self.acknowledged[number] = part
            self.count.release()


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_what_was_acknowledged_is_there_however_often_the_server_is_killed(tmp_path):
    seed = 20
    print("seed", seed)
    random, numbers, acknowledged = Random(seed), itertools.count(1), {}
    folder = tmp_path / "data"
    broken_off = 0
    for _ in range(KILLS):
        with server_on(folder) as server:
            people = People(server, folder, numbers)
            for thread in people.threads:
                thread.start()
            for _ in range(random.randrange(5, 60)):
                assert people.count.acquire(timeout=WITHIN_S)
            server.kill()
            for thread in people.threads:
                thread.join()
            assert people.refused == []
            acknowledged |= people.acknowledged
            broken_off += people.broken_off
        for number, data in acknowledged.items():
            stored = (folder / f"replays/{match_id(number)}/0.pgr").read_bytes()
            assert stored.startswith(data)
    assert broken_off > KILLS
    (folder / "incoming" / "1-half").write_bytes(b"half")
    with server_on(folder) as server:
        assert list((folder / "incoming").iterdir()) == []
        matches = server.matches()
        files = {path.parent.name: path for path in folder.glob("replays/*/0.pgr")}
        assert set(matches) == set(files) >= {match_id(number) for number in acknowledged}
        for name, path in files.items():
            (record,) = matches[name]["records"]
            assert (record["bytes"], matches[name]["room"]) == (path.stat().st_size, ROOM)
        number = max(acknowledged)
        answer = server.get(f"/api/matches/{match_id(number)}/records/0")
        assert answer.content.startswith(acknowledged[number])
