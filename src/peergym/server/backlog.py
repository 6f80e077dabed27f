"""Cuts off members of rooms who do not read what they are told.

Theory of operation: the Socket.IO library keeps what it was given for a client until the client
takes it, however much that is. So before it is given more, it is looked at what waits. Whoever is
that far behind is served no longer, and what waited for him is forgotten: his place is kept for the
grace, as for everybody whose connection is lost, and when he takes it up again he is told how
things stand.
"""

from __future__ import annotations

import socketio

MOST_WAITING = 256
"""Messages. Who comes to a room of sixteen gets some 300 within seconds, and reads them meanwhile;
of the longest that there are it is 4 MB."""


class Backlog:
    """What waits for each member of one server.

    Args:
        sio: Sends to them.
    """

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self._sio = sio

    async def admits(self, member: str) -> bool:
        """Whether a member may be told more; if not, his connection is at its end."""
        line = self._sio.eio.sockets.get(self._sio.manager.eio_sid_from_sid(member, "/"))
        if line is None or line.queue.qsize() < MOST_WAITING:
            return True
        while not line.queue.empty():
            line.queue.get_nowait()
            line.queue.task_done()
        # The library's sign for its writer to close the socket, once that takes something again;
        # the server's pings see to it if it never does.
        line.queue.put_nowait(None)
        await line.close(wait=False, abort=True)
        return False
