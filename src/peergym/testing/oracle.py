"""The truth: what a match must have come to, from its inputs alone.

Theory of operation: the game is stepped frame by frame with the recorded inputs of all players,
never saved to go back to, never predicted, never corrected. Whatever a session did, every
confirmed frame of every peer must equal this run bit for bit.

Law: nothing of a session is imported here or called from here; the only things known are the
game, the seeds and the inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from peergym.envs.maker import MakeGame


def checksum_of(data: bytes) -> int:
    """The 64-bit checksum of canonical bytes: BLAKE2b, little-endian."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def true_checksums(
    make_game: MakeGame,
    seed: int,
    inputs: Iterable[tuple[int, ...]],
    replaced: Mapping[int, object] | None = None,
) -> Iterator[int]:
    """Run an episode in lockstep.

    Args:
        make_game: Makes a fresh game.
        seed: Seed of the episode.
        inputs: For each frame from 0 on, the input of every player.
        replaced: States that were put in the place of the true ones, by frame: what comes after
            follows from them.

    Yields:
        The checksum of frame 0, and of the frame after each step; it stays the same once the
        game has ended.
    """
    game = make_game()
    game.reset(seed)
    yield checksum_of(game.canonical(game.save()))
    for frame, frame_inputs in enumerate(inputs, start=1):
        game.step(frame_inputs)
        if replaced and frame in replaced:
            game.load(replaced[frame])
        yield checksum_of(game.canonical(game.save()))


def end_frame(make_game: MakeGame, seed: int, inputs: Iterable[tuple[int, ...]]) -> int | None:
    """The first frame at which the episode had terminated; None if it has not."""
    game = make_game()
    game.reset(seed)
    for frame, frame_inputs in enumerate(inputs):
        game.step(frame_inputs)
        if game.terminated:
            return frame + 1
    return None
