"""Pages that send records to a server, honest ones and others."""

from __future__ import annotations

import httpx

from peergym.data.store_model import RecordClaim
from tests.data.records import ROOM, match_id, played, short

STARTED_S = 1_700_000_000
BODY = "application/octet-stream"


class Uploader:
    """Sends and fetches records."""

    def __init__(self, server, client):
        self.server = server
        self.client = client
        self.records = server.app.state.server.records
        self.digest = server.app.state.server.game.runtime.digest
        self.key = self.records.tokens.operator_key()

    def claim(self, number=1, peer=0, **changes):
        claim = {
            "match_id": match_id(number),
            "peer": peer,
            "room": ROOM,
            "digest": self.digest,
            "spec": "pong",
            "seed": 7,
            "started_s": STARTED_S + number,
        }
        return RecordClaim(**{**claim, **changes})

    def token(self, number=1, peer=0, **changes):
        return self.records.tokens.issue(self.claim(number, peer, **changes))

    def short(self, number=1, peer=0):
        return short(number, peer, digest=self.digest)

    def played(self, number=1, peer=0):
        return played(number, peer, digest=self.digest)

    def put(self, data, number=1, peer=0, token=None, path=None, **headers):
        token = self.token(number, peer) if token is None else token
        headers = {"authorization": f"Bearer {token}", "content-type": BODY, **headers}
        path = path or f"/api/matches/{match_id(number)}/records/{peer}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.put(path, content=data, headers=headers)

    def get(self, path, key=None):
        key = self.key if key is None else key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return self.client.get(path, headers=headers)

    def record(self, number=1, peer=0, key=None):
        return self.get(f"/api/matches/{match_id(number)}/records/{peer}", key)

    def matches(self, **query):
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.get(f"/api/matches?{asked}")
        assert answer.status_code == 200, answer.text
        return answer.json()


def uploader(server):
    return Uploader(server, httpx.Client(base_url=server.url, timeout=60))


def refused(answer, status):
    """The code of a refusal, which must have a sentence."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    told = answer.json()
    assert set(told) == {"code", "message"}
    assert told["message"].endswith(".")
    return told["code"]
