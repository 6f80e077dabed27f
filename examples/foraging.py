"""Level-based foraging, drawn by a function of our own.

peergym play examples/foraging.py:forage --draw examples/foraging.py:draw --pyodide FOLDER
"""

from lbforaging.foraging import ForagingEnv

CELL = 75
COLOURS = ("#ff8766", "#5cc8e8")


def forage():
    """Make the environment; a game has two minutes, at ten steps a second."""
    env = ForagingEnv(
        players=2, min_player_level=1, max_player_level=2, min_food_level=1, max_food_level=None,
        field_size=(8, 8), max_num_food=3, sight=8, max_episode_steps=1200, force_coop=False,
    )  # fmt: skip
    env.metadata = {"render_fps": 10, "name": "Foraging"}
    return env


def draw(env, surface, player):
    """Draw it as one of the players sees it, whose own figure has a ring around it."""
    surface.clear("#151821")
    surface.layer("field", env.field.shape, lambda on: draw_field(on, env.field.shape))
    for (row, column), level in sorted(numbers(env.field).items()):
        apple(surface, row, column, level)
    for index, each in enumerate(env.players):
        row, column = each.position
        x, y = (int(column) + 0.5) * CELL, (int(row) + 0.5) * CELL
        if index == player:
            surface.circle(x, y, 33, "#ffffff40", key=f"ring {index}")
        surface.circle(x, y, 27, COLOURS[index % 2], key=f"player {index}")
        surface.text(str(each.level), x, y, 26, "#151821", "centre", key=f"level {index}")
        surface.sound("score", f"{index} eats {each.score}" if each.score else f"{index} begins")


draw.screen = (8 * CELL, 8 * CELL)


def draw_field(surface, shape):
    """Draw what never changes: the page keeps it."""
    for row in range(shape[0]):
        for column in range(shape[1]):
            colour = "#1e2230" if (row + column) % 2 else "#232838"
            surface.rectangle(column * CELL, row * CELL, CELL, CELL, colour)


def numbers(field):
    """Return where food is, and of which level."""
    return {
        (row, column): int(level)
        for row, line in enumerate(field)
        for column, level in enumerate(line)
        if level
    }


def apple(surface, row, column, level):
    """Draw food; its number is the sum of levels that it takes to lift it."""
    x, y = (column + 0.5) * CELL, (row + 0.5) * CELL
    surface.circle(x - 7, y + 2, 19, "#d7443e")
    surface.circle(x + 7, y + 2, 19, "#d7443e")
    surface.line(x, y - 14, x + 6, y - 27, "#7a5230", 4)
    surface.text(str(level), x, y + 2, 22, "#ffffff", "centre")
