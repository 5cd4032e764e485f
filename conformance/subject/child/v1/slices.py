"""The suite's execution algorithm as 1.x takes it."""

from nautilus_trader.config import ExecAlgorithmConfig
from nautilus_trader.execution.algorithm import ExecAlgorithm

from .. import slices
from ..installed import ExecAlgorithmId


class Slices(slices.Slicing, ExecAlgorithm):  # type: ignore[misc]  # NautilusTrader is not there when it is type-checked
    """Sends one slice of an order ahead."""


def made() -> Slices:
    """Return the algorithm, ready to be added to a trader."""
    return Slices(ExecAlgorithmConfig(exec_algorithm_id=ExecAlgorithmId(slices.NAME)))
