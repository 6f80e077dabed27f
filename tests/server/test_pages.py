"""What a browser gets: the page, its parts, how long it may keep them, and under which headers."""

import gzip
import json
import re

import httpx
import pytest

ISOLATING = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
PAGE = "<!doctype html><title>built</title>"
SCRIPT = "export const answer = 42;" * 50


@pytest.fixture
def client_dir(tmp_path):
    folder = tmp_path / "client"
    for name, content in {
        "index.html": PAGE,
        "assets/main-1a2b3c.js": SCRIPT,
        "pyodide/pyodide.asm.wasm": "\0asm",
        "pyodide/pyodide.mjs": "export {};",
        "snapshot/snapshot-0123456789abcdef.bin.gz": "packed",
        "licenses.md": "# Licences",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "assets/main-1a2b3c.js.gz").write_bytes(gzip.compress(SCRIPT.encode(), mtime=0))
    (tmp_path / "secret.txt").write_text("not for everybody")
    return folder


@pytest.fixture
def browse(server):
    with httpx.Client(base_url=server.url) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/join/CDFGHJ", "/join/no-such-room"])
def test_the_page_is_served_and_never_kept_unasked(client_dir, browse, path):
    answer = browse.get(path)
    assert answer.text == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    again = browse.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/api/game", "/nothing/here", "/assets/main-1a2b3c.js"])
def test_every_answer_isolates_the_page(client_dir, browse, path):
    assert ISOLATING.items() <= dict(browse.get(path).headers).items()


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/assets/main-1a2b3c.js", "text/javascript; charset=utf-8", "immutable"),
        ("/pyodide/pyodide.asm.wasm", "application/wasm", "no-cache"),
        ("/pyodide/pyodide.mjs", "text/javascript; charset=utf-8", "no-cache"),
        ("/snapshot/snapshot-0123456789abcdef.bin.gz", "application/octet-stream", "immutable"),
        ("/licenses.md", "application/octet-stream", "no-cache"),
    ],
)
def test_files_have_their_type_and_what_has_a_digest_in_its_name_is_kept(
    client_dir, browse, path, media_type, caching
):
    answer = browse.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert caching in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [("gzip, deflate, br", "gzip"), ("identity", None), ("gzip;q=0", None), ("br", None)],
)
def test_what_was_compressed_in_advance_is_sent_to_who_takes_it(
    client_dir, browse, accept, encoding
):
    answer = browse.get("/assets/main-1a2b3c.js", headers={"accept-encoding": accept})
    assert answer.text == SCRIPT
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_there_is_nothing_outside_the_built_client(client_dir, browse):
    for path in (
        "/nothing.js",
        "/assets",
        "/assets/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/assets/%00",
        "/" + "x" * 5000,
        "/runtime/0000.zip",
        "/api/nothing",
    ):
        answer = browse.get(path)
        assert answer.status_code == 404, path
        assert "not for everybody" not in answer.text
        assert "front page" in answer.text


def test_a_page_that_is_not_built_is_explained(browse):
    answer = browse.get("/join/CDFGHJ")
    assert answer.status_code == 503
    assert "make play" in answer.text


def test_the_page_learns_what_it_needs_to_know(server, browse):
    told = browse.get("/api/game").json()
    assert told["game"]["name"] == "Pong"
    assert told["game"]["players"] == 2
    assert [option["name"] for option in told["game"]["options"]] == ["ball_speed", "score_to_win"]
    assert told["links"]["base_urls"] == [server.url]
    # Not the servers: whoever is in no match has no use for their credentials.
    assert "ice_servers" not in told
    assert told["privacy"] == "open"
    assert told["limits"]["input_delay_frames"] == 10
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", told["version"])
    runtime = told["runtime"]
    assert runtime["spec"] == "pong"
    assert runtime["package_digest"] == runtime["digest"]


@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_the_runtime_is_what_its_digest_says_and_kept_for_ever(server, browse, accept):
    url = browse.get("/api/game").json()["runtime"]["zip_url"]
    answer = browse.get(url, headers={"accept-encoding": accept})
    assert answer.content == server.app.state.server.game.runtime.data
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "application/zip"
    assert ("content-encoding" in answer.headers) == (accept == "gzip")


@pytest.mark.parametrize("is_ours", [True, False])
def test_only_a_snapshot_of_the_very_package_is_offered(client_dir, server, browse, is_ours):
    digest = server.app.state.server.game.runtime.package_digest if is_ours else "0" * 32
    manifest = {
        "url": "/snapshot/snapshot-0123456789abcdef.bin.gz",
        "digest": "f" * 64,
        "packageDigest": digest,
        "pyodideVersion": "314.0.7",
    }
    (client_dir / "snapshot/manifest.json").write_text(json.dumps(manifest))
    offered = manifest if is_ours else None
    assert browse.get("/snapshot/manifest.json").json() == offered
    assert browse.get("/api/game").json()["runtime"]["snapshot"] == offered


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": "/x"}', "\ufeff{"])
def test_a_manifest_that_cannot_be_read_means_a_plain_start(client_dir, browse, content):
    (client_dir / "snapshot/manifest.json").write_text(content)
    answer = browse.get("/snapshot/manifest.json")
    assert (answer.status_code, answer.json()) == (200, None)


def test_a_restarted_server_tells_that_it_is_alive(browse):
    told = browse.get("/api/health").json()
    assert told["ok"]
    assert told["rooms"] == {"open": 0, "playing": 0}
    assert told["refused"] == {}
