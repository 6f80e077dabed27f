"""Room codes: short enough to read out, without letters that look or sound like others.

The alphabet has no 0/O/Q, 1/I/L, 2/Z, 5/S, 8/B and U/V, and no vowels, so that no code spells a
word. Six of its 20 letters make 64 million codes; with the limits on attempts (`limits.py`), a
stranger who guesses for a day meets one of 100 open rooms with a chance of 1 in 7.
"""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "CDFGHJKMNPRTWXY34679"
CODE_LENGTH = 6
SEPARATORS = " -_."
"""What people put between the letters of a code when they write it down."""

RANDOM_BYTES_PER_CODE = 16
"""Taken as one number, 128 bits favour no letter by more than one part in 10^30."""


def make_code(entropy: Callable[[int], bytes]) -> str:
    """Make a random code.

    Args:
        entropy: Returns as many random bytes as asked for, such as ``os.urandom``.
    """
    number = int.from_bytes(entropy(RANDOM_BYTES_PER_CODE), "little")
    letters = []
    for _ in range(CODE_LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def normalise_code(text: str) -> str:
    """Bring a typed code into the form in which rooms are kept: capitals, no separators."""
    return text.upper().translate({ord(separator): None for separator in SEPARATORS})
