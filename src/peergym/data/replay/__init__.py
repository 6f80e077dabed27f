"""The replay file: all that is needed to execute a match again, bit for bit.

    format      magic, chunks, limits; `docs/replay.md` has every byte
    span        a second of a match as bits: inputs, guesses, checksums, figures
    model       what was read: `Replay`, its episodes, who sat where, what happened
    writer      from facts to chunks, each complete when it is handed out
    recorder    watches a session and its game, and writes
    reader      from bytes to a `Replay`, or a sentence that says what is wrong

Standard library only: the same code writes in the browser's worker.
"""

from peergym.data.replay.model import Replay
from peergym.data.replay.reader import read_replay
from peergym.data.replay.recorder import MatchRecorder

__all__ = ["MatchRecorder", "Replay", "read_replay"]
