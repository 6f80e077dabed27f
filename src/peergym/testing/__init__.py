"""Tools to test what is built on peergym, and peergym itself.

A `Mesh` runs whole matches of real sessions on a simulated network and virtual time; `judge` holds
what came out against an oracle that knows only the game and the inputs. Thousands of simulated
seconds take seconds, and the same arguments give the same bytes.

    mesh = Mesh(lambda: GameAdapter(Pong()), PairConditions(rtt_s=0.12, loss=0.05), seed=11)
    assert mesh.run_frames(3600)
    assert judge(mesh).diverged == 0

`rollback_test` tests whether an environment of yours can be played online at all.

    rollback_test(MyGame)
"""

from peergym.testing.arbiter import Arbiter
from peergym.testing.checkers import CheckedRunner, RequestChecker
from peergym.testing.clock import PeerClock, VirtualClock
from peergym.testing.conditions import Conditions, PairConditions
from peergym.testing.mesh import Mesh
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.network import DatagramLink, Network, ReliableLink
from peergym.testing.oracle import true_checksums
from peergym.testing.rollback_test import RollbackTestError, rollback_test
from peergym.testing.schedule import Happening, Kind, Schedule
from peergym.testing.scripted import ScriptedInputs
from peergym.testing.verdict import Verdict, judge, true_lead_s

__all__ = [
    "Arbiter",
    "CheckedRunner",
    "Conditions",
    "DatagramLink",
    "Happening",
    "Kind",
    "Mesh",
    "MeshPeer",
    "Network",
    "PairConditions",
    "PeerClock",
    "ReliableLink",
    "RequestChecker",
    "RollbackTestError",
    "Schedule",
    "ScriptedInputs",
    "Verdict",
    "VirtualClock",
    "judge",
    "rollback_test",
    "true_checksums",
    "true_lead_s",
]
