"""What the store keeps, what it refuses, and what is left of it after a crash."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from peergym.data import store_files, store_index
from peergym.data.store import RecordStore
from peergym.data.store_jobs import JobBook
from peergym.data.store_model import (
    Agreeing,
    Agreement,
    Check,
    CheckResult,
    GameSource,
    RefusalCode,
    Stored,
    StoreLimits,
)
from peergym.errors import ConfigurationError, UsageError
from tests.data.records import DIGEST, ROOM, claim_of, match_id, played, short, with_flipped_input

GAME = GameSource(DIGEST, "pong", "Pong")


@pytest.fixture
def open_store(tmp_path):
    """Open the store of a folder, as often as wanted; all are closed at the end."""
    opened = []

    def open_again(limits=None, now_s=1_800_000_000.0):
        store = RecordStore(tmp_path / "data", lambda: now_s, limits)
        store.note_game(GAME, b"zip")
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


def refused(answer):
    assert answer.message.endswith(".")
    return answer.code


def test_a_record_that_grows_is_kept_at_every_step(store):
    *grown, whole = short()
    for number, part in enumerate(grown):
        assert store.put(claim_of(), part) == Stored(len(part), False, is_new=number == 0)
        assert store.read(match_id(1), 0) == part
    assert store.put(claim_of(), whole) == Stored(len(whole), True)
    (match,) = store.list_matches().matches
    assert (match["frames"], match["room"], match["game"]) == (1200, ROOM, "Pong")
    assert match["duration_s"] == 20.0
    assert match["players"][1] == {
        "agent": "right",
        "controllers": [{"episode": 0, "frame": 0, "peer": 1, "is_agent": False}],
    }
    (record,) = match["records"]
    assert (record["bytes"], record["sealed"], record["reason"]) == (len(whole), True, "we left")


def test_what_comes_twice_or_late_changes_nothing(store):
    first, *_, whole = short()
    store.put(claim_of(), whole)
    JobBook(store).next_job(0)
    before = store.list_matches()
    for again in (whole, first, whole[:100], b""):
        assert store.put(claim_of(), again) == Stored(len(whole), True)
    assert store.list_matches() == before


@pytest.mark.parametrize("change", ["other history", "longer after the end", "no replay"])
def test_a_record_that_contradicts_what_is_stored_is_refused_and_nothing_is_lost(store, change):
    whole = short()[-1]
    store.put(claim_of(), whole)
    other = {
        "other history": with_flipped_input(whole, 100),
        "longer after the end": whole + whole,
        "no replay": b"PNG",
    }[change]
    is_longer = change == "longer after the end"
    expected = RefusalCode.NO_REPLAY if is_longer else RefusalCode.CONFLICT
    assert refused(store.put(claim_of(), other)) == expected
    assert store.read(match_id(1), 0) == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"match_id": match_id(2)},
        {"peer": 1},
        {"digest": "e" * 32},
        {"seed": 8},
    ],
)
def test_a_record_of_another_match_peer_game_or_seed_is_refused(store, changes):
    assert refused(store.put(claim_of(**changes), short()[-1])) == RefusalCode.OTHER_MATCH
    assert store.list_matches().matches == []


def test_a_record_of_another_game_by_name_is_refused(store):
    assert refused(store.put(claim_of(spec="chaos"), short()[-1])) == RefusalCode.OTHER_MATCH


@pytest.mark.parametrize("name", ["..", "../x", "0" * 23, "0" * 25, "A" * 24, "0" * 23 + "/"])
def test_no_name_leads_out_of_the_folder(store, name):
    for call in (store.read, store.record_path):
        with pytest.raises(UsageError):
            call(name, 0)
        with pytest.raises(UsageError):
            call(match_id(1), -1)
    with pytest.raises(UsageError):
        store.runtime_path(name)


def test_there_is_a_bound_on_one_record_and_on_all(open_store):
    whole = short()[-1]
    store = open_store(StoreLimits(record_bytes=len(whole) - 1))
    assert refused(store.put(claim_of(), whole)) == RefusalCode.TOO_LARGE
    store = open_store(StoreLimits(all_bytes=2 * len(whole)))
    for number in (1, 2):
        assert store.put(claim_of(number), short(number)[-1]).is_sealed
    answer = store.put(claim_of(3), short(3)[-1])
    assert refused(answer) == RefusalCode.STORE_FULL
    assert "make room" in answer.message
    assert len(store.list_matches().matches) == 2


def test_a_full_disk_is_told_and_leaves_what_was_there(store, monkeypatch):
    first, *_, whole = short()
    store.put(claim_of(), first)

    def write(path, data):
        path.write_bytes(data[:10])
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(store_files, "_write_through", write)
    assert refused(store.put(claim_of(), whole)) == RefusalCode.STORE_FULL
    assert store.read(match_id(1), 0) == first
    assert store.put(claim_of(), first) == Stored(len(first), False)
    assert list(store.record_path(match_id(1), 0).parents[2].glob("incoming/*")) == []


def test_after_a_crash_between_file_and_index_the_file_counts(open_store, tmp_path):
    first, *_, whole = short()
    store = open_store()
    store.put(claim_of(), first)
    # As if the process had died behind the renaming: of a known record, and of an unknown one.
    store.record_path(match_id(1), 0).write_bytes(whole)
    store.record_path(match_id(1), 1).write_bytes(short(peer=1)[3])
    unknown = store.record_path(match_id(2), 0)
    unknown.parent.mkdir()
    unknown.write_bytes(short(2)[3])
    # Before it is opened again, too, somebody may come back.
    assert store.put(claim_of(), first) == Stored(len(whole), True)

    matches = {match["match_id"]: match for match in open_store().list_matches().matches}
    told = [(record["bytes"], record["sealed"]) for record in matches[match_id(1)]["records"]]
    assert told == [(len(whole), True), (len(short(peer=1)[3]), False)]
    assert matches[match_id(1)]["room"] == ROOM
    assert matches[match_id(2)]["room"] == ""


def test_leftovers_go_and_what_is_no_record_is_left_out(open_store, tmp_path):
    store = open_store()
    store.put(claim_of(), short()[-1])
    store.put(claim_of(2), short(2)[-1])
    folder = tmp_path / "data"
    (folder / "incoming" / "1-half").write_bytes(b"half")
    store.record_path(match_id(1), 1).write_bytes(b"garbage")
    (store.record_path(match_id(1), 0).parent / "notes.pgr").write_bytes(b"hello")
    store.record_path(match_id(2), 0).unlink()
    again = open_store()
    assert list((folder / "incoming").iterdir()) == []
    (match,) = again.list_matches().matches
    assert [record["peer"] for record in match["records"]] == [0]


def test_who_stores_while_others_do_loses_nothing(store):
    parts = [(peer, part) for peer in (0, 1) for part in short(peer=peer)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda job: store.put(claim_of(peer=job[0]), job[1]), parts))
    assert all(isinstance(answer, Stored) for answer in answers)
    assert all(
        answer.stored_bytes >= len(part) for answer, (_, part) in zip(answers, parts, strict=True)
    )
    for peer in (0, 1):
        assert store.read(match_id(1), peer) == short(peer=peer)[-1]


def test_a_draft_that_somebody_took_away_is_written_again(store, monkeypatch):
    taken = []
    write_through = store_files._write_through

    def write(path, data):
        write_through(path, data)
        if not taken:
            taken.append(path)
            path.unlink()

    monkeypatch.setattr(store_files, "_write_through", write)
    whole = short()[-1]
    assert store.put(claim_of(), whole).is_new
    assert taken
    assert store.read(match_id(1), 0) == whole


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says which file is synced")
def test_bytes_are_on_the_disk_before_they_have_the_name_and_that_before_the_answer(
    store, monkeypatch
):
    done = []
    sync, replace, note = os.fsync, Path.replace, store_index.note_record

    def fsync(descriptor):
        done.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink().parent.name))
        sync(descriptor)

    def rename(path, target):
        done.append(("rename", target.name))
        return replace(path, target)

    def note_record(*arguments):
        done.append(("index", ""))
        note(*arguments)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    monkeypatch.setattr(store_index, "note_record", note_record)
    first, second, *_ = short()
    store.put(claim_of(), first)
    done.clear()
    store.put(claim_of(), second)
    order = [("sync", "incoming"), ("rename", "0.pgr"), ("sync", "replays"), ("index", "")]
    assert done == order


def test_a_newer_index_is_not_touched(open_store, tmp_path):
    open_store().close()
    with sqlite3.connect(tmp_path / "data" / "records.sqlite") as connection:
        connection.execute("UPDATE schema_version SET version = 2")
    with pytest.raises(ConfigurationError, match="made by a newer peergym"):
        open_store()


def test_an_index_that_is_none_and_a_folder_that_is_none_are_told(tmp_path):
    (tmp_path / "records.sqlite").write_bytes(b"hello" * 1000)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        RecordStore(tmp_path, lambda: 0.0)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        RecordStore(tmp_path / "file", lambda: 0.0)


def test_matches_come_newest_first_page_by_page(store):
    for number in (2, 5, 1, 4, 3):
        store.put(claim_of(number), short(number)[0])
    seen, before = [], None
    for _ in range(3):
        page = store.list_matches(before, 2)
        seen.append([int(match["match_id"], 16) for match in page.matches])
        before = page.next
    assert seen == [[5, 4], [3, 2], [1]]
    assert before is None
    with pytest.raises(UsageError, match="page"):
        store.list_matches("1; DROP TABLE records")


def test_records_are_compared_first_and_executed_when_they_are_complete(open_store):
    store = open_store(now_s=1000.0)
    book = JobBook(store)
    assert book.next_job(2000.0) is None
    for peer in (0, 1):
        store.put(claim_of(peer=peer), played(peer=peer))
    job = book.next_job(1000.0)
    assert job.is_comparison
    assert [record.peer for record in job.records] == [0, 1]
    assert book.note_agreement(job.records, Agreement(Agreeing.EQUAL, frames=60))
    job = book.next_job(1000.0)
    assert (job.is_comparison, job.game, job.records[0].peer) == (False, GAME, 0)
    assert store.list_matches().matches[0]["verification"]["state"] == "running"
    assert book.next_job(1000.0).records[0].peer == 1
    assert book.next_job(1000.0) is None
    book.resume()
    assert book.next_job(1000.0).records[0].peer == 0


def test_what_has_no_end_may_grow_and_is_waited_for(open_store):
    store = open_store(now_s=1000.0)
    book = JobBook(store)
    assert book.next_due_s() is None
    store.put(claim_of(peer=0), short(peer=0)[0])
    store.put(claim_of(peer=1), short(peer=1)[-1])
    # The other one can be executed, but not compared with what may grow.
    assert book.next_job(1059.0).records[0].peer == 1
    assert book.next_job(1059.0) is None
    assert book.next_due_s() == 1060.0
    assert book.next_job(1060.0).is_comparison


def test_what_was_found_out_about_a_shorter_record_does_not_count(store):
    book = JobBook(store)
    *_, almost, whole = short()
    store.put(claim_of(), almost)
    store.put(claim_of(peer=1), short(peer=1)[-1])
    compared = book.next_job(2e9)
    store.put(claim_of(), whole)
    assert not book.note_agreement(compared.records, Agreement(Agreeing.EQUAL))
    assert book.next_job(2e9).is_comparison
    (record,) = (record for record in compared.records if record.peer == 0)
    assert not book.note_check(record, CheckResult(Check.VERIFIED))
    (match,) = store.list_matches().matches
    assert match["agreement"]["state"] == "pending"
    assert match["verification"]["state"] == "waiting"


def test_of_different_findings_about_a_match_the_worst_is_told(store):
    book = JobBook(store)
    for peer in (0, 1):
        store.put(claim_of(peer=peer), short(peer=peer)[-1])
    refs = book.next_job(2e9).records
    book.note_check(refs[0], CheckResult(Check.VERIFIED))
    differs = CheckResult(Check.DIFFERS, 0, 240, ".ball.x", "It differs.")
    book.note_check(refs[1], differs)
    (match,) = store.list_matches().matches
    assert match["verification"] == differs.to_json()


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX's")
def test_the_index_survives_two_servers_on_one_folder(open_store):
    one, other = open_store(), open_store()
    assert one.put(claim_of(), short()[3]).is_new
    assert other.put(claim_of(), short()[-1]).is_sealed
    assert one.list_matches() == other.list_matches()
