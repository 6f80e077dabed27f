"""Every reachable state of the agreement on members, for a few peers, and the laws in each.

What can happen: any peer crashes; a peer that is gone, or with bounds one that is not, is taken for
lost by anyone at any time; any stance that was ever said arrives, or a later one instead, or none;
a survivor that holds more of a lost peer hands it on; the arbiter is asked, and answers late or
never; somebody without a quorum gives up; a newcomer is proposed, withdrawn, proposed again, and
comes into being once its sponsor has agreed.

    python -m tests.rollback.membership_model             the worlds of the tests
    python -m tests.rollback.membership_model --large     larger ones, for minutes
    python -m tests.rollback.membership_model WORD ...    any whose names have one of these words

The modules: `peers` (one peer, as a state with a number), `channels` (what is on its way), `world`
(all of them, and what can happen), `laws` (what must hold), `search` (breadth-first), `bounds`.
"""
