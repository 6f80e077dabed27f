"""A hostile peer in the middle of a match of real sessions, with all the packets it can think of.

The bytes decide what happens next, again and again: ticks, pauses and timers, what the hosts ask
for, and packets of the hostile peer: any bytes, valid ones that are repeated or damaged, and new
ones whose fields are chosen near those that mean something at the moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import get_type_hints

from peergym.errors import UsageError
from peergym.rollback.canonical import checksum, encode
from peergym.rollback.control import (
    Checksums,
    ControlMessage,
    EpisodeEnd,
    StateDump,
    WireError,
    encode_control,
)
from peergym.rollback.wire import (
    Body,
    Trailer,
    decode_datagram,
    encode_body,
    encode_trailer,
    match_tag_of,
)
from tests.fuzz.build import build
from tests.fuzz.choices import Choices
from tests.fuzz.match import CHANNELS, KINDS, Match, Peer, make_match

MOST_STEPS = 150
STEPS_AFTER_THE_END = 4
PAUSES_S = (0.001, 0.05, 0.3, 0.6, 1.1, 3.1, 11.0)
BODY_FIELDS = get_type_hints(Body)


DEEP = frozenset({
    "refused", "PeerConnected", "EpisodeStarted", "EpisodeEnded", "MatchEnded", "PeerLost",
    "PeerLeft", "PeerInterrupted", "PeerResumed", "ProtocolViolated", "PlayerCut", "PlayerJoined",
    "Following", "Reexecuting", "DesyncDetected", "DesyncLocated", "MatchRepaired", "a dump",
})  # fmt: skip


def reach(data: bytes) -> set[str]:
    """The bytes decide what happens."""
    choices = Choices(data)
    match = make_match(choices.pick(KINDS), choices.below(5))
    left_after_the_end = STEPS_AFTER_THE_END
    for _ in range(MOST_STEPS):
        if not choices.left or not left_after_the_end:
            break
        choices.pick(STEPS)(match, choices, choices.pick(match.honest))
        left_after_the_end -= match.is_over
    match.play(2)
    match.check_size()
    match.check_dumps()
    return match.reached()


Step = Callable[[Match, Choices, Peer], None]


def tick_all(match: Match, choices: Choices, victim: Peer) -> None:
    """A few frames as usual."""
    match.play(1 + choices.below(4))


def tick_honest(match: Match, choices: Choices, victim: Peer) -> None:
    """A few frames in which the hostile peer says nothing, so that there are predictions."""
    for _ in range(1 + choices.below(12)):
        match.tick(match.honest)


def pause(match: Match, choices: Choices, victim: Peer) -> None:
    """Time without ticks; short or long enough to be taken for lost."""
    match.now_s += choices.pick(PAUSES_S)
    victim.session.handle_timer(match.now_s)
    if choices.flag():
        match.exchange()


def ask(match: Match, choices: Choices, victim: Peer) -> None:
    """What a host may ask of its session."""
    session, kind = victim.session, choices.below(9)
    if not victim.plays:
        session.leave(match.now_s)
        return
    try:
        if kind < 4:
            match.ready()
        elif kind == 4:
            session.set_input_delay(choices.below(2), choices.below(40))
        elif kind == 5:
            session.path_restored(match.hostile.id, match.now_s)
        elif kind == 6:
            session.link_closed(choices.below(4), match.now_s)
        elif kind == 7:
            victim.drain()
            session.decide(victim.asked, match.now_s, is_granted=choices.flag())
        else:
            session.leave(match.now_s)
    except UsageError:
        pass


def send_any_datagram(match: Match, choices: Choices, victim: Peer) -> None:
    """Bytes."""
    match.attack("input", choices.blob(), victim)


def send_any_message(match: Match, choices: Choices, victim: Peer) -> None:
    """Bytes."""
    match.attack(choices.pick(CHANNELS[1:]), choices.blob(), victim)


def send_again(match: Match, choices: Choices, victim: Peer) -> None:
    """Something that was sent before, to whomever."""
    channel = choices.pick(CHANNELS)
    if match.packets[channel]:
        match.attack(channel, choices.pick(match.packets[channel]), victim)


def send_damaged(match: Match, choices: Choices, victim: Peer) -> None:
    """Something that was sent before, damaged."""
    channel = choices.pick(CHANNELS)
    if match.packets[channel]:
        packet = choices.pick(match.packets[channel])
        match.attack(channel, choices.mutate(packet), victim)


def send_lie(match: Match, choices: Choices, victim: Peer) -> None:
    """A datagram that is true but for some fields."""
    body = _true_body(match, victim)
    hints = _hints(victim)
    for _ in range(1 + choices.below(3)):
        name = choices.pick(fields(Body)).name
        if name == "held":
            player = choices.below(len(body.held))
            held = list(body.held)
            held[player] = choices.number(hints)
            body = replace(body, held=tuple(held))
        else:
            body = replace(body, **{name: build(BODY_FIELDS[name], choices, hints)})
    trailer = Trailer(choices.number(), choices.number() if choices.flag() else None)
    inputs = len(match.seats.players_of(match.hostile.id))
    seats = match.seats if len(body.inputs) == inputs else match.seats_with_newcomer
    try:
        packet = encode_body(body, match.hostile.id, seats) + encode_trailer(trailer)
    except WireError:
        return
    match.attack("input", packet, victim)


def send_made(match: Match, choices: Choices, victim: Peer) -> None:
    """A message of any type, with fields that may mean something."""
    hints = _hints(victim)
    message = build(choices.pick(ControlMessage.__args__), choices, hints)
    channel = choices.pick(CHANNELS[1:])
    newest = match.sequences[channel]
    sequence = newest + 1 if choices.below(4) else choices.number((newest,))
    try:
        packet = encode_control(message, sequence)
    except WireError:
        return
    match.attack(channel, packet, victim)


def send_checksum(match: Match, choices: Choices, victim: Peer) -> None:
    """A checksum of a frame that is compared soon or was lately, mostly a wrong one."""
    frame = _compared_frame(choices, victim)
    told = choices.number() if choices.below(4) else _checksum_of(victim, frame)
    if choices.below(4):
        message: ControlMessage = Checksums(victim.session.episode, 0, ((frame, told),))
    else:
        message = EpisodeEnd(victim.session.episode, frame, told)
    _send(match, "control", message, victim)


def send_state(match: Match, choices: Choices, victim: Peer) -> None:
    """A state that is to be compared or put in place: sound, spoiled or anything."""
    frame = _compared_frame(choices, victim)
    kind = choices.below(4)
    if kind == 0:
        data = choices.blob()
    elif kind == 1:
        data = choices.mutate(encode({"digest": 1, "frame": frame}))
    else:
        data = encode({"digest": choices.number(), "frame": choices.number((frame,))})
    parts = 1 + choices.below(8) // 7
    for part in range(parts):
        message = StateDump(victim.session.episode, frame, part, parts, data)
        _send(match, choices.pick(CHANNELS[1:]), message, victim)


def _send(match: Match, channel: str, message: ControlMessage, victim: Peer) -> None:
    """Send a sound message with the next number."""
    match.sequences[channel] += 1
    try:
        packet = encode_control(message, match.sequences[channel])
    except WireError:
        return
    match.attack(channel, packet, victim)


def _compared_frame(choices: Choices, victim: Peer) -> int:
    interval = victim.session.config.checksum_interval_frames
    nearest = max(0, victim.session.confirmed_frame) // interval
    return max(0, nearest + choices.below(5) - 1) * interval


def _checksum_of(victim: Peer, frame: int) -> int:
    return checksum(victim.states.get(frame, b""))


STEPS: tuple[Step, ...] = (
    tick_all, tick_honest, pause, ask, send_any_datagram, send_any_message, send_again,
    send_damaged, send_damaged, send_lie, send_lie, send_made, send_made, tick_all,
    send_checksum, send_state,
)  # fmt: skip


def _true_body(match: Match, victim: Peer) -> Body:
    """What the hostile peer would say if it were not."""
    for seats in (match.seats, match.seats_with_newcomer):
        for packet in reversed(match.packets["input"]):
            try:
                return decode_datagram(packet, match.hostile.id, seats)[0]
            except WireError:
                break
    count = match.seats.count
    tag = match_tag_of(victim.session.config.match_id)
    inputs = ((),) * len(match.seats.players_of(match.hostile.id))
    return Body(tag, 0, 0, -1, 0, (-1,) * count, match.seats.all_present, inputs)


def _hints(victim: Peer) -> tuple[int, ...]:
    """Frames and peers that mean something at this moment."""
    session = victim.session
    frame, confirmed = session.current_frame, session.confirmed_frame
    return frame, confirmed, max(session.episode, 0), victim.id
