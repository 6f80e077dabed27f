"""One match with comings and goings, told as JSON: the same natively and in WebAssembly."""

from __future__ import annotations

import json

from tests.hosts.soundness import check_sound
from tests.hosts.worker_room import Room


def play() -> dict[str, object]:
    """Three play, one watches, one goes and comes back. Returns what all of them saw."""
    room = Room((0, 1, 2))
    room.run_until(lambda: all(page.checksums for page in room.players))
    watcher = room.come(None)
    room.run_frames(60)
    room.pages[1].leave()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    room.run_frames(60)
    newcomer = room.come(1)
    room.run_until(newcomer.is_member)
    room.run_frames(120)
    check_sound(room, least_common=8)
    return {
        "rollbacks": sum(page.session.statistics().rollbacks for page in room.players),
        "watched_frames": watcher.session.current_frame,
        "checksums": {
            str(page.peer): [[*at, f"{value:016x}"] for at, value in page.checksums.items()]
            for page in room.pages.values()
        },
        "events": {
            str(page.peer): [event for _, event in page.events] for page in room.pages.values()
        },
    }


if __name__ == "__main__":
    print(json.dumps(play()))
