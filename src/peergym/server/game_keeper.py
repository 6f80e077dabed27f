"""Keeps what is served beside the records of it, once there is something to record.

Not when the server starts: whoever works on a game starts it a hundred times a day.
"""

from __future__ import annotations

import logging

from peergym.data.store import RecordStore
from peergym.data.store_model import GameSource
from peergym.errors import ConfigurationError
from peergym.server.game import ServedGame

log = logging.getLogger(__name__)


class GameKeeper:
    """Knows whether what is served is kept.

    Args:
        store: Where to.
        game: What is served.
    """

    def __init__(self, store: RecordStore, game: ServedGame) -> None:
        self._store = store
        self._runtime = game.runtime
        self._source = GameSource(game.runtime.digest, game.runtime.spec, game.description.name)
        self._is_kept = False

    def keep(self) -> None:
        """Keep it, unless it is. Where that fails, records are stored all the same."""
        if self._is_kept:
            return
        try:
            self._store.note_game(self._source, self._runtime.data)
        except ConfigurationError as error:
            log.error("%s; its records cannot be executed again", error)  # noqa: TRY400
            return
        self._is_kept = True
