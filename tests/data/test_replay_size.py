"""Ten minutes of Pong are at most 20 KB."""

from __future__ import annotations

from peergym.data.execution import maker_of
from peergym.data.replay import read_replay
from peergym.data.verify import Outcome, verify_replay
from tests.data.pair import Pair, key_changes

TEN_MINUTES_FRAMES = 10 * 60 * 60
MOST_BYTES = 20_000


def test_ten_minutes_of_pong_with_four_key_changes_a_second_are_at_most_20_kb() -> None:
    pair = Pair(options={"score_to_win": 21}, actions=key_changes(3, per_s=4.0))
    pair.run(TEN_MINUTES_FRAMES + 200)
    pair.leave()
    for record in pair.records:
        replay = read_replay(record)
        assert replay.frames >= TEN_MINUTES_FRAMES - 2000  # between episodes nothing is played
        changes = sum(
            one[player] != other[player]
            for episode in replay.episodes
            for one, other in zip(episode.played_rows, episode.played_rows[1:], strict=False)
            for player in (0, 1)
        )
        assert changes / 2 / replay.duration_s > 3.5
        assert len(record) <= MOST_BYTES
        assert verify_replay(replay, maker_of(replay)).outcome is Outcome.VERIFIED
