"""The suite's execution algorithm as 2.x takes it."""

from typing import Any

from nautilus_trader.config import ExecutionAlgorithmConfig
from nautilus_trader.trading import ExecutionAlgorithm

from .. import slices


class Slices(slices.Slicing, ExecutionAlgorithm):  # type: ignore[misc]  # NautilusTrader is not there when type-checked
    """Sends one slice of an order ahead."""

    def __new__(cls, config: Any) -> "Slices":
        """Make the native part, which takes the config and nothing else."""
        made: Slices = super().__new__(cls, config)
        return made


def made() -> Slices:
    """Return the algorithm, ready to be added to a node."""
    return Slices(ExecutionAlgorithmConfig(exec_algorithm_id=slices.NAME))
