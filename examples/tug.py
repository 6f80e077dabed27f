"""Tug of war, the environment of docs/tutorial.md.  peergym play examples/tug.py:Tug"""

from random import Random


class Tug:
    possible_agents = ("left", "right")
    metadata = {"name": "Tug of war", "render_fps": 30, "keys_to_action": {" ": 1}}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.random, self.rope, self.held = Random(seed), 0, {"left": 0, "right": 0}
        return {}, {}

    def step(self, actions):
        self.rope += self.random.choice((-1, 0, 1))  # the wind
        for agent, action in actions.items():
            if action and not self.held[agent]:  # a press, not a key that is held
                self.rope += -8 if agent == "left" else 8
            self.held[agent] = action
        is_over = dict.fromkeys(actions, abs(self.rope) > 250)
        return {}, {}, is_over, is_over, {}

    def draw(self, surface, player):
        surface.clear("#16241c")
        surface.line(400, 200, 400, 400, "#ffffff40", 4)
        surface.line(0, 300, 800, 300, "#c9a66b", 10)
        surface.circle(400 + self.rope, 300, 24, "#d7443e", key="knot")
        surface.text("press space, again and again", 400, 120, 28, "#c8d6cc", "centre")
        surface.text("you", 90 if player == 0 else 710, 250, 28, "#f6f1e7", "centre")
