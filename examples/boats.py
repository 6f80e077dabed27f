"""Two boats among islands: what a surface can do.  peergym play examples/boats.py:Boats"""

from peergym.envs import Pixmap
from peergym.envs.maths import cos, sin

WORLD = 1600
ISLANDS = ((420, 380, 130), (1150, 500, 170), (700, 1150, 190), (1280, 1250, 110))
BOAT = Pixmap.from_rows(
    ["..bb..", ".bwwb.", "bwwwwb", "bwrrwb", "bwrrwb", "bwwwwb", "bbbbbb"],
    {"b": "#5b3a1e", "w": "#e9dcc3", "r": "#d7443e"},
)


class Boats:
    """Whoever first touches all four islands wins."""

    possible_agents = ("red", "blue")
    keys = {"ArrowLeft": 1, "ArrowRight": 2, "ArrowUp": 3}
    metadata = {"name": "Boats", "render_fps": 30, "keys_to_action": keys, "screen": (640, 480)}

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.boats = {
            "red": {"x": 200.0, "y": 750.0, "angle": 1.5, "found": []},
            "blue": {"x": 1400.0, "y": 850.0, "angle": -1.5, "found": []},
        }
        return {}, {}

    def step(self, actions):
        for agent, action in actions.items():
            self.sail(self.boats[agent], action)
        is_over = any(len(boat["found"]) == len(ISLANDS) for boat in self.boats.values())
        done = dict.fromkeys(actions, is_over)
        return {}, {}, done, done, {}

    def sail(self, boat, action):
        boat["angle"] += {1: -0.06, 2: 0.06}.get(action, 0.0)
        speed = 7.0 if action == 3 else 4.0
        x = boat["x"] + speed * sin(boat["angle"])
        y = boat["y"] - speed * cos(boat["angle"])
        for index, (left, top, radius) in enumerate(ISLANDS):
            if (x - left) ** 2 + (y - top) ** 2 < (radius + 30) ** 2:
                if index not in boat["found"]:
                    boat["found"].append(index)
                return  # no boat sails on land
        boat["x"], boat["y"] = min(WORLD, max(0.0, x)), min(WORLD, max(0.0, y))

    def draw(self, surface, player):
        own = self.boats[self.possible_agents[player]]
        surface.clear("#0b2a3c")
        surface.camera(own["x"], own["y"], zoom=0.8)
        surface.layer("sea", 1, draw_sea)
        surface.sheet("boat", BOAT)
        for agent, boat in self.boats.items():
            colour = "#ff8766" if agent == "red" else "#5cc8e8"
            surface.circle(boat["x"], boat["y"], 34, f"{colour}60", key=f"{agent} water")
            surface.sprite("boat", boat["x"], boat["y"], 48, 56, angle=boat["angle"], key=agent)
            for index in boat["found"]:
                x, y, _ = ISLANDS[index]
                shift = -14 if agent == "red" else 14
                surface.polygon(
                    [(x + shift, y - 70), (x + shift + 26, y - 60), (x + shift, y - 50)], colour
                )
                surface.line(x + shift, y - 70, x + shift, y, "#e9dcc3", 3)
                surface.sound("score", f"{agent} {index}")
        surface.no_camera()
        surface.rectangle(12, 12, 150, 34, "#00000080", radius=8)
        surface.text(
            f"{len(own['found'])} of {len(ISLANDS)} found", 87, 29, 18, "#ffffff", "centre"
        )


def draw_sea(surface):
    """Draw what never changes; the page keeps it."""
    for at in range(0, WORLD + 1, 100):
        surface.line(at, 0, at, WORLD, "#12384f", 2)
        surface.line(0, at, WORLD, at, "#12384f", 2)
    for x, y, radius in ISLANDS:
        surface.circle(x, y, radius + 16, "#1d5570")
        surface.circle(x, y, radius, "#d9c48f")
        surface.circle(x, y, radius * 0.7, "#5f9e57")
