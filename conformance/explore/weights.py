"""How often each kind of step, order and fate comes: data, in `fixtures/exploration.toml`."""

from functools import cached_property
from pathlib import Path
from typing import get_args

import msgspec

from conformance.datafile import DataFileError, read_toml
from conformance.explore.steps.faults import FATE_NAMES
from conformance.explore.steps.submission import Kind
from conformance.locations import FIXTURES
from conformance.nearest import nearest

WEIGHTS_FILE = FIXTURES / "exploration.toml"
#: Hypothesis chooses evenly among fewer than so many.
_MOST = 120
STEPS = (
    "submit",
    "submit-list",
    "bracket",
    "cancel",
    "cancel-batch",
    "cancel-all",
    "amend",
    "query",
    "restart",
    "busy",
    "price",
    "fill",
    "other-client",
    "other-client-on",
    "venue",
    "expire",
    "fault",
    "frame",
    "lose",
    "hold-answers",
    "hold-frames",
    "release",
    "drop-stream",
)


class Length(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many steps a program has."""

    least: int
    most: int


class Shares(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename="kebab"):
    """Shares in percent."""

    at_once: int
    reduce_only: int
    ended: int
    hedge: int
    few_kinds: int
    warm: int
    towards_triggers: int
    partly_filled: int
    release: int


class Weights(msgspec.Struct, forbid_unknown_fields=True, frozen=True, dict=True):
    """The weights by the names of steps, kinds of orders and fates; what is not named does not come."""

    length: Length
    steps: dict[str, int]
    orders: dict[str, int]
    fates: dict[str, int]
    shares: Shares

    @cached_property
    def step_names(self) -> tuple[str, ...]:
        """Every step as often as it weighs."""
        return spread(self.steps)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of order as often as it weighs."""
        return spread(self.orders)

    @cached_property
    def fate_names(self) -> tuple[str, ...]:
        """Every fate as often as it weighs."""
        return spread(self.fates)


def spread(weights: dict[str, int]) -> tuple[str, ...]:
    """Return every name as often as it weighs."""
    return tuple(name for name, weight in weights.items() for _ in range(weight))


def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Return the weights of a file; raises `DataFileError` with file, field and the nearest known name."""
    weights = read_toml(path, Weights)
    tables: list[tuple[str, dict[str, int], tuple[str, ...]]] = [
        ("steps", weights.steps, STEPS),
        ("orders", weights.orders, get_args(Kind)),
        ("fates", weights.fates, FATE_NAMES),
    ]
    for table, given, known in tables:
        for name, weight in given.items():
            if name not in known:
                raise DataFileError(path, 0, f"{table}.{name}", f"there is no such name{nearest(name, known)}")
            if weight < 0:
                raise DataFileError(path, 0, f"{table}.{name}", f"a weight is 0 or more, not {weight}")
        if not 0 < sum(given.values()) <= _MOST:
            total = sum(given.values())
            raise DataFileError(path, 0, table, f"the weights add up to {total}; expected 1 to {_MOST}")
    if not 0 < weights.length.least <= weights.length.most:
        raise DataFileError(path, 0, "length", "expected 1 or more, and `least` not above `most`")
    return weights
