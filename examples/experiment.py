"""An experiment: three people in one room of Bomberman, and nobody learns another's address.

peergym serve examples/experiment.py --lan
"""

from peergym.experiment import GymScene

scene = GymScene("bomberman", players=3, privacy="relay")
scene.pyodide(
    run_through_pyodide=True,
    multiplayer=True,
    p2p_mode=True,
    # Of your own, once there is one (docs/turn.md): they meet there, and else at the game's server.
    p2p_turn_servers=[],
)
