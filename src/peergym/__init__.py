"""Python environments and games, played together by people and AI agents, peer to peer."""

__version__ = "0.1.0"
