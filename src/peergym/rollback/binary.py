"""Bounded reading and writing of bytes and bits, shared by everything that crosses a channel.

Theory of operation: a `Reader` walks over bytes it does not trust. Each call takes one field and
checks it against the limit the caller names, so that no length, count or number of a peer's
choosing is ever acted on unchecked. Bit streams are held in one big integer: shifting it is far
cheaper in Python, and under Pyodide, than a loop over bits.

Laws:
    - A reader raises `WireError` and nothing else, whatever the bytes.
    - Every value has exactly one encoding: overlong numbers and set padding bits are refused.
    - Writers refuse, also with `WireError`, what a reader would refuse.

Source: LEB128 numbers as in DWARF 5 (section 7.6), zigzag as in Protocol Buffers, Exp-Golomb codes
of order k after Teuhola (1978), as in H.264 (section 9.1).
"""

from __future__ import annotations

from peergym.errors import RemoteProtocolError


class WireError(RemoteProtocolError, ValueError):
    """Bytes that the protocol does not allow, or values that it cannot carry."""


class Writer:
    """Appends fields to a growing run of bytes."""

    __slots__ = ("_out",)

    def __init__(self) -> None:
        self._out = bytearray()

    def u8(self, value: int) -> None:
        """Append one byte (0 to 255)."""
        if not 0 <= value <= 0xFF:
            raise WireError(f"{value} does not fit 8 bits")
        self._out.append(value)

    def u16(self, value: int) -> None:
        """Append two bytes, low byte first (0 to 65535)."""
        if not 0 <= value <= 0xFFFF:
            raise WireError(f"{value} does not fit 16 bits")
        self._out += value.to_bytes(2, "little")

    def u64(self, value: int) -> None:
        """Append eight bytes, low byte first (0 to 2**64 - 1)."""
        if not 0 <= value <= 0xFFFF_FFFF_FFFF_FFFF:
            raise WireError(f"{value} does not fit 64 bits")
        self._out += value.to_bytes(8, "little")

    def varint(self, value: int, limit: int) -> None:
        """Append a LEB128 number of 0 to ``limit``: seven bits a byte, low bits first."""
        if not 0 <= value <= limit:
            raise WireError(f"{value} lies outside 0 to {limit}")
        out = self._out
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        out.append(value)

    def zigzag(self, value: int, limit: int) -> None:
        """Append a signed number of -``limit`` to ``limit``; small magnitudes take few bytes."""
        self.varint(value << 1 if value >= 0 else ~value << 1 | 1, limit << 1)

    def raw(self, data: bytes) -> None:
        """Append bytes as they are."""
        self._out += data

    def blob(self, data: bytes, limit: int) -> None:
        """Append a length of at most ``limit``, then that many bytes."""
        self.varint(len(data), limit)
        self._out += data

    def text(self, value: str, limit: int) -> None:
        """Append text as UTF-8 of at most ``limit`` bytes, behind its length."""
        try:
            data = value.encode()
        except UnicodeEncodeError as error:
            raise WireError(f"text cannot be UTF-8: {error.reason}") from None
        self.blob(data, limit)

    def to_bytes(self) -> bytes:
        """All that was written."""
        return bytes(self._out)


