"""Overcooked of CoGrid: cook onion soup together, and carry it to the green counter.

peergym play examples/overcooked.py:kitchen --draw examples/overcooked.py:draw --pyodide FOLDER
"""

import cogrid
from cogrid.core.directions import Directions

CELL = 110
COOKS = ("#ff8766", "#5cc8e8")
KEYS = {"ArrowUp": 0, "ArrowDown": 1, "ArrowLeft": 2, "ArrowRight": 3, " ": 4}
TILES = {
    "counter": "#8a6a3f",
    "pot": "#4a4e5a",
    "onion_stack": "#8a6a3f",
    "plate_stack": "#8a6a3f",
    "delivery_zone": "#4f9e5f",
}
THINGS = {"onion": "#f2d544", "plate": "#f6f1e7", "onion_soup": "#e07b39"}
LOOKS = {
    Directions.Right: (1, 0),
    Directions.Down: (0, 1),
    Directions.Left: (-1, 0),
    Directions.Up: (0, -1),
}


def kitchen():
    """Make the environment, eight steps a second: it goes a cell in each."""
    env = cogrid.make("Overcooked-CrampedRoom-V0")
    env.metadata = {**env.metadata, "render_fps": 8, "name": "Overcooked", "keys_to_action": KEYS}
    return env


def draw(env, surface, player):
    """Draw the kitchen, and a ring around the player's own cook."""
    surface.clear("#c9b48f")
    for each in env.grid.grid:
        if each is not None:
            tile(surface, each)
    for index, (agent, cook) in enumerate(sorted(env.env_agents.items())):
        x, y = middle(cook.pos)
        if index == player:
            surface.circle(x, y, 50, "#ffffff80", key=f"ring {agent}")
        surface.circle(x, y, 40, COOKS[index % 2], key=f"cook {agent}")
        dx, dy = LOOKS[cook.dir]
        surface.circle(x + 28 * dx, y + 28 * dy, 9, "#20242e", key=f"nose {agent}")
        for thing in cook.inventory:
            surface.circle(x, y, 20, THINGS.get(thing.object_id, "#ffffff"), key=f"holds {agent}")


draw.screen = (5 * CELL, 4 * CELL)


def middle(pos):
    """Return where the middle of a cell lies, which is numbered by row and column."""
    return (int(pos[1]) + 0.5) * CELL, (int(pos[0]) + 0.5) * CELL


def tile(surface, each):
    """Draw a counter and what is on it or in it."""
    x, y = middle(each.pos)
    left, top = x - CELL / 2, y - CELL / 2
    colour = TILES.get(each.object_id, "#c9b48f")
    surface.rectangle(left + 1, top + 1, CELL - 2, CELL - 2, colour, radius=8)
    if each.object_id in ("onion_stack", "plate_stack"):
        surface.circle(x, y, 30, THINGS[each.object_id.removesuffix("_stack")])
    if each.object_id == "pot":
        surface.circle(x, y, 44, "#20242e")
        for index, _ in enumerate(each.objects_in_pot):
            surface.circle(x - 22 + 22 * index, y, 14, THINGS["onion"])
        if each.objects_in_pot and len(each.objects_in_pot) == each.capacity:
            surface.text(str(int(each.cooking_timer)), x, y, 34, "#ffffff", "centre")
    on_top = getattr(each, "obj_placed_on", None)
    if on_top is not None:
        surface.circle(x, y, 24, THINGS.get(on_top.object_id, "#ffffff"))
