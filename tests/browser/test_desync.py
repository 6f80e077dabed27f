"""A desync planted in one of two pages: both people are told, keep it in a file, and play on."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from peergym.cli import main
from tests.browser.pages import Person, meet, play_until
from tests.browser.server import Venue

PLANTED = 240
"""One second after the first serve: the ball is in play."""
LEAST_FRAMES = 120

Pages = tuple[Person, Person]


def open_dump(capsys: pytest.CaptureFixture[str], path: Path) -> dict[str, Any]:
    """What `peergym desync` says of a file."""
    capsys.readouterr()
    assert main(["desync", str(path), "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def save_report(person: Person, folder: Path) -> Path:
    """Press the button of the notice, and look at what has been saved."""
    with person.page.expect_download() as download:
        person.press_button("Save report")
    name = download.value.suggested_filename
    seat = person.look("localSeat")
    assert name == f"peergym-desync-{person.room}-{PLANTED}-player{seat + 1}.desync"
    path = folder / name
    download.value.save_as(path)
    return path


def play_until_repaired(people: Pages) -> None:
    """Play until both have been told of the desync and its repair, and can read it."""
    assert play_until(
        people, seed=5, is_over=lambda: all(person.events("MatchRepaired") for person in people)
    )
    for person in people:
        check_told(person, was_replaced=person is people[1])


def check_told(person: Person, *, was_replaced: bool) -> None:
    """The session has told it, and the person can read it."""
    (repaired,) = person.events("MatchRepaired")
    assert (repaired.fields["wasReplaced"], repaired.fields["peer"]) == (was_replaced, 0)
    assert repaired.fields["frame"] > PLANTED
    notice = person.page.get_by_label("Notice")
    notice.get_by_text(f"Repaired from frame {repaired.fields['frame']}").wait_for()
    whose = "the other player's game" if was_replaced else "your game"
    assert f"both go on with {whose} now. This game is not clean" in notice.inner_text()
    (detected,) = person.events("DesyncDetected")
    assert (detected.fields["frame"], detected.fields["lastEqualFrame"]) == (PLANTED, PLANTED - 1)
    person.wait_for_event("DesyncLocated")  # the other's state may come after the repair
    (desync,) = person.look("desyncs")
    assert (desync["frame"], desync["repair"]) == (PLANTED, "made")
    assert desync["difference"].startswith(".state.speed: ")


def check_dumps(reports: list[dict[str, Any]], planted: int) -> None:
    """Each side's file names the first difference, and the page that it was planted in."""
    for peer, report in enumerate(reports):
        assert (report["frame"], report["last_equal_frame"]) == (PLANTED, PLANTED - 1)
        assert report["local_peer"] == peer
        (side,) = report["sides"]
        assert side["peer"] == 1 - peer
        (difference,) = side["differences"]
        assert difference["path"] == ".state.speed"
        speeds = float(difference["ours"]), float(difference["theirs"])
        assert speeds[0] - speeds[1] == (1.0 if peer == planted else -1.0)
        verdict = report["re_execution"]
        assert (verdict["equals"], verdict["differs"]) == ([1 - planted], [planted])


def check_equal_again(people: Pages) -> int:
    """Equal before the planted frame, and again from the repair on, without a gap.

    Returns:
        How many frames have been compared since the repair.
    """
    first, second = (person.checksums() for person in people)
    common = sorted(first.keys() & second.keys())
    repaired = max(person.events("MatchRepaired")[0].fields["frame"] for person in people)
    before = [frame for frame in common if frame < PLANTED]
    after = [frame for frame in common if frame > repaired]
    assert before[-1] == PLANTED - 1
    for frames in (before, after):
        assert frames == list(range(frames[0], frames[-1] + 1)), "a frame is missing"
        assert [first[frame] for frame in frames] == [second[frame] for frame in frames]
    assert first[PLANTED] != second[PLANTED]
    assert after[0] == repaired + 1
    return len(after)


def play_to_the_end(people: Pages) -> None:
    """Stand still in a corner, until the game is over."""
    for person in people:
        person.hold("ArrowUp")
    ends = [person.wait_for_event("EpisodeEnded").fields for person in people]
    assert ends[0] == ends[1]
    for person in people:
        person.hold(None)
        person.wait_for_screen("ended")
        ending = person.page.get_by_label("End of the game")
        assert "This game is not clean" in ending.inner_text()
        assert ending.get_by_role("button", name="Save report").is_visible()


def check_sound(people: Pages) -> None:
    """Nothing but the planted number has gone wrong."""
    for person in people:
        assert person.statistic("rollbacks") > 0
        for name in ("ProtocolViolated", "StateRefused"):
            assert person.events(name) == []
        assert person.console_errors == []
        assert person.look("errors") == []


@pytest.mark.timeout(200)
def test_a_desync_is_told_to_both_kept_in_files_and_repaired(
    venue: Venue, ada: Person, ben: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = (ada, ben)
    meet(
        *people,
        venue.url,
        creator_flags={"checksums": 1},
        joiner_flags={"plant_desync": PLANTED},
        ball_speed=12,
        score_to_win=5,
    )
    play_until_repaired(people)
    reports = [open_dump(capsys, save_report(person, tmp_path)) for person in people]
    check_dumps(reports, planted=1)
    play_to_the_end(people)
    assert check_equal_again(people) > LEAST_FRAMES
    check_sound(people)

    for person in people:
        person.press_button("Rematch")
    for person in people:
        person.wait_for_screen("playing")
        assert person.look("notice") == ""
        assert [desync["episode"] for desync in person.look("desyncs")] == [0]


@pytest.mark.timeout(200)
def test_a_page_that_keeps_the_channels_passes_on_its_state_too(
    venue: Venue, ada: Person, ben: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = (ada, ben)
    flags = {"checksums": 1, "plant_desync": PLANTED, "hop": "", "record": ""}
    meet(*people, venue.url, creator_flags=flags, score_to_win=21)
    play_until_repaired(people)
    reports = []
    for person in people:
        text = person.page.evaluate("window.peergym.desyncDump()")
        path = tmp_path / f"{person.name}.desync"
        path.write_bytes(base64.b64decode(text))
        reports.append(open_dump(capsys, path))
    check_dumps(reports, planted=0)
    assert reports[0]["recording_bytes"] > 10_000
    assert reports[1]["recording_bytes"] == 0
    for person in people:
        person.page.get_by_label("Notice").get_by_role("button", name="Close").click()
        assert person.look("notice") == ""
        person.wait_for_frames(LEAST_FRAMES + 30)
    assert check_equal_again(people) > LEAST_FRAMES
    check_sound(people)
