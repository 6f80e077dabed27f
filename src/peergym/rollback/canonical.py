"""One sequence of bytes for each plain value: what checksums and state transfer are made of.

Theory of operation: every value is a tag byte and its content, all numbers little-endian, so that
the bytes are the same on every machine and say themselves what they are. Two values have the same
bytes exactly if no program could tell them apart by looking at types and values: ``1``, ``1.0``
and ``True`` differ, so do a tuple and a list, ``0.0`` and ``-0.0``. Dicts and sets have no order
here: their entries are sorted by encoded key, because equal states may have been built in
different orders. All NaNs are one, because which NaN an operation gives depends on the processor.

Laws:
    - `decode` raises `WireError` and nothing else, whatever the bytes; what decodes, encodes to
      the same bytes again.
    - `encode` never falls back to repr, pickle or hash. A type it does not know, a subclass
      included, is an error that names the path.
    - Not kept: the order of dicts and sets, and whether two places held the same object.

Source: the idea of deterministic encoding as in RFC 8949 (CBOR), section 4.2; the format is ours,
because CBOR has neither tuples nor sets and merges key types that Python tells apart.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from math import isnan
from struct import Struct
from typing import Any

from peergym.errors import EnvironmentContractError
from peergym.rollback.binary import Reader, WireError
from peergym.rollback.difference import first_difference, path_of_key

__all__ = [
    "MAX_CANONICAL_BYTES",
    "MAX_DEPTH",
    "MAX_VALUES",
    "checksum",
    "decode",
    "encode",
    "first_difference",
]

MAX_CANONICAL_BYTES = 4 * 1024 * 1024  # accepted from a peer: what a transfer of state may take
MAX_DEPTH = 64  # nested containers; far below Python's recursion limit, also under Pyodide
MAX_VALUES = 1 << 19  # in one decoded value: an empty set is 2 bytes here and 216 in memory

_NONE, _FALSE, _TRUE, _INT, _FLOAT, _STR, _BYTES = range(7)
_TUPLE, _LIST, _DICT, _SET, _FROZENSET = range(8, 13)

_FLOAT64 = Struct("<d")
_NAN_BITS = (0x7FF8 << 48).to_bytes(8, "little")  # the quiet NaN of every common processor


def checksum(data: bytes) -> int:
    """The 64-bit checksum of canonical bytes, for comparison among peers."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def encode(value: object) -> bytes:
    """Encode None, bool, int, float, str, bytes, tuple, list, dict, set and frozenset.

    Raises:
        EnvironmentContractError: ``value`` holds something else, is nested deeper than
            `MAX_DEPTH` (as what contains itself is), or two keys of a dict have the same bytes;
            carries the path of the first offence.
    """
    out = bytearray()
    try:
        _encode(value, out, 0)
    except _CannotEncodeError:
        raise _explain(value, "", 0) from None
    return bytes(out)


class _CannotEncodeError(Exception):
    """Stops an encoding; where and why is found out afterwards, off the fast path."""


def _encode(value: object, out: bytearray, depth: int) -> None:
    kind = type(value)
    scalar = _SCALARS.get(kind)
    if scalar is not None:
        scalar(value, out)
        return
    container = _CONTAINERS.get(kind)
    if container is None or depth == MAX_DEPTH:
        raise _CannotEncodeError
    container(value, out, depth + 1)


def _encode_none(_: None, out: bytearray) -> None:
    out.append(_NONE)


def _encode_bool(value: bool, out: bytearray) -> None:
    out.append(_TRUE if value else _FALSE)


def _encode_int(value: int, out: bytearray) -> None:
    out.append(_INT)
    size = ((value if value >= 0 else ~value).bit_length() >> 3) + 1
    _append_size(out, size)
    out += value.to_bytes(size, "little", signed=True)


def _encode_float(value: float, out: bytearray) -> None:
    out.append(_FLOAT)
    out += _NAN_BITS if isnan(value) else _FLOAT64.pack(value)


def _encode_str(value: str, out: bytearray) -> None:
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise _CannotEncodeError from None
    out.append(_STR)
    _append_size(out, len(data))
    out += data


def _encode_bytes(value: bytes, out: bytearray) -> None:
    out.append(_BYTES)
    _append_size(out, len(value))
    out += value


def _encode_sequence(value: tuple[object, ...] | list[object], out: bytearray, depth: int) -> None:
    out.append(_TUPLE if type(value) is tuple else _LIST)
    _append_size(out, len(value))
    for item in value:
        _encode(item, out, depth)


def _encode_dict(value: dict[object, object], out: bytearray, depth: int) -> None:
    keys = _sorted_encodings(value, depth)
    out.append(_DICT)
    _append_size(out, len(keys))
    for encoded_key, key in keys:
        out += encoded_key
        _encode(value[key], out, depth)


def _encode_set(value: set[object] | frozenset[object], out: bytearray, depth: int) -> None:
    items = _sorted_encodings(value, depth)
    out.append(_SET if type(value) is set else _FROZENSET)
    _append_size(out, len(items))
    for encoded, _ in items:
        out += encoded


def _sorted_encodings(items: Any, depth: int) -> list[tuple[bytes, object]]:
    """(bytes, item) of the keys of a dict or the items of a set, by bytes."""
    encoded = []
    for item in items:
        one = bytearray()
        _encode(item, one, depth)
        encoded.append((bytes(one), item))
    if len({data for data, _ in encoded}) < len(encoded):
        raise _CannotEncodeError  # two NaNs, say
    encoded.sort(key=_first)
    return encoded


