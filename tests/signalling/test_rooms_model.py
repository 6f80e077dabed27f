"""Any sequence of calls, against a model that only remembers who should sit where."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from peergym.errors import SignallingError
from peergym.signalling import RoomState
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
            self.SEATS, rooms=4, grace_s=GRACE_S, room_lifetime_s=LIFETIME_S, held_signals=2
        )
        self.now_s = 0.0
        self.member_count = 0
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

    @rule(target=entries, member=members, other=entries)
    def join(self, member, other):
        code = other[1].room.code if other[1] else "NOCODE"
        return self.enter(member, self.rooms.join, code, self.now_s)

    @rule(target=entries, member=members, other=entries)
    def resume(self, member, other):
        if other[1] is None:
            return (member, None)
        seat_pass = other[1].seat_pass

        def resume():
            entry = self.rooms.resume(member, seat_pass)
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
            (seat.member, room.pass_of(seat))
            for room in self.rooms.rooms()
            for seat in room.seats.values()
            if seat.member is not None
        ]
        assert len(holders) == len({member for member, _ in holders})
        assert dict(holders) == self.seated
        for member, seat_pass in holders:
            assert self.rooms.seat_of(member) == seat_pass
        assert len(self.rooms._seat_of) == len(holders)

    @invariant()
    def no_room_is_left_behind(self):
        rooms = self.rooms.rooms()
        assert len(rooms) <= 4
        assert len({room.code for room in rooms}) == len(rooms) == len(self.rooms._by_code)
        for room in rooms:
            assert room.seats
            assert set(room.seats) <= set(range(self.SEATS))
            is_full = len(room.seats) == self.SEATS
            assert room.state is (RoomState.PLAYING if is_full else RoomState.OPEN)
            assert (room.match is not None) == is_full
            assert room.created_s + LIFETIME_S > self.now_s or self.now_s == 0.0
            for seat in room.seats.values():
                assert (seat.member is None) == (seat.lost_s is not None)
                assert seat.lost_s is None or seat.lost_s + GRACE_S > self.now_s
                assert seat.member is None or not seat.held
                # Two signals and the match.
                assert len(seat.held) <= 3


class RoomsOfTwoModel(RoomsModel):
    """Smaller rooms, which are full more often."""

    SEATS = 2


TestRoomsModel = RoomsModel.TestCase
TestRoomsOfTwoModel = RoomsOfTwoModel.TestCase
RoomsModel.TestCase.settings = RoomsOfTwoModel.TestCase.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None
)
