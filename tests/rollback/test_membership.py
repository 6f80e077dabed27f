"""Members agree on who is in, whatever they held, whoever quarrels, leaves or comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.rollback.membership import Arrival, Departure, Membership, Quorum, Stance
from peergym.rollback.quorum import quorum_of

NEWCOMER = Arrival(9, (1,), 100)


class Match:
    """Some members, who hear each other when a test says so.

    Args:
        held: For each member, what it holds of each other's players; (0,) where nothing is said.
        has_arbiter: Whether somebody decides ties.
    """

    def __init__(
        self,
        peers: Iterable[int],
        held: dict[tuple[int, int], tuple[int, ...]] | None = None,
        *,
        has_arbiter: bool = False,
    ) -> None:
        self.has_arbiter = has_arbiter
        self.held = held or {}
        peers = list(peers)
        self.members = {peer: Membership(peer, peers, has_arbiter=has_arbiter) for peer in peers}
        self.silent: dict[int, set[int]] = {}

    def __getitem__(self, peer: int) -> Membership:
        return self.members[peer]

    def held_of(self, peer: int) -> Callable[[int], tuple[int, ...]]:
        return lambda other: self.held.get((peer, other), (0,))

    def claim(self, peer: int, *others: int) -> None:
        for other in others:
            self[peer].claim(other, self.held_of(peer)(other))

    def lose(self, lost: int) -> None:
        """Nobody hears this peer any more; they claim it one after the other."""
        del self.members[lost]
        for peer in self.members:
            self.silent.setdefault(peer, set()).add(lost)
            self.claim(peer, lost)

    def hear(self, peer: int, sender: int, stance: Stance | None = None) -> None:
        self[peer].receive(
            sender,
            self[sender].stance if stance is None else stance,
            self.held_of(peer),
            lambda other: other in self.silent.get(peer, set()),
            lambda _: True,
        )

    def hand_on(self) -> None:
        """Survivors hand each other what they hold more of."""
        for peer, member in self.members.items():
            for lost in member.open_losses:
                holders = [other for other in member.survivors if other in self.members]
                frames = zip(*(self.held_of(other)(lost) for other in holders), strict=True)
                self.held[peer, lost] = tuple(max(frame) for frame in frames)
                member.note_held(lost, self.held[peer, lost])

    def talk(self, *, is_handing_on: bool = True) -> None:
        """Everybody says everything to everybody, until nobody has anything new to say."""
        said = None
        while said != (said := [member.stance for member in self.members.values()]):
            for peer in self.members:
                for sender in self.members:
                    self.hear(peer, sender)
            if is_handing_on:
                self.hand_on()

    def groups(self) -> list[set[int]]:
        return [set(member.members) for member in self.members.values()]

    def cuts(self, lost: int) -> list[tuple[int, ...]]:
        """What each member has agreed on about a lost peer."""
        return [
            departure.held
            for member in self.members.values()
            for departure in member.stance.departures
            if departure.peer == lost and departure.is_agreed
        ]


def sponsored(match: Match) -> Membership:
    """All are ready for a newcomer, and the lowest alone has agreed. Returns its own part."""
    sponsor, *others = sorted(match.members)
    assert match[sponsor].accept(NEWCOMER)
    for peer in others:
        match.hear(peer, sponsor)
    accepted = {peer: match[peer].stance for peer in match.members}
    for peer, sender in permutations(match.members, 2):
        match.hear(peer, sender, accepted[sender])
    for peer in others:
        match.hear(sponsor, peer)
    assert [9 in member.members for member in match.members.values()] == [True] + [False] * len(
        others
    )
    return Membership.for_newcomer(
        9, match[sponsor].members, match[sponsor].stance, has_arbiter=match.has_arbiter
    )


# --- losing somebody


@pytest.mark.parametrize("lead", [0, 1, 2, 5, 20])
@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_the_cut_is_the_highest_frame_that_any_survivor_held(lead: int, ahead: int) -> None:
    match = Match(range(4), {(peer, 3): (30 + lead * (peer == ahead),) for peer in range(3)})
    match.lose(3)
    match.talk()
    assert match.groups() == [{0, 1, 2}] * 3
    assert match.cuts(3) == [(30 + lead,)] * 3


def test_of_several_players_each_is_cut_where_he_was_held_the_furthest() -> None:
    match = Match(range(3), {(0, 2): (7, -1), (1, 2): (4, 3)})
    match.lose(2)
    match.talk()
    assert match.cuts(2) == [(7, 3), (7, 3)]


def test_nobody_agrees_before_he_was_handed_what_he_lacks() -> None:
    match = Match(range(3), {(0, 2): (7,), (1, 2): (4,)})
    match.lose(2)
    match.talk(is_handing_on=False)
    assert match.groups() == [{0, 1, 2}] * 2
    assert match[0].is_ready
    assert not match[1].is_ready
    assert match[1].withholders() == {0}
    assert not match[0].withholders()
    assert match[0].laggards() == {1}
    match[1].note_held(2, (7,))
    match.talk()
    assert match.cuts(2) == [(7,), (7,)]


def test_two_who_are_lost_at_once_are_agreed_upon_together() -> None:
    match = Match(range(5), {(0, 3): (8,), (1, 4): (9,), (2, 3): (6,), (2, 4): (2,)})
    match.lose(3)
    match.lose(4)
    match.talk()
    assert match.groups() == [{0, 1, 2}] * 3
    assert (match.cuts(3), match.cuts(4)) == ([(8,)] * 3, [(9,)] * 3)
    agreement = match[1].take_agreement()
    assert agreement is not None
    assert agreement.epoch == match[1].epoch == 2
    assert agreement.departures == (Departure(3, (8,), True), Departure(4, (9,), True))
    assert match[1].take_agreement() is None


def test_a_loss_in_the_midst_of_an_agreement_joins_it_with_the_same_cut() -> None:
    match = Match(range(5), {(0, 4): (8,), (3, 4): (9,), (1, 3): (5,)})
    match.lose(4)
    for _ in range(2):
        match.hear(0, 3)
        match.hand_on()
    assert match.held[0, 4] == (9,)
    match.lose(3)
    match.talk()
    assert match.groups() == [{0, 1, 2}] * 3
    assert (match.cuts(4), match.cuts(3)) == ([(9,)] * 3, [(5,)] * 3)


def test_one_who_has_agreed_alone_is_followed_by_those_who_were_ready() -> None:
    match = Match(range(4))
    match.lose(3)
    claims = {peer: match[peer].stance for peer in match.members}
    for peer, sender in permutations(match.members, 2):
        match.hear(peer, sender, claims[sender])
    assert all(member.is_ready for member in match.members.values())
    match.hear(0, 1)
    match.hear(0, 2)
    assert match.groups() == [{0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3}]
    match.hear(1, 0)
    assert match[1].members == {0, 1, 2}
    match.hear(2, 1)
    assert match.cuts(3) == [(0,)] * 3


def test_nobody_agrees_on_what_he_was_not_ready_for() -> None:
    match = Match(range(4))
    match.claim(0, 3)
    said = replace(stance_of(3), departures=(Departure(3, (7,), True),))
    match.hear(0, 1, said)
    assert match[0].members == {0, 1, 2, 3}
    assert match[0].open_losses == (3,)


def test_an_agreement_counts_for_one_whom_its_maker_claims_in_the_same_breath() -> None:
    """Counting from the smaller group may be the only quorum he has."""
    match = Match(range(4))
    match.lose(3)
    match.talk()
    late = Match(range(4))
    late.lose(3)
    for sender in (0, 2):
        late.hear(1, sender)
    assert late[1].is_ready
    match.claim(0, 1)
    late.hear(1, 0, match[0].stance)
    assert late[1].members == {0, 1, 2}
    assert late[1].open_losses == (0,)
    assert late[1].quorum() is Quorum.YES


# --- who believes whom


def stance_of(*lost: int, version: int = 1, is_ready: bool = False) -> Stance:
    return Stance(version, is_ready, tuple(Departure(peer, (0,)) for peer in sorted(lost)), ())


@pytest.mark.parametrize(
    ("heard", "silent", "lost"),
    [
        ([(1, {3})], set(), set()),  # one says so
        ([(1, {3}), (1, {3})], set(), set()),  # twice
        ([(1, {3})], {3}, {3}),  # and we do not hear him either
        ([(1, {3}), (2, {3})], set(), {3}),  # two say so
        ([(1, {3}), (3, {1})], set(), {3}),  # he answers in kind: the lower id stays
        ([(3, {1}), (1, {3})], set(), {3}),
        ([(3, {1})], set(), set()),
        ([(3, {1}), (2, {1})], set(), {1}),
        ([(1, {0})], set(), {1}),  # one who takes us for lost
        ([(1, {0, 3})], set(), {1}),  # is not believed
        ([(1, {1})], set(), set()),  # nobody can say so of himself
        ([(1, {7})], set(), set()),  # nor of a stranger
        ([(1, {2}), (2, {1}), (3, {1})], set(), {2}),  # one who is lost has no say
    ],
)
def test_a_claim_is_believed_if_there_is_reason(
    heard: list[tuple[int, set[int]]], silent: set[int], lost: set[int]
) -> None:
    match = Match(range(4))
    match.silent[0] = silent
    for version, (sender, claims) in enumerate(heard):
        match.hear(0, sender, stance_of(*claims, version=version))
    assert set(match[0].open_losses) == lost


def test_what_is_to_be_ignored_changes_nothing() -> None:
    match = Match(range(4))
    match.hear(0, 1, stance_of(2, version=5))
    match.claim(0, 3)
    version = match[0].version
    for sender, stance in [
        (1, stance_of(0, version=5)),  # no newer than the last
        (1, stance_of(0, version=4)),
        (0, stance_of(1, version=9)),  # our own
        (3, stance_of(0, version=9)),  # of one whom we take for lost
        (7, stance_of(0, version=9)),  # of a stranger
    ]:
        match.hear(0, sender, stance)
    assert match[0].open_losses == (3,)
    assert match[0].version == version
    match.claim(0, 0, 3, 7)
    match[0].note_held(2, (4,))
    assert match[0].version == version


def test_one_who_lies_about_somebody_whom_all_hear_does_not_remove_him() -> None:
    match = Match(range(4))
    for peer in (0, 1, 2):
        match.hear(peer, 3, stance_of(0 if peer else 1))
    del match.members[3]
    match.talk()
    assert [set(member.open_losses) for member in match.members.values()] == [set(), set(), set()]


@pytest.mark.parametrize(("one", "other"), [(0, 3), (3, 0), (1, 2)])
def test_of_two_who_do_not_hear_each_other_the_lower_id_stays(one: int, other: int) -> None:
    match = Match(range(4))
    match.claim(one, other)
    match.talk()
    stays, goes = sorted((one, other))
    assert match[stays].members == {0, 1, 2, 3} - {goes}
    assert match[goes].quorum() is Quorum.NO
    match[goes].give_up()
    assert match[goes].is_excluded
    assert not match[goes].is_open
    match[stays].give_up()
    assert not match[stays].is_excluded


# --- enough


@pytest.mark.parametrize(
    ("base", "survivors", "lowest", "arbiter"),
    [
        ({0}, {0}, Quorum.YES, Quorum.YES),
        ({0, 1}, {0}, Quorum.YES, Quorum.ARBITER),
        ({0, 1}, {1}, Quorum.NO, Quorum.ARBITER),
        ({0, 1, 2}, {1, 2}, Quorum.YES, Quorum.YES),
        ({0, 1, 2}, {0}, Quorum.NO, Quorum.NO),
        ({1, 3, 5, 7}, {1, 7}, Quorum.YES, Quorum.ARBITER),
        ({1, 3, 5, 7}, {3, 5}, Quorum.NO, Quorum.ARBITER),
        ({1, 3, 5, 7}, {1}, Quorum.NO, Quorum.NO),
        ({1, 3}, {3, 8, 9}, Quorum.NO, Quorum.ARBITER),  # those who came later do not count
    ],
)
def test_a_majority_goes_on_and_one_of_two_halves(
    base: set[int], survivors: set[int], lowest: Quorum, arbiter: Quorum
) -> None:
    assert quorum_of(base, survivors, has_arbiter=False) is lowest
    assert quorum_of(base, survivors, has_arbiter=True) is arbiter


def test_of_two_halves_that_lost_each_other_only_the_one_with_the_lowest_id_goes_on() -> None:
    match = Match(range(4))
    for peer in range(4):
        match.silent[peer] = {0, 1} if peer > 1 else {2, 3}
        match.claim(peer, *match.silent[peer])
    for peer, other in [(0, 1), (1, 0), (2, 3), (3, 2)] * 3:
        match.hear(peer, other)
    assert match.groups() == [{0, 1}, {0, 1}, {0, 1, 2, 3}, {0, 1, 2, 3}]
    match[2].give_up()
    assert match[2].is_excluded


def test_the_arbiter_is_asked_once_all_are_ready_and_is_obeyed() -> None:
    match = Match(range(4), {(2, 0): (3,)}, has_arbiter=True)
    match.claim(2, 0, 1)
    match.claim(3, 0, 1)
    match.hear(3, 2)
    assert not match[3].wants_arbiter
    del match.members[0], match.members[1]
    match.talk()
    assert match[3].wants_arbiter
    assert match[3].members == {0, 1, 2, 3}
    match[3].decide(frozenset({1, 3}), is_granted=True)  # about another group
    match[3].decide(frozenset({1, 3}), is_granted=False)
    assert match[3].wants_arbiter
    match[3].decide(frozenset({2, 3}), is_granted=True)
    match.talk()
    assert match.groups() == [{2, 3}, {2, 3}]
    assert match.cuts(0) == [(3,), (3,)]


def test_whom_the_arbiter_refuses_is_excluded() -> None:
    match = Match(range(2), has_arbiter=True)
    match.claim(1, 0)
    assert match[1].wants_arbiter
    match[1].decide(frozenset({1}), is_granted=False)
    assert match[1].is_excluded
    assert not match[1].wants_arbiter
    match.claim(1, 0)
    match.hear(1, 0, stance_of(version=9))
    assert match[1].stance.departures == (Departure(0, (0,)),)


# --- coming


def test_all_agree_on_a_newcomer_and_then_it_is_a_member() -> None:
    match = Match(range(3))
    assert match[0].accept(NEWCOMER)
    assert match[0].pending_arrival == NEWCOMER
    match.talk()
    assert match.groups() == [{0, 1, 2, 9}] * 3
    for member in match.members.values():
        agreement = member.take_agreement()
        assert agreement is not None
        assert agreement.arrivals == (Arrival(9, (1,), 100, True),)
        assert member.epoch == 1
        assert member.is_known(9)
        assert not member.is_open


def test_nobody_comes_while_a_loss_is_open_nor_twice_nor_two_at_once() -> None:
    match = Match(range(3))
    match.claim(0, 2)
    assert not match[0].accept(NEWCOMER)
    del match.members[2]
    match.silent[1] = {2}
    match.talk()
    assert not match[0].accept(Arrival(1, (1,), 100))
    assert not match[0].accept(Arrival(2, (1,), 100))
    assert match[0].accept(NEWCOMER)
    assert not match[0].accept(Arrival(8, (2,), 100))
    match.talk()
    assert match.groups() == [{0, 1, 9}] * 2
    assert not match[0].accept(NEWCOMER)


def test_only_the_lowest_survivor_is_followed_in_who_comes_and_who_does_not() -> None:
    match = Match(range(3))
    match[1].accept(NEWCOMER)
    match.hear(2, 1)
    assert match[2].pending_arrival is None
    match[1].withdraw_arrival()
    match[0].accept(NEWCOMER)
    match.hear(2, 0)
    assert match[2].pending_arrival == NEWCOMER
    match[0].withdraw_arrival()
    match.hear(2, 0)
    assert match[2].pending_arrival is None
    later = Arrival(9, (1,), 160)
    match[0].accept(later)
    match.talk()
    assert [member.stance.arrivals for member in match.members.values()] == [
        (Arrival(9, (1,), 160, True),)
    ] * 3


def test_a_newcomer_that_a_member_cannot_accept_does_not_come() -> None:
    match = Match(range(2))
    match[0].accept(NEWCOMER)
    match[1].receive(0, match[0].stance, match.held_of(1), lambda _: False, lambda _: False)
    match.hear(0, 1)
    assert match[1].pending_arrival is None
    assert not match[0].is_ready


def test_a_loss_drops_the_newcomer_that_has_not_been_agreed_upon() -> None:
    match = Match(range(4))
    match[0].accept(NEWCOMER)
    match.hear(1, 0)
    match.lose(3)
    assert match[0].pending_arrival is None
    assert match[1].pending_arrival is None
    match.talk()
    assert match.groups() == [{0, 1, 2}] * 3
    assert match[0].accept(NEWCOMER)


def test_a_newcomer_knows_what_was_agreed_before_and_nothing_that_is_open() -> None:
    match = Match(range(4), {(0, 3): (6,), (1, 3): (6,), (2, 3): (6,)})
    match.lose(3)
    match.talk()
    match[0].accept(NEWCOMER)
    match.talk()
    match.claim(0, 2)
    newcomer = Membership.for_newcomer(9, match[0].members, match[0].stance, has_arbiter=False)
    assert newcomer.members == {0, 1, 2, 9}
    assert newcomer.epoch == 2
    assert not newcomer.is_open
    assert newcomer.stance.departures == (Departure(3, (6,), True),)
    match.members[9] = newcomer
    match.silent = {peer: {2} for peer in (0, 1, 9)}
    del match.members[2]
    match.talk()
    assert match.groups() == [{0, 1, 9}] * 3


def test_one_member_and_a_newcomer_are_not_enough_until_all_have_agreed_on_it() -> None:
    """They are half of the larger group, with the lowest id: yet the others are the majority."""
    match = Match(range(3))
    match.members[9] = sponsored(match)
    for peer, lost in [(0, {1, 2}), (9, {1, 2}), (1, {0}), (2, {0})]:
        match.silent[peer] = lost
        match.claim(peer, *lost)
    for peer, other in [(0, 9), (9, 0), (1, 2), (2, 1)] * 4:
        match.hear(peer, other)
    assert match[0].is_ready
    assert match[0].quorum() is Quorum.NO
    assert match.groups() == [{0, 1, 2, 9}, {1, 2}, {1, 2}, {0, 1, 2, 9}]


def test_that_another_member_agreed_on_a_later_proposal_does_not_count_as_agreed() -> None:
    match = Match(range(2), has_arbiter=True)
    newcomer = sponsored(match)
    match.claim(1, 0)
    match[1].decide(frozenset({1}), is_granted=True)
    assert match[1].accept(Arrival(9, (1,), 160))
    assert match[1].members == {1, 9}
    match.members[9] = newcomer
    match.hear(9, 1)  # it has come at frame 100, or not at all
    match.claim(0, 1)
    for peer, other in [(0, 9), (9, 0)] * 3:
        match.hear(peer, other)
    assert match[9].quorum() is match[0].quorum() is Quorum.ARBITER


def test_a_newcomer_whose_only_witness_is_lost_learns_that_the_others_go_on_without_it() -> None:
    match = Match(range(3))
    match.members[9] = sponsored(match)
    match.lose(0)
    match.talk()
    assert match[1].members == match[2].members == {1, 2}
    assert match[9].open_losses == (0, 1, 2)
    match[9].give_up()
    assert match[9].is_excluded


def test_the_smaller_group_counts_until_all_have_agreed_on_the_newcomer_whatever_its_id() -> None:
    match = Match([3, 5])
    match[3].accept(Arrival(9, (1,), 100))
    match.talk()
    match.members[9] = Membership.for_newcomer(
        9, match[3].members, match[3].stance, has_arbiter=False
    )
    match.talk()
    match[3].accept(Arrival(7, (2,), 200))
    for peer, sender in [(5, 3), (9, 3), (5, 9), (9, 5), (3, 5), (3, 9)] * 2:
        if match[3].members != {3, 5, 7, 9}:
            match.hear(peer, sender)
    assert match.groups() == [{3, 5, 7, 9}, {3, 5, 9}, {3, 5, 9}]
    match.claim(3, 5, 9)
    assert match[3].quorum() is Quorum.NO


# --- what anybody may say

PEERS = st.integers(0, 5)
FRAMES = st.lists(st.integers(-1, 9), max_size=3).map(tuple)
STANCES = st.builds(
    Stance,
    st.integers(-1, 9),
    st.booleans(),
    st.lists(st.builds(Departure, PEERS, FRAMES, st.booleans()), max_size=4).map(tuple),
    st.lists(st.builds(Arrival, PEERS, FRAMES, st.integers(0, 9), st.booleans()), max_size=3).map(
        tuple
    ),
)


@given(
    said=st.lists(st.tuples(PEERS, STANCES, st.booleans()), max_size=12),
    claimed=st.lists(PEERS, max_size=3),
    has_arbiter=st.booleans(),
)
def test_no_stance_whatever_makes_us_stumble_or_take_back_what_we_said(
    said: list[tuple[int, Stance, bool]], claimed: list[int], *, has_arbiter: bool
) -> None:
    ours = Membership(0, range(4), has_arbiter=has_arbiter)
    for sender, stance, is_silent in said:
        before = ours.stance
        ours.receive(sender, stance, lambda _: (3,), lambda _, s=is_silent: s, lambda _: True)
        if claimed:
            ours.claim(claimed.pop(), (3,))
        after = ours.stance
        assert after == before or after.version > before.version
        assert {lost.peer for lost in before.departures} <= {lost.peer for lost in after.departures}
        assert 0 in ours.survivors <= ours.members
        assert ours.laggards() <= ours.survivors - {0} >= ours.withholders()
        assert ours.quorum() in Quorum
        assert not ours.wants_arbiter or has_arbiter


@given(said=st.lists(STANCES, max_size=8))
def test_one_alone_can_say_what_he_will_and_removes_nobody_but_himself(said: list[Stance]) -> None:
    ours = Membership(0, range(4), has_arbiter=False)
    for stance in said:
        ours.receive(1, stance, lambda _: (3,), lambda _: False, lambda _: True)
    assert set(ours.open_losses) <= {1}
    assert ours.members >= {0, 1, 2, 3}


def test_a_stance_of_another_shape_keeps_us_waiting_and_does_no_harm() -> None:
    match = Match(range(3))
    match.claim(0, 2)
    for held in [(), (0, 0), (99, 0)]:
        theirs = Stance(len(held) + 1, True, (Departure(2, held),), ())
        match.hear(0, 1, theirs)
        assert not match[0].is_ready
        assert match[0].laggards() == {1}
    twice = Stance(9, True, (Departure(2, (0,)), Departure(2, (0,))), ())
    match.hear(0, 1, twice)
    assert match[0].laggards() == {1}
    match.hear(0, 1, Stance(10, True, (Departure(2, (0,)),), ()))
    assert match[0].members == {0, 1}
