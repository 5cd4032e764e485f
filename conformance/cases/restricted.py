"""The trading states of a risk engine in which nothing may open a position."""

from dataclasses import dataclass
from typing import Literal

from conformance.kit import AxisValue


@dataclass(frozen=True, kw_only=True)
class State(AxisValue):
    """A trading state in which nothing may open a position."""

    state: Literal["HALTED", "REDUCING"]


STATES = (
    State(name="halted", words="HALTED", state="HALTED"),
    State(name="reducing", words="REDUCING", state="REDUCING"),
)
