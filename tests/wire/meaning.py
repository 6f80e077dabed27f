"""What our decoders return, as the plain JSON that vectors and the independent decoder use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from itertools import groupby
from typing import Any

from peergym.rollback.control import ControlMessage
from peergym.rollback.wire import Body, InputRun, Trailer

SCALARS: dict[type, Callable[[Any], str]] = {
    int: "{:x}".format,
    float: float.hex,
    bytes: bytes.hex,
    str: str,
}


def of_datagram(body: Body, trailer: Trailer) -> dict[str, Any]:
    return {
        "match_tag": body.match_tag,
        "episode": body.episode,
        "epoch": body.epoch,
        "held": list(body.held),
        "status": [int(status) for status in body.status],
        "last_tick": body.last_tick,
        "phase": body.phase,
        "inputs": [[of_run(run) for run in runs] for runs in body.inputs],
        "sent": trailer.sent,
        "echo": trailer.echo,
    }


def of_run(run: InputRun) -> dict[str, Any]:
    return {"first_frame": run.first_frame, "repeats": repeats_of(run.values)}


def repeats_of(values: tuple[int, ...]) -> list[list[Any]]:
    return [[f"{value:x}", len(list(group))] for value, group in groupby(values)]


def of_control(sequence: int, message: ControlMessage) -> dict[str, Any]:
    meaning: dict[str, Any] = {"message": type(message).__name__, "sequence": sequence}
    for field in fields(message):
        value = getattr(message, field.name)
        meaning[field.name] = FIELDS.get(field.name, lists)(value)
    return meaning


def lists(value: Any) -> Any:
    """The same with lists in the place of tuples."""
    if isinstance(value, dict):
        return {name: lists(item) for name, item in value.items()}
    return [lists(item) for item in value] if isinstance(value, tuple) else value


def changes(value: Any) -> list[Any]:
    return [lists(asdict(change)) for change in value]


FIELDS: dict[str, Callable[[Any], Any]] = {
    "checksum": "{:x}".format,
    "reports": lambda reports: [[frame, f"{checksum:x}"] for frame, checksum in reports],
    "data": bytes.hex,
    "run": of_run,
    "columns": lambda columns: [repeats_of(column) for column in columns],
    "departures": changes,
    "arrivals": changes,
}


def of_canonical(value: Any) -> Any:
    """As [type, content]; dicts and sets in the order of their decoding."""
    kind = type(value)
    if value is None or kind is bool:
        return [str(value)]
    if kind in SCALARS:
        return [kind.__name__, SCALARS[kind](value)]
    if kind is dict:
        return ["dict", [[of_canonical(key), of_canonical(item)] for key, item in value.items()]]
    return [kind.__name__, [of_canonical(item) for item in value]]


def sets_in_one_order(meaning: Any) -> Any:
    """The same meaning with the items of sets sorted, since Python keeps no order of them."""
    if not isinstance(meaning, list):
        return meaning
    meaning = [sets_in_one_order(part) for part in meaning]
    if meaning and meaning[0] in ("set", "frozenset"):
        return [meaning[0], sorted(meaning[1], key=repr)]
    return meaning
