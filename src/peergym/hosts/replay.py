"""A replay in the page's worker: opened from a file, described once, shown wherever is asked.

Theory of operation: the page owns the clock and the buttons. It asks for a position, calls `work`
until that is reached, and takes the picture; both are drawn by the same code, from the same
states, as while playing. The host is without IO and imports nothing of Pyodide's, so the same code
runs in tests.

Law: a record is data. The game comes from here, and nothing in the file is executed.
"""

from __future__ import annotations

import json
from typing import Any

import peergym
from peergym.data.execution import maker_of
from peergym.data.replay import Replay, read_replay
from peergym.envs import GameAdapter
from peergym.envs.description import screen_of
from peergym.envs.fingerprint import maths_fingerprint
from peergym.errors import PeergymError, ReplayError
from peergym.games.catalogue import BUNDLED
from peergym.hosts.match import Runtime
from peergym.hosts.pyodide import WorkerHost
from peergym.hosts.replay_playback import ReplayPlayback
from peergym.hosts.replay_timeline import Timeline


class ReplayHost:
    """Shows one replay.

    Args:
        runtime: The game of this page; a replay of another bundled game is played all the same.

    Attributes:
        buffer: Where the page puts the file, after `allocate`.
        playback: What plays it; None before it was opened.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.buffer = bytearray()
        self.playback: ReplayPlayback | None = None
        self._runtime = runtime

    def allocate(self, length: int) -> None:
        """Make room for a file of so many bytes."""
        self.buffer = bytearray(length)

    def open(self) -> str:
        """Read what was put into `buffer`.

        Returns:
            JSON: ``problem``, a sentence, empty if there is none; then also what the page shows of
            the match, in the spelling of `ReplayDescription` of its ``replay_messages.ts``.
        """
        try:
            replay = read_replay(bytes(self.buffer))
            timeline = Timeline(replay)
            if not timeline.stretches:
                raise ReplayError("it ends before its first game has begun; nothing was played")
            game = maker_of(replay, self._spec_of(replay))()
        except PeergymError as error:
            return json.dumps({"problem": str(error)})
        self.playback = ReplayPlayback(timeline, game)
        described = _describe(replay, game) | timeline.to_json()
        described["hints"] = self._hints(replay, game)
        return json.dumps({"problem": "", "bytes": len(self.buffer), **described})

    def _spec_of(self, replay: Replay) -> str | None:
        """The game to take: that of the record if it is bundled, else that of this page."""
        named = replay.header.game.get("spec")
        if named in BUNDLED:
            return None
        if named != self._runtime.spec:
            raise ReplayError(
                f"it is of the game {named!r}, and this page is of {self._runtime.spec!r}: serve "
                "that game, and watch it there"
            )
        return self._runtime.spec

    def _hints(self, replay: Replay, game: GameAdapter) -> list[str]:
        """What may make it look otherwise here than it was."""
        header = replay.header
        writer, digest = header.versions.get("peergym", ""), header.game.get("digest", "")
        if writer and writer != peergym.__version__:
            return [f"Recorded by peergym {writer}; this is {peergym.__version__}."]
        if digest and self._runtime.digest and digest != self._runtime.digest:
            return ["Played with another version of the game, or of peergym, than is here."]
        maths = header.description.get("maths") or header.versions.get("maths", "")
        is_portable = (getattr(game.env, "metadata", None) or {}).get("is_portable", False)
        if maths and maths != maths_fingerprint() and not is_portable:
            return ["Recorded on a platform whose maths differs from this one's in the last bit."]
        return []


def open_replay(host: WorkerHost) -> ReplayHost:
    """Make the host of a replay, for the game of another host; the worker's way in."""
    return ReplayHost(host.runtime)


def _describe(replay: Replay, game: GameAdapter) -> dict[str, Any]:
    header = replay.header
    metadata = getattr(game.env, "metadata", None) or {}
    owners = header.owners
    return {
        "matchId": header.match_id,
        "peer": header.local_peer,
        "player": owners.index(header.local_peer) if header.local_peer in owners else 0,
        "started": header.started,
        "name": str(metadata.get("name", type(game.env).__name__)),
        "agents": [str(agent) for agent in game.agents],
        "screen": list(screen_of(game)),
        "frameRateHz": game.frame_rate_hz,
        "frames": replay.frames,
        "durationMs": replay.duration_s * 1000,
        "reason": replay.reason,
        "soundBytes": replay.sound_bytes,
    }
