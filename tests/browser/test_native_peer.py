"""A person at a page plays against a native peer: different Pythons, one history."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from peergym.data.replay import read_replay
from peergym.data.store_agreement import Agreeing, compare_records
from peergym.hosts.native import NativePeer, PeerSettings
from peergym.hosts.native_match import MatchListener
from peergym.rollback.events import DesyncDetected, Event, ProtocolViolated
from tests.browser.pages import Person, play
from tests.browser.server import Venue
from tests.native.peers import served_runtime

PLAY_S = 5.0
FRAME_RATE_HZ = 60


class NativeThread:
    """A native peer on an event loop of its own, for Playwright has this thread's."""

    def __init__(self, venue: Venue, room: str) -> None:
        self.checksums: dict[int, str] = {}
        self.events: list[Event] = []
        self.reason: Future[str] = Future()
        listener = MatchListener(self.events.append, self._note_checksums)
        settings = PeerSettings(venue.url, served_runtime(venue.server), room)
        self.peer = NativePeer(settings, listener)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, name="native peer", daemon=True)
        self.thread.start()

    def leave(self) -> str:
        """Have it say goodbye; returns why its match ended."""
        self.loop.call_soon_threadsafe(self.peer.leave)
        reason = self.reason.result(timeout=60)
        self.thread.join(timeout=60)
        return reason

    def _note_checksums(self, episode: int, pairs: list[tuple[int, int]]) -> None:
        self.checksums.update({frame: f"{checksum:016x}" for frame, checksum in pairs})

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
                self.reason.set_result(runner.run(self.peer.run()))
        except BaseException as error:  # noqa: BLE001 - raised again where it is asked for
            self.reason.set_exception(error)


@pytest.mark.timeout(120)
def test_a_page_and_a_native_peer_share_one_history(venue: Venue, ada: Person) -> None:
    ada.open(venue.url, checksums=1)
    ada.create_game(ball_speed=7, score_to_win=21)
    native = NativeThread(venue, ada.room)
    ada.wait_for_screen("playing")
    ada.wait_for_event("EpisodeStarted")
    play([ada], PLAY_S, seed=5)

    assert native.peer.match is not None
    figures = native.peer.match.driver.session.statistics()
    print(f"native: {figures}")
    there = ada.checksums()
    assert "left" in native.leave()
    ada.wait_for_event("PeerLeft")
    common = there.keys() & native.checksums.keys()
    assert {f: there[f] for f in common} == {f: native.checksums[f] for f in common}
    assert len(common) > PLAY_S * FRAME_RATE_HZ / 2
    assert len({there[frame] for frame in common}) > 0.9 * len(common)
    assert figures.rollbacks > 0, "the person's keys were never a surprise"
    assert figures.max_rollback_depth_frames <= 8
    assert [e for e in native.events if isinstance(e, DesyncDetected | ProtocolViolated)] == []
    assert ada.console_errors == []
    assert ada.look("errors") == []

    ada.wait_until("peergym.record?.name === 'saved'")
    store = venue.server.app.state.server.records.store
    (match,) = store.list_matches().matches
    records = {peer: read_replay(store.read(match["match_id"], peer)) for peer in (0, 1)}
    assert compare_records(records).state is Agreeing.EQUAL
