"""Any file as a replay: it is refused with a sentence, or read, bounded, and executed."""

from __future__ import annotations

import zlib
from functools import cache

from peergym.data.execution import maker_of
from peergym.data.replay import read_replay
from peergym.data.replay.format import MAGIC, MAX_SPAN_FRAMES, Chunk, ChunkWriter, read_chunks
from peergym.data.replay.span import Figures, Span, SpanCodec
from peergym.data.verify import verify_replay
from peergym.errors import ReplayError
from tests.fuzz.choices import Choices

DEEP = frozenset(
    {
        "not a replay", "damaged", "refused", "torn", "sealed", "rows", "guesses", "states",
        "changes", "happenings", "end", "verified", "repaired", "differs", "failed",
    }
)  # fmt: skip
KINDS = (*Chunk, 0x33, 0x99)
MOST_EXECUTED_FRAMES = 600


def reach(data: bytes) -> set[str]:
    """The first byte says whether the others are a file or decide about one."""
    choices = Choices(data)
    file = choices.pick((_any_file, _of_any_chunks, _damaged))(choices)
    try:
        replay = read_replay(file)
    except ReplayError as error:
        if not file.startswith(MAGIC):
            return {"not a replay"}
        return {"damaged" if "damaged" in str(error) else "refused"}
    assert replay.sound_bytes <= len(file)
    spans = file.count(bytes([Chunk.SPAN]))
    reached = {"sealed" if replay.is_sealed else "torn"}
    for episode in replay.episodes:
        assert len(episode.rows) <= spans * MAX_SPAN_FRAMES
        assert all(len(row) == len(replay.header.owners) for row in episode.rows)
        reached |= {
            name for name in ("rows", "guesses", "states", "changes", "happenings")
            if getattr(episode, name)
        }  # fmt: skip
        reached |= {"end"} if episode.end_frame is not None else set()
    if replay.frames <= MOST_EXECUTED_FRAMES and replay.header.game.get("spec") == "chaos":
        try:
            make_game = maker_of(replay)
        except ReplayError:
            return reached
        reached.add(verify_replay(replay, make_game).outcome.value)
    return reached


def _any_file(choices: Choices) -> bytes:
    return choices.take(choices.left)


def _of_any_chunks(choices: Choices) -> bytes:
    """A header, an episode, and chunks with any bytes in them, sound in every check."""
    writer = ChunkWriter()
    parts = [writer.begin()]
    sound = list(read_chunks(_sound()))[: 1 + choices.below(8)]
    parts += [writer.chunk(chunk.kind, chunk.payload) for chunk in sound]
    for _ in range(choices.below(4)):
        kind = choices.pick(KINDS)
        payload = choices.pick((_span, _state, _any_payload))(choices)
        if kind == Chunk.SEAL and choices.flag():
            payload = b"\0" + writer.digest
        parts.append(writer.chunk(kind, payload))
    return b"".join(parts)


def _span(choices: Choices) -> bytes:
    rows = [(choices.below(4), choices.below(4)) for _ in range(choices.below(5))]
    guesses = [choices.below(4) for _ in range(choices.below(5))]
    checksums = [(1 + choices.below(3), choices.below(256)) for _ in range(choices.below(2))]
    figures = Figures(rtts_ms={choices.below(3): choices.below(256) / 10})
    return SpanCodec((2, 2)).encode(Span(rows, guesses, checksums, figures))


def _state(choices: Choices) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = choices.take(choices.below(8))
    head = bytes([choices.below(4), choices.below(128)])
    return head + deflater.compress(data) + deflater.flush()


def _any_payload(choices: Choices) -> bytes:
    return choices.take(choices.below(40))


def _damaged(choices: Choices) -> bytes:
    """A sound file with some bytes changed, or the end torn off."""
    file = bytearray(_sound())
    if choices.flag():
        return bytes(file[: choices.below(256) * len(file) // 256])
    for _ in range(choices.below(3)):
        file[choices.below(256) * len(file) // 256] ^= 1 + choices.below(255)
    return bytes(file)


@cache
def _sound() -> bytes:
    """A match of two seconds in which all kinds of things happened."""
    # Imported here: a fuzzer watches what the target imports, and this is not under test.
    from tests.data.sound import sound_replay  # noqa: PLC0415

    return sound_replay()
