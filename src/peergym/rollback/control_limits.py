"""How much a message of ``control`` or ``bulk`` may hold; the reasons are in ``docs/wire.md``."""

from __future__ import annotations

from collections.abc import Sequence

from peergym.rollback.binary import WireError

CONTROL_VERSION = 1
MAX_SEQUENCE = (1 << 32) - 1
MAX_PEER = 255
MAX_MATCH_ID_BYTES = 64
MAX_ENTRIES = 64  # of a hello
MAX_ENTRY_NAME_BYTES = 64
MAX_ENTRY_VALUE_BYTES = 256  # digests, versions, short settings
MAX_REPORTS = 256  # of one message of checksums
MAX_REASON_BYTES = 200
MAX_PART_BYTES = 16 * 1024  # what every browser's channel takes in one message
MAX_PARTS = 256  # 4 MiB of state
MAX_STATE_BYTES = MAX_PARTS * MAX_PART_BYTES
MAX_SEED = (1 << 32) - 1  # of an episode
MAX_REEXECUTED_FRAMES = 1 << 20  # of an episode that somebody executes again: 4.8 hours at 60 Hz
MAX_MESSAGE_BYTES = 24 * 1024  # any message; the largest are a full hello and a part of a state


def check(condition: bool, message: str) -> None:
    """Refuse what breaks a limit.

    Raises:
        WireError: The condition does not hold.
    """
    if not condition:
        raise WireError(message)


def check_ascending(numbers: Sequence[int]) -> None:
    """Refuse what is not in strictly ascending order."""
    check(list(numbers) == sorted(set(numbers)), f"{list(numbers)} do not ascend")
