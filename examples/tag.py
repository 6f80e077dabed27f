"""Tag: red has half a minute to catch blue.  peergym play examples/tag.py:Tag"""


class Tag:
    possible_agents = ("red", "blue")
    keys = {"ArrowLeft": 1, "ArrowRight": 2, "ArrowUp": 3, "ArrowDown": 4}
    metadata = {"name": "Tag", "render_fps": 60, "keys_to_action": keys}
    moves = ((0, 0), (-5, 0), (5, 0), (0, -5), (0, 5))

    def action_space(self, agent):
        return len(self.moves)

    def reset(self, seed=None, options=None):
        self.at, self.frames_left = {"red": (200, 300), "blue": (600, 300)}, 1800
        return self.at, {}

    def step(self, actions):
        self.frames_left -= 1
        for agent, action in actions.items():
            (x, y), (dx, dy) = self.at[agent], self.moves[action]
            self.at[agent] = (x + dx) % 800, (y + dy) % 600
        (x, y), (blue_x, blue_y) = self.at.values()
        is_caught = abs(x - blue_x) + abs(y - blue_y) < 40
        is_over = dict.fromkeys(actions, is_caught or self.frames_left == 0)
        return self.at, {"red": is_caught, "blue": -is_caught}, is_over, is_over, {}

    def draw(self, surface, player):
        surface.clear("#12141c")
        surface.text(str(self.frames_left // 60), 400, 50, 60, "#8b93a8", align="centre")
        for agent, colour in (("red", "#ff8766"), ("blue", "#5cc8e8")):
            surface.circle(*self.at[agent], 20, colour, key=agent)
