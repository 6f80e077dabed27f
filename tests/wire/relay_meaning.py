"""What our decoder of the relay's frames returns, as the plain JSON of its vectors."""

from __future__ import annotations

from typing import Any

from peergym.rollback import relay_wire as relay
from peergym.rollback.route_report import LOSS_STEPS, RouteReport


def of_frame(frame: relay.UpFrame | relay.DownFrame) -> dict[str, Any]:
    if isinstance(frame, relay.FannedInput):
        recipients = {str(peer): trailer.hex() for peer, trailer in frame.recipients}
        return {"frame": "Input", "recipients": recipients, "body": frame.body.hex()}
    if isinstance(frame, relay.Addressed):
        name = frame.kind.name.capitalize()
        return {"frame": name, "peer": frame.peer, "data": frame.data.hex()}
    name = "Token" if isinstance(frame, relay.FreshToken) else type(frame).__name__
    meaning: dict[str, Any] = {"frame": name}
    if isinstance(frame, relay.Attach | relay.FreshToken):
        meaning["token"] = frame.token
    elif isinstance(frame, relay.Ping | relay.Pong):
        meaning["stamp"] = frame.stamp
    else:
        meaning["peer"] = frame.peer
    if isinstance(frame, relay.Welcome):
        meaning["others"] = list(frame.others)
    if isinstance(frame, relay.Gone):
        meaning["goodbye"] = frame.is_goodbye
    return meaning


def of_report(report: RouteReport) -> dict[str, Any]:
    return {
        "hears_direct": report.hears_direct,
        "likes_direct": report.likes_direct,
        "route": report.route.name.lower(),
        "loss_of_255": round(report.loss * LOSS_STEPS),
        "count": report.count,
        "sent": report.trailer.sent,
        "echo": report.trailer.echo,
    }
