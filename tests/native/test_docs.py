"""The policy and the program that the documentation shows are played."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from peergym.envs import GameAdapter
from peergym.games.pong import Pong
from peergym.hosts.native_policy import choose_action
from peergym.rollback.events import EpisodeStarted
from peergym.server.serve import ServerThread
from tests.native.peers import Witness

PAGE = Path(__file__).parents[2] / "docs/native.md"


def shown() -> dict[str, Any]:
    """Everything that the page's Python defines."""
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, str(PAGE), "exec"), names)
    return names


def test_the_policy_beats_somebody_who_stands_still() -> None:
    game, careful = GameAdapter(Pong(), {"score_to_win": 2, "ball_speed": 3}), shown()["Careful"]()
    game.reset(3)
    for _ in range(20_000):
        game.step((choose_action(game, 0, careful), 0))
        if game.terminated:
            break
    assert game.env.left_score == 2
    assert careful.frames > 100


async def test_the_program_fills_the_seats_of_a_room(server: ServerThread) -> None:
    names = shown()
    waiting = Witness(server)
    code = await waiting.wait_for_room()
    filling = asyncio.create_task(names["fill"](server.url, code, 1, names["Careful"]()))
    await waiting.wait_for(EpisodeStarted)
    waiting.peer.leave()
    assert await waiting.over() == "we left"
    assert await filling == ["peer 0 left"]
