"""Statistics, events and effects of a match in the form in which the page takes them.

Statistics go 20 times a second and are packed as floats; their order is `SESSION_FIGURES`, then
`PEER_FIGURES` for each remote peer, and the page's `figures.ts` has the same two lists. Events are
rare and go as JSON, named as in `peergym.rollback.events`; so do effects, as `EffectNews` of the
page's `messages.ts`. Names are camelCase there, times in ms.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from peergym.envs.confirmed_events import ConfirmedEvent
from peergym.envs.effects import StartedEffect
from peergym.hosts.driver import AnySession
from peergym.hosts.route_chooser import RouteChooser
from peergym.rollback import SessionState
from peergym.rollback.events import Event
from peergym.rollback.statistics import SessionStatistics

STATES = tuple(SessionState)
MS = 1000.0

SESSION_FIGURES = (
    "state",
    "episode",
    "frame",
    "completeFrame",
    "confirmedFrame",
    "inputDelayFrames",
    "rollbackDepthFrames",
    "maxRollbackDepthFrames",
    "rollbacks",
    "rollbackFrames",
    "stalls",
    "stalledForBits",
    "skippedTicks",
    "periodTrim",
    "snapshotsHeld",
)
PEER_FIGURES = (
    "peer",
    "rttMs",
    "rttJitterMs",
    "leadMs",
    "inputBufferFrames",
    "oneSidedFrames",
    "silentMs",
    "route",
    "lossInPercent",
    "lossOutPercent",
    "oneWayChangeMs",
)


def pack_statistics(
    session: AnySession,
    s: SessionStatistics,
    deepest_rollback_frames: int,
    routes: Mapping[int, RouteChooser],
) -> bytes:
    """Pack a session's figures as f64, little endian.

    Args:
        session: The session.
        s: Its figures.
        deepest_rollback_frames: The deepest rollback since the statistics before these.
        routes: What is known of the routes to each peer.
    """
    figures = [
        STATES.index(session.state),
        session.episode,
        s.frame,
        s.complete_frame,
        s.confirmed_frame,
        s.input_delay_frames,
        deepest_rollback_frames,
        s.max_rollback_depth_frames,
        s.rollbacks,
        s.rollback_frames,
        s.stalls,
        sum(1 << player for player in s.stalled_for),
        s.skipped_ticks,
        s.period_trim,
        s.snapshots_held,
    ]
    for p in s.peers:
        figures += (
            p.peer,
            p.rtt_s * MS,
            p.jitter_s * MS,
            p.lead_s * MS,
            p.input_buffer_frames,
            p.one_sided_frames,
            p.silent_s * MS,
            *_route_figures(routes.get(p.peer)),
        )
    return struct.pack(f"<{len(figures)}d", *figures)


def _route_figures(chooser: RouteChooser | None) -> tuple[float, ...]:
    if chooser is None:
        return (0.0, 0.0, 0.0, 0.0)
    quality = chooser.quality(chooser.route)
    return (
        chooser.route,
        quality.loss_in * 100,
        quality.loss_out * 100,
        quality.one_way_change_s * MS,
    )


def event_to_json(event: Event, **more: bool) -> bytes:
    """Turn an event into a JSON object with its name; 64-bit numbers become text.

    Args:
        event: The event.
        more: What the host adds, named as in the page.
    """
    content: dict[str, Any] = {"name": type(event).__name__, **more}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name.endswith("checksum"):
            value = f"{value:016x}"
        elif field.name == "seed":
            value = str(value)
        elif field.name.endswith("_s"):
            value *= MS
        content[_page_name(field.name)] = value
    return json.dumps(content).encode()


def effects_to_json(
    started: Sequence[StartedEffect],
    stopped: Sequence[int],
    confirmed: Sequence[ConfirmedEvent],
    frame_rate_hz: float,
) -> bytes:
    """Turn what is to be heard, silenced and told into a JSON object.

    Args:
        started: Effects to start; each carries how late it is.
        stopped: Ids of started effects that never happened.
        confirmed: What has become certain.
        frame_rate_hz: Of the game, in which lateness is counted.
    """
    content = {
        "started": [
            {
                "id": effect.id,
                "name": effect.name,
                "frame": effect.frame,
                "lateMs": round(effect.late_frames * MS / frame_rate_hz, 3),
            }
            for effect in started
        ],
        "stopped": list(stopped),
        "confirmed": [{"frame": event.frame, "name": event.name} for event in confirmed],
    }
    return json.dumps(content).encode()


def _page_name(name: str) -> str:
    if name.endswith("_s"):
        name = name.removesuffix("_s") + "_ms"
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
