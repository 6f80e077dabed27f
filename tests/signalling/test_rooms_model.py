"""Any sequence of calls, against a model that only remembers who should sit where."""

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from peergym.errors import SignallingError
from peergym.signalling import RoomState, read_room, save_room
from tests.signalling.lobby import SETTINGS, make_rooms, picture

GRACE_S = 15.0
LIFETIME_S = 200.0


class RoomsModel(RuleBasedStateMachine):
    """Members enter, leave, vanish and come back; time passes; some of it makes no sense."""

    SEATS = 3
    members = Bundle("members")
    entries = Bundle("entries")

    def __init__(self):
        super().__init__()
        self.rooms = make_rooms(
            self.SEATS,
            rooms=4,
            spectators=2,
            grace_s=GRACE_S,
            room_lifetime_s=LIFETIME_S,
            held_signals=2,
        )
        self.now_s = 0.0
        self.member_count = 0
        self.peers = {}  # (room, peer id) -> key of the sitting that got it
        self.seated = {}  # member -> seat pass, as the model believes

    def attempt(self, call, *arguments):
        """Make a call; if it is refused, nothing may have changed and nobody be told."""
        before = picture(self.rooms)
        try:
            result = call(*arguments)
        except SignallingError:
            assert picture(self.rooms) == before
            assert self.rooms.pushes_to_send() == []
            return None
        self.note_pushes()
        return result

    def note_pushes(self):
        for push in self.rooms.pushes_to_send():
            assert push.member in self.seated
            if push.event == "closed":
                del self.seated[push.member]

    def enter(self, member, call, *arguments):
        was_seated = member in self.seated
        entry = None

        def enter():
            nonlocal entry
            entry = call(member, *arguments)
            self.seated[member] = entry.seat_pass
            return entry

        self.attempt(enter)
        assert not (was_seated and entry is not None)
        return (member, entry) if entry is not None else (member, None)

    @rule(target=members)
    def somebody_connects(self):
        self.member_count += 1
        return f"member {self.member_count}"

    @rule(target=entries, member=members)
    def create(self, member):
        return self.enter(member, self.rooms.create, SETTINGS, self.now_s)

    @rule(target=entries, member=members)
    def quick_match(self, member):
        return self.enter(member, self.rooms.quick_match, SETTINGS, self.now_s)

    @rule(
        target=entries,
        member=members,
        other=entries,
        watch=st.booleans(),
        seat=st.sampled_from([None, None, 0, 1, 2, 3]),
    )
    def join(self, member, other, watch, seat):
        code = other[1].room.code if other[1] else "NOCODE"

        def join(member):
            entry = self.rooms.join(member, code, self.now_s, watch=watch, seat=seat)
            assert seat in (None, entry.room.seat)
            return entry

        return self.enter(member, join)

    @rule(target=entries, member=members, other=entries, rejoin=st.booleans())
    def resume(self, member, other, rejoin):
        if other[1] is None:
            return (member, None)
        seat_pass = other[1].seat_pass

        def resume():
            entry = self.rooms.resume(member, seat_pass, rejoin=rejoin)
            self.seated[member] = seat_pass
            return entry

        assert self.seated.get(member) is None or self.rooms.seat_of(member) is not None
        was_elsewhere = self.seated.get(member) not in (None, seat_pass)
        entry = self.attempt(resume)
        assert not (was_elsewhere and entry is not None)
        return (member, entry)

    @rule(member=members, other=entries)
    def leave(self, member, other):
        if other[1] is None:
            return

        def leave():
            self.rooms.leave(member, other[1].seat_pass)
            assert self.seated.pop(member) == other[1].seat_pass

        self.attempt(leave)

    @rule(member=members, other=entries, is_ready=st.booleans())
    def set_ready(self, member, other, is_ready):
        if other[1] is not None:
            seat_pass = other[1].seat_pass
            self.attempt(lambda: self.rooms.set_ready(member, seat_pass, is_ready=is_ready))

    @rule(member=members, other=entries)
    def start(self, member, other):
        if other[1] is not None:
            self.attempt(self.rooms.start, member, other[1].seat_pass)

    @rule(member=members, other=entries, number=st.integers(0, 4))
    def kick(self, member, other, number):
        if other[1] is not None:
            self.attempt(self.rooms.kick, member, other[1].seat_pass, number)

    @rule(member=members, other=entries, group=st.sets(st.integers(0, 4), min_size=1))
    def arbitrate(self, member, other, group):
        if other[1] is not None:
            self.attempt(self.rooms.arbitrate, member, other[1].seat_pass, 1, group)

    @rule(member=members, other=entries, to=st.integers(0, 3))
    def signal(self, member, other, to):
        if other[1] is not None:
            seat_pass = other[1].seat_pass
            self.attempt(self.rooms.signal, member, seat_pass, to, "candidate", None)

    @rule(member=consumes(members))
    def connection_lost(self, member):
        self.rooms.connection_lost(member, self.now_s)
        self.seated.pop(member, None)
        self.note_pushes()

    @rule(seconds=st.sampled_from([0.0, 1.0, 10.0, GRACE_S, 120.0]))
    def time_passes(self, seconds):
        self.now_s += seconds
        self.rooms.handle_timer(self.now_s)
        self.note_pushes()

    @invariant()
    def everybody_sits_where_the_model_says_and_nobody_sits_twice(self):
        holders = [
            (sitting.member, room.pass_of(sitting))
            for room in self.rooms.rooms()
            for sitting in room.sittings.values()
            if sitting.member is not None
        ]
        assert len(holders) == len({member for member, _ in holders})
        assert dict(holders) == self.seated
        for member, seat_pass in holders:
            assert self.rooms.seat_of(member) == seat_pass
        assert len(self.rooms._known.place_of) == len(holders)

    @invariant()
    def no_room_is_left_behind(self):
        rooms = self.rooms.rooms()
        assert len(rooms) <= 4
        assert len({room.code for room in rooms}) == len(rooms) == len(self.rooms._known.by_code)
        for room in rooms:
            seats = [sitting.seat for sitting in room.players]
            assert seats
            assert len(seats) == len(set(seats))
            assert set(seats) <= set(range(self.SEATS))
            assert len(room.spectators) <= 2
            assert (room.state is RoomState.PLAYING) == (room.match is not None)
            assert room.created_s + LIFETIME_S > self.now_s or self.now_s == 0.0
            for sitting in room.sittings.values():
                assert sitting.key not in room.kicked
                assert (sitting.member is None) == (sitting.lost_s is not None)
                assert sitting.lost_s is None or sitting.lost_s + GRACE_S > self.now_s
                assert sitting.member is None or not sitting.held

    @invariant()
    def no_peer_id_is_used_again(self):
        for room in self.rooms.rooms():
            present = [one.peer for one in room.sittings.values() if one.peer is not None]
            assert len(present) == len(set(present))
            given = room.match.peers_given if room.match else 0
            assert all(peer < given for peer in present)
            for sitting in room.sittings.values():
                if sitting.peer is not None:
                    owner = self.peers.setdefault((room.room_id, sitting.peer), sitting.key)
                    assert owner == sitting.key

    @invariant()
    def a_saved_room_is_the_same_room_in_which_nobody_is_connected(self):
        for room in self.rooms.rooms():
            saved = save_room(room, self.now_s)
            again = read_room(json.loads(json.dumps(saved)), self.now_s)
            assert save_room(again, self.now_s) == saved
            assert all(sitting.member is None for sitting in again.sittings.values())


class RoomsOfTwoModel(RoomsModel):
    """Smaller rooms, which are full more often."""

    SEATS = 2


TestRoomsModel = RoomsModel.TestCase
TestRoomsOfTwoModel = RoomsOfTwoModel.TestCase
RoomsModel.TestCase.settings = RoomsOfTwoModel.TestCase.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None
)