def _first(pair: tuple[bytes, object]) -> bytes:
    return pair[0]


def _append_size(out: bytearray, size: int) -> None:
    while size > 0x7F:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)


_SCALARS: dict[type, Callable[[Any, bytearray], None]] = {
    type(None): _encode_none,
    bool: _encode_bool,
    int: _encode_int,
    float: _encode_float,
    str: _encode_str,
    bytes: _encode_bytes,
}
_CONTAINERS: dict[type, Callable[[Any, bytearray, int], None]] = {
    tuple: _encode_sequence,
    list: _encode_sequence,
    dict: _encode_dict,
    set: _encode_set,
    frozenset: _encode_set,
}


def _explain(value: Any, path: str, depth: int) -> EnvironmentContractError:
    """The error for the first offence in ``value``, which is known to hold one."""
    kind = type(value)
    if kind not in _SCALARS and kind not in _CONTAINERS:
        name = f"{kind.__module__}.{kind.__qualname__}"
        return EnvironmentContractError(f"a {name} cannot be part of a state", path)
    if kind is str:
        return EnvironmentContractError(f"{value!a} cannot be written as UTF-8", path)
    if depth == MAX_DEPTH:
        return EnvironmentContractError(f"nested deeper than {MAX_DEPTH} containers", path)
    parts: list[tuple[object, str]] = []
    if kind is dict:
        parts = [(key, f"{path}.keys()") for key in value]
        parts += [(item, path + path_of_key(key)) for key, item in value.items()]
    elif kind in (set, frozenset):
        parts = [(item, f"{path}{{}}") for item in value]
    else:
        parts = [(item, f"{path}[{index}]") for index, item in enumerate(value)]
    for part, part_path in parts:
        try:
            _encode(part, bytearray(), depth + 1)
        except _CannotEncodeError:
            return _explain(part, part_path, depth + 1)
    return EnvironmentContractError("two keys or items have the same bytes", path)


def decode(data: bytes, max_bytes: int = MAX_CANONICAL_BYTES) -> Any:
    """Decode canonical bytes.

    Args:
        data: From `encode`, or from a peer.
        max_bytes: More are refused.

    Raises:
        WireError: The bytes are not the canonical bytes of one value, or exceed a limit.
    """
    if len(data) > max_bytes:
        raise WireError(f"{len(data)} canonical bytes, {max_bytes} at most")
    decoder = _Decoder(data)
    value = decoder.value(0)
    decoder.reader.expect_end()
    return value


class _Decoder:
    """Reads one value; counts what it makes."""

    def __init__(self, data: bytes) -> None:
        self.reader = Reader(data)
        self._room = MAX_VALUES

    def value(self, depth: int) -> Any:
        tag = self.reader.u8()
        if tag == _FLOAT:
            return self._float()
        if tag == _INT:
            return self._int()
        if tag == _STR:
            return self.reader.text(self.reader.remaining_bytes)
        if tag == _BYTES:
            return self.reader.blob(self.reader.remaining_bytes)
        if tag <= _TRUE:
            return None if tag == _NONE else tag == _TRUE
        if _TUPLE <= tag <= _FROZENSET:
            if depth == MAX_DEPTH:
                raise WireError(f"nested deeper than {MAX_DEPTH} containers")
            return self._container(tag, depth + 1)
        raise WireError(f"tag {tag} is unknown")

    def _int(self) -> int:
        data = self.reader.blob(self.reader.remaining_bytes)
        value = int.from_bytes(data, "little", signed=True)
        if len(data) != ((value if value >= 0 else ~value).bit_length() >> 3) + 1:
            raise WireError(f"int of {len(data)} bytes is not in shortest form")
        return value

    def _float(self) -> float:
        data = self.reader.raw(8)
        value: float = _FLOAT64.unpack(data)[0]
        if isnan(value) and data != _NAN_BITS:
            raise WireError("NaN is not the canonical one")
        return value

    def _container(self, tag: int, depth: int) -> Any:
        # Each entry takes at least one byte, so a count is bounded by what is there.
        count = self.reader.varint(self.reader.remaining_bytes)
        self._room -= count * (2 if tag == _DICT else 1)
        if self._room < 0:
            raise WireError(f"more than {MAX_VALUES} values")
        if tag == _LIST:
            return [self.value(depth) for _ in range(count)]
        if tag == _TUPLE:
            return tuple([self.value(depth) for _ in range(count)])
        if tag == _DICT:
            return self._dict(count, depth)
        return self._set(count, depth) if tag == _SET else frozenset(self._set(count, depth))

    def _dict(self, count: int, depth: int) -> dict[Any, Any]:
        result = {}
        previous = b""
        for _ in range(count):
            key, previous = self._key(previous, depth)
            result[key] = self.value(depth)
        if len(result) != count:
            raise WireError("keys of a dict are equal")
        return result

    def _set(self, count: int, depth: int) -> set[Any]:
        result = set()
        previous = b""
        for _ in range(count):
            item, previous = self._key(previous, depth)
            result.add(item)
        if len(result) != count:
            raise WireError("items of a set are equal")
        return result

    def _key(self, previous: bytes, depth: int) -> tuple[Any, bytes]:
        """A hashable value whose bytes come after ``previous``, with its bytes."""
        start = self.reader.position
        key = self.value(depth)
        data = self.reader.between(start)
        if data <= previous:
            raise WireError("keys or items are not in ascending order")
        try:
            hash(key)
        except TypeError:
            raise WireError(f"a {type(key).__name__} cannot be a key") from None
        return key, data
