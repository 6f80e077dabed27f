"""Matches are kept: handed in by both pages, listed, compared, executed again, and watched."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from peergym.cli import main
from peergym.data.execution import maker_of
from peergym.data.replay import Replay, read_replay
from peergym.data.replay.span import Span
from peergym.data.replay.writer import ReplayWriter
from peergym.data.store_agreement import compare_records
from peergym.data.verify import Outcome, verify_replay
from peergym.games.catalogue import find_game
from peergym.hosts.match import Runtime
from peergym.hosts.replay import ReplayHost
from tests.browser.pages import WITHIN_MS, Person, meet, play
from tests.browser.server import Venue
from tests.data.pair import Pair

SHORT: dict[str, Any] = {"score_to_win": 1, "ball_speed": 12}
MOST_LOST_FRAMES = 120
"""A second that was not written yet, and what was not confirmed by then; generous on busy cores."""

ON_POSITION = "peergym.watching.position === argument"


def verify_by_command(path: Path, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Execute a record again with `peergym replay verify`, natively or in Pyodide."""
    capsys.readouterr()
    assert main(["replay", "verify", str(path), "--in", where, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["outcome"], result["is_sealed"]) == ("verified", True)
    assert result["checksums"] > 0


def stored(venue: Venue, match_id: str, peer: int) -> bytes:
    """What the server keeps of a peer's record."""
    data: bytes | None = venue.server.app.state.server.records.store.read(match_id, peer)
    assert data is not None
    return data


def verify(replay: Replay) -> None:
    """Execute a record again, natively: every checksum is what it must be."""
    result = verify_replay(replay, maker_of(replay))
    assert result.outcome is Outcome.VERIFIED, result
    assert result.checksums > 0


def last_picture(data: bytes, player: int) -> str:
    """The last picture of a record, drawn natively, in base64."""
    host = ReplayHost(Runtime("pong", find_game("pong")))
    host.allocate(len(data))
    host.buffer[:] = data
    host.open()
    assert host.playback is not None
    while not host.playback.work(1 << 30, 1000):
        pass
    return base64.b64encode(host.playback.picture(player)).decode()


def open_list(person: Person, venue: Venue, matches: int) -> list[Locator]:
    """Open the operator's page; returns the rows, newest first."""
    person.page.goto(venue.matches_url)
    rows = person.page.locator("tbody tr")
    expect(rows).to_have_count(matches)
    assert "key" not in person.page.url, "the key stays in the address"
    return rows.all()


def watch(person: Person, row: Locator, peer: int) -> None:
    """Follow the link to a record."""
    row.get_by_role("link", name=f"record of peer {peer}").click()
    person.wait_for_screen("watch-ready")


def seek(person: Person, key: str, position: int) -> None:
    """Press a key and wait until the position is shown."""
    person.page.keyboard.press(key)
    person.wait_until(ON_POSITION, position)


def check_playback(person: Person) -> None:
    """Play, pause, step, and play fast to the end."""
    last = person.look("replay")["positions"] - 1
    seek(person, "Home", 0)
    person.page.keyboard.press("Space")
    person.wait_until("peergym.watching.position > 20")
    person.page.keyboard.press("Space")
    assert not person.look("watching")["isPlaying"]
    # A picture may be under way still.
    person.wait_until("peergym.watching.position === peergym.watching.wanted")
    paused = person.look("watching")["position"]
    assert paused < last
    seek(person, ".", paused + 1)
    seek(person, ",", paused)
    person.page.get_by_label("Speed").select_option("8")
    person.page.keyboard.press("Space")
    person.wait_until(ON_POSITION, last)
    person.wait_until("!peergym.watching.isPlaying")


@pytest.mark.timeout(150)
def test_a_match_is_handed_in_by_both_is_equal_verified_and_watched_to_its_last_picture(
    venue: Venue,
    ada: Person,
    ben: Person,
    person: Callable[..., Person],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    people = (ada, ben)
    meet(*people, venue.url, creator_flags={"checksums": 10}, absent="end", **SHORT)
    play(people, duration_s=1, seed=6)
    for each in people:
        each.hold("ArrowUp")
    for each in people:
        each.wait_for_screen("ended")
        each.wait_until("peergym.record.name === 'saved'")
        expect(each.page.get_by_label("End of the game")).to_contain_text("Replay saved.")
    pictures = [each.look("picture")["list"] for each in people]
    with ada.page.expect_download() as download:
        ada.press_button("Save replay")
    assert download.value.suggested_filename == f"peergym-{ada.room}-player1.pgr"
    ada.press_button("Back to the lobby")
    for each in people:
        each.wait_until("peergym.record.name === 'saved'")
    assert ada.console_errors == ben.console_errors == []

    operator = person("operator")
    (row,) = open_list(operator, venue, matches=1)
    match_id = venue.server.app.state.server.records.store.list_matches().matches[0]["match_id"]
    records = {peer: stored(venue, match_id, peer) for peer in (0, 1)}
    assert records[0] == base64.b64decode(ada.page.evaluate("window.peergym.replay()"))
    replays = {peer: read_replay(data) for peer, data in records.items()}
    for replay in replays.values():
        assert replay.is_sealed
        assert replay.episodes[0].end_frame is not None
        assert len(set(replay.episodes[0].rows)) > 1, "the inputs did not vary"
        verify(replay)
    path = tmp_path / "match.pgr"
    path.write_bytes(records[0])
    for where in ("native", "pyodide"):
        verify_by_command(path, where, capsys)
    agreement = compare_records(replays)
    assert agreement.state == "equal"
    assert agreement.frames > 100
    # By the server, in the background, where the record was made: in Pyodide. The list follows.
    expect(row).to_contain_text("Equal", timeout=WITHIN_MS)
    expect(row).to_contain_text("Verified", timeout=WITHIN_MS)
    assert [last_picture(records[peer], peer) for peer in (0, 1)] == pictures
    watch(operator, row, peer=1)
    described = operator.look("replay")
    assert (described["peer"], described["player"]) == (1, 1)
    assert sum(sample["rollbacks"] for sample in described["samples"]) > 0
    seek(operator, "End", described["positions"] - 1)
    assert operator.look("picture")["list"] == pictures[1]
    operator.page.get_by_label("Whose view").select_option("0")
    operator.wait_until("peergym.picture.list === argument", pictures[0])
    check_playback(operator)
    assert operator.look("picture")["list"] == pictures[0]
    assert operator.look("watching")["differing"] == []
    assert operator.console_errors == []
    assert operator.look("errors") == []


@pytest.mark.timeout(150)
def test_what_a_page_that_was_killed_and_one_without_server_recorded_is_handed_in_later(
    venue: Venue, ada: Person, ben: Person
) -> None:
    people = (ada, ben)
    meet(*people, venue.url, creator_flags={"checksums": 10}, score_to_win=21)
    play(people, duration_s=4, seed=7)
    venue.stop()
    ada_frames = ada.statistic("confirmedFrame")
    ada.crash()
    ben.wait_for_screen("interrupted")
    ben.press_button("Leave")
    ben.wait_until("peergym.record.name === 'retrying'")

    venue.start_again()
    ben.wait_until("peergym.record.name === 'saved'")
    ada.come_back(venue.url)
    # Nothing on the page says so: it happens by itself, behind whatever one does there.
    with ada.page.expect_response(lambda response: response.request.method == "PUT"):
        ada.wait_for_screen("lobby")
    (match,) = venue.server.app.state.server.records.store.list_matches().matches
    replays = {peer: read_replay(stored(venue, match["match_id"], peer)) for peer in (0, 1)}
    assert not replays[0].is_sealed
    assert replays[1].is_sealed
    assert replays[0].frames >= ada_frames - MOST_LOST_FRAMES > 0
    print(f"of {ada_frames:.0f} frames {replays[0].frames} were kept through the crash")
    assert compare_records(replays).state == "equal"
    for replay in replays.values():
        verify(replay)


def two_games() -> bytes:
    """A record of a whole game and the beginning of another."""
    pair = Pair(options=SHORT)
    session = pair.drivers[0].session
    while session.episode < 1 or session.current_frame < 100:
        pair.run(1)
    pair.leave()
    return pair.records[0]


def with_a_wrong_checksum(data: bytes) -> tuple[bytes, int]:
    """A record of the same inputs that tells another state; returns the frame, too."""
    replay = read_replay(data)
    episode = replay.episodes[0]
    frame, checksum = list(episode.checksums.items())[1]
    writer = ReplayWriter(replay.header)
    writer.episode(0, episode.seed, 0, episode.controls)
    writer.span(Span(rows=list(episode.rows), checksums=[(frame + 1, checksum ^ 1)]))
    writer.seal("changed")
    return writer.take(), frame


@pytest.mark.timeout(100)
def test_a_file_of_ones_own_is_watched_or_refused_with_a_sentence(
    venue: Venue, ada: Person, tmp_path: Path
) -> None:
    data = two_games()
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 1
    ada.page.goto(f"{venue.url}/watch/local/0")
    for content, sentence in (
        (b"GIF89a" + data, "not a replay"),
        (data[:4] + b"\x63" + data[5:], "newer peergym"),
        (bytes(damaged), "damaged"),
    ):
        choose(ada, tmp_path / "wrong.pgr", content)
        alert = ada.page.get_by_role("alert")
        expect(alert).to_contain_text(sentence, timeout=WITHIN_MS)  # Python has to be there
    choose(ada, tmp_path / "torn.pgr", data[:-30])
    ada.wait_for_screen("watch-ready")
    expect(ada.page.get_by_role("complementary")).to_contain_text("The record has no end")
    choose(ada, tmp_path / "whole.pgr", data)
    ada.wait_until("peergym.replay.reason !== null")
    expect(ada.page.get_by_role("complementary")).not_to_contain_text("The record has no end")
    ada.page.get_by_role("button", name="Game 2 begins").last.click()
    ada.wait_until("peergym.watching.episode === 1 && peergym.watching.frame === 0")
    changed, frame = with_a_wrong_checksum(data)
    choose(ada, tmp_path / "changed.pgr", changed)
    ada.wait_until("peergym.replay.reason === 'changed'")
    note = ada.page.get_by_text("this computer makes another match of it than was recorded")
    assert note.count() == 0
    ada.page.keyboard.press("End")
    expect(note).to_be_visible()
    ada.page.get_by_role("button", name="This computer makes another state").last.click()
    ada.wait_until(ON_POSITION, frame)
    assert ada.look("errors") == []


def choose(person: Person, path: Path, content: bytes) -> None:
    """Give the page a file."""
    path.write_bytes(content)
    person.page.locator("#replay-file").set_input_files(path)


LEAVE_BEHIND = """
([row, piece]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("peergym", 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const both = opening.result.transaction(["records", "pieces"], "readwrite");
    both.objectStore("records").put(row);
    both.objectStore("pieces").put(new Uint8Array(piece).buffer, [row.key, 0]);
    both.oncomplete = () => { opening.result.close(); resolve(); };
  };
})
"""
"""Puts a record there as a page does that died before it could hand it in."""


@pytest.mark.timeout(60)
def test_what_the_server_refuses_for_good_is_kept_for_its_player(venue: Venue, ada: Person) -> None:
    ada.open(venue.url)
    ada.wait_for_screen("lobby")
    row = {
        "key": "k",
        "matchId": "0" * 24,
        "peer": 0,
        "fileName": "mine.pgr",
        "token": "of another server",
        "startedMs": ada.page.evaluate("Date.now() - 60000"),
        "bytes": 4,
        "savedBytes": 0,
        "isPlayed": True,
        "isClosed": False,
        "refusal": None,
    }
    ada.page.evaluate(LEAVE_BEHIND, [row, list(b"PGRP")])
    ada.open(venue.url)
    left = ada.page.get_by_role("region", name="Replays that the server has not taken")
    expect(left).to_contain_text("does not know the token of this record", timeout=WITHIN_MS)
    with ada.page.expect_download() as download:
        left.get_by_role("button", name="Save file").click()
    assert download.value.suggested_filename == "mine.pgr"
    assert Path(download.value.path()).read_bytes() == b"PGRP"
    left.get_by_role("button", name="Forget it").click()
    expect(left).to_be_hidden()
    assert ada.look("errors") == []