class Reader:
    """Takes fields off bytes that a peer has sent.

    Args:
        data: The bytes; not copied.
        position: Index of the first byte to read.
        end: Index after the last byte to read; None for all.
    """

    __slots__ = ("_data", "_end", "_position")

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self._data = data
        self._position = position
        self._end = len(data) if end is None else end

    @property
    def remaining_bytes(self) -> int:
        """How many bytes are left."""
        return self._end - self._position

    @property
    def position(self) -> int:
        """Index of the next byte."""
        return self._position

    def between(self, start: int) -> bytes:
        """The bytes taken since ``position`` was ``start``."""
        return self._data[start : self._position]

    def u8(self) -> int:
        """Take one byte."""
        position = self._position
        if position >= self._end:
            raise WireError(f"ends at byte {position}, where one more is needed")
        self._position = position + 1
        return self._data[position]

    def u16(self) -> int:
        """Take two bytes, low byte first."""
        return int.from_bytes(self.raw(2), "little")

    def u64(self) -> int:
        """Take eight bytes, low byte first."""
        return int.from_bytes(self.raw(8), "little")

    def varint(self, limit: int) -> int:
        """Take a LEB128 number of at most ``limit``, in its shortest form."""
        data, position, end = self._data, self._position, self._end
        value = shift = 0
        while position < end:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if value > limit:
                raise WireError(f"number at byte {self._position} is above {limit}")
            if byte < 0x80:
                if byte == 0 and shift:
                    raise WireError(f"number at byte {self._position} is not in shortest form")
                self._position = position
                return value
            shift += 7
            if limit >> shift == 0:
                raise WireError(f"number at byte {self._position} is too long for {limit}")
        raise WireError(f"number at byte {self._position} is cut off")

    def zigzag(self, limit: int) -> int:
        """Take a signed number of -``limit`` to ``limit``."""
        value = self.varint(limit << 1)
        return value >> 1 if value & 1 == 0 else ~(value >> 1)

    def raw(self, size: int) -> bytes:
        """Take ``size`` bytes."""
        position = self._position
        if size > self._end - position:
            raise WireError(f"{size} bytes needed at byte {position}, {self._end - position} left")
        self._position = position + size
        return self._data[position : position + size]

    def blob(self, limit: int) -> bytes:
        """Take a length of at most ``limit``, then that many bytes."""
        return self.raw(self.varint(limit))

    def text(self, limit: int) -> str:
        """Take UTF-8 of at most ``limit`` bytes, behind its length."""
        data = self.blob(limit)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise WireError(f"text is not UTF-8: {error.reason}") from None

    def expect_end(self) -> None:
        """Refuse what follows the last field."""
        if self._position != self._end:
            raise WireError(f"{self._end - self._position} bytes too many")


class BitWriter:
    """Appends bits, the first one to the highest bit of the first byte."""

    __slots__ = ("_accumulator", "_size")

    def __init__(self) -> None:
        self._accumulator = 0
        self._size = 0

    def bits(self, value: int, width: int) -> None:
        """Append the ``width`` low bits of ``value``, highest first."""
        if value >> width or value < 0:
            raise WireError(f"{value} does not fit {width} bits")
        self._accumulator = self._accumulator << width | value
        self._size += width

    def golomb(self, value: int, order: int) -> None:
        """Append ``value`` (0 or more) as an Exp-Golomb code of order ``order``.

        The code is ``value + 2**order`` in binary, behind as many zeros as it has bits above
        ``order + 1``: values below ``2**order`` take ``order + 1`` bits.
        """
        if value < 0:
            raise WireError(f"{value} is negative")
        code = value + (1 << order)
        size = (code.bit_length() << 1) - order - 1
        self._accumulator = self._accumulator << size | code
        self._size += size

    def to_bytes(self) -> bytes:
        """All that was written, filled with zero bits to a whole byte."""
        padding = -self._size & 7
        return (self._accumulator << padding).to_bytes((self._size + padding) >> 3, "big")


class BitReader:
    """Takes bits off bytes that a peer has sent, the highest bit of the first byte first."""

    __slots__ = ("_left", "_rest")

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "big")
        self._left = len(data) << 3

    def bits(self, width: int) -> int:
        """Take ``width`` bits, highest first."""
        left = self._left - width
        if left < 0:
            raise WireError(f"{width} bits needed, {self._left} left")
        value = self._rest >> left
        self._rest ^= value << left
        self._left = left
        return value

    def golomb(self, order: int, limit: int) -> int:
        """Take an Exp-Golomb code of order ``order`` whose value is at most ``limit``."""
        rest, left = self._rest, self._left
        # The code starts at the highest bit that is set, and is longer than `order` bits by one
        # for each zero before that bit, and one.
        left -= ((left - rest.bit_length()) << 1) + order + 1
        if left < 0:
            raise WireError(f"a code of order {order} is cut off, {self._left} bits left")
        code = rest >> left
        value = code - (1 << order)
        if value > limit:
            raise WireError(f"a code gives {value}, above {limit}")
        self._rest = rest ^ (code << left)
        self._left = left
        return value

    def expect_padding(self) -> None:
        """Refuse all but the zero bits that fill the last byte."""
        if self._left > 7:
            raise WireError(f"{self._left >> 3} bytes too many behind the bits")
        if self._rest:
            raise WireError("padding bits are set")
