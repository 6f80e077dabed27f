"""What an exchange costs: a model of it with real datagrams, counted byte by byte.

Each peer ticks 60 times a second, every recipient's view of it is half a round trip old when it
arrives, and each player changes among three actions four times a second.
"""

from __future__ import annotations

from random import Random

from peergym.rollback.wire import (
    Body,
    InputRun,
    SeatTable,
    Trailer,
    decode_datagram,
    encode_body,
    encode_trailer,
    match_tag_of,
)

FRAME_RATE_HZ = 60
FRAMES = 10 * 60 * FRAME_RATE_HZ  # ten minutes: frames reach three bytes after 4.5
ONE_WAY_FRAMES = 3  # 50 ms
MOST_BYTES_OF_TWO = 16.0
MOST_BYTES_PER_SECOND_OF_FOUR = 3000.0


def scripted_inputs(seed: int) -> list[int]:
    """Three actions, a change in one frame of fifteen."""
    random = Random(seed)
    inputs, action = [], 0
    for _ in range(FRAMES):
        if random.randrange(15) == 0:
            action = random.choice([other for other in range(3) if other != action])
        inputs.append(action)
    return inputs


def mean_datagram_bytes(players: int) -> float:
    """Mean size of a datagram of player 0."""
    seats = SeatTable(range(players), (2,) * players)
    inputs = scripted_inputs(seed=11)
    assert {0, 1, 2} == set(inputs)
    round_trip_frames = 2 * ONE_WAY_FRAMES
    total_bytes = 0
    for frame in range(FRAMES):
        # Held of us by the others when they sent what has arrived by now.
        acknowledged = max(frame - round_trip_frames - 1, -1)
        others = max(frame - ONE_WAY_FRAMES, -1)
        run = InputRun(acknowledged + 1, tuple(inputs[acknowledged + 1 : frame + 1]))
        body = Body(
            match_tag=match_tag_of("size"),
            episode=0,
            epoch=0,
            last_tick=frame,
            phase=3,
            held=(frame, *[others] * (players - 1)),
            status=seats.all_present,
            inputs=((run,),),
        )
        data = encode_body(body, 0, seats) + encode_trailer(Trailer(frame * 67 % 65536, 400))
        assert decode_datagram(data, 0, seats)[0] == body
        total_bytes += len(data)
    return total_bytes / FRAMES


def test_two_players_at_100_ms_need_at_most_16_bytes_a_datagram() -> None:
    mean_bytes = mean_datagram_bytes(2)
    print(f"two players: {mean_bytes:.2f} bytes a datagram")
    assert 10.0 < mean_bytes <= MOST_BYTES_OF_TWO


def test_four_players_need_at_most_3000_bytes_a_second_each() -> None:
    mean_bytes = mean_datagram_bytes(4)
    bytes_per_second = mean_bytes * 3 * FRAME_RATE_HZ
    print(f"four players: {mean_bytes:.2f} bytes a datagram, {bytes_per_second:.0f} bytes/s")
    assert 2000.0 < bytes_per_second <= MOST_BYTES_PER_SECOND_OF_FOUR
