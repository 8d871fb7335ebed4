"""The mathematics that is timed: each workload written once over any number type, with its gradient by hand.

A workload's ``function`` sees numbers of whatever kind a peer brings and the peer's own ``exp``, ``log`` and
``tanh``, so that every contender computes the same operations in the same order. ``by_hand`` is the gradient as a
good programmer writes it for these floats: the measure of all times, and the truth that every gradient is held to.
"""

from collections.abc import Callable

from .gmm import gmm as gmm
from .lstm import lstm as lstm
from .network import network as network
from .speelpenning import speelpenning as speelpenning
from .training import digits as digits
from .training import mnist as mnist
from .training import moons as moons
from .workload import Task as Task
from .workload import Workload as Workload

WORKLOADS: dict[str, Callable[[int], Workload]] = {"network": network, "speelpenning": speelpenning, "gmm": gmm, "lstm": lstm}
TASKS: dict[str, Callable[[int], Task]] = {"moons": moons, "digits": digits, "mnist": mnist}
