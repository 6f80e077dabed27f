"""Tag: who is it, catches the other.  Play it with: peergym play examples/tag.py:Tag"""


class Tag:
    possible_agents = ["red", "blue"]
    metadata = {"name": "Tag", "keys_to_action": {"ArrowLeft": 1, "ArrowRight": 2, "ArrowUp": 3, "ArrowDown": 4}}
    moves = [(0, 0), (-5, 0), (5, 0), (0, -5), (0, 5)]

    def action_space(self, agent):
        return len(self.moves)

    def reset(self, seed=None, options=None):
        self.at, self.frames_left = {"red": (200, 300), "blue": (600, 300)}, 60 * 30
        return self.at, {}

    def step(self, actions):
        for agent, action in actions.items():
            (x, y), (dx, dy) = self.at[agent], self.moves[action]
            self.at[agent] = (x + dx) % 800, (y + dy) % 600
        (rx, ry), (bx, by) = self.at["red"], self.at["blue"]
        caught, self.frames_left = abs(rx - bx) + abs(ry - by) < 40, self.frames_left - 1
        over = {agent: caught or self.frames_left == 0 for agent in actions}
        return self.at, {"red": float(caught), "blue": -float(caught)}, over, over, {}

    def draw(self, surface, player):
        surface.clear("#12141c")
        for agent, colour in (("red", "#ff8766"), ("blue", "#5cc8e8")):
            surface.circle(*self.at[agent], 20, colour, key=agent)
