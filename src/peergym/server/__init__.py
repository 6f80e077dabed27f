"""The server: pages, what the browser unpacks, and the signalling that introduces peers.

`create_app` makes the application from settings; nothing is kept in module globals, so two
servers in one process share nothing. Once peers are connected, the server carries none of their
data.
"""

from peergym.server.app import create_app
from peergym.server.settings import DROPPED, ForwardedSignal, ServerSettings, SocketLimits

__all__ = ["DROPPED", "ForwardedSignal", "ServerSettings", "SocketLimits", "create_app"]
