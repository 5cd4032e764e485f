"""Budgets: latency ceilings with their reasons, as data (`fixtures/budgets.yaml`), checked when loaded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from conformance.latency.intervals import Interval, OrderKind, Series
from conformance.locations import FIXTURES
from conformance.verdict.schema import Piece, SchemaError, read_yaml

BUDGETS_FILE = FIXTURES / "budgets.yaml"
"""The budgets of this project."""
_CEILINGS = ("limit_ms", "times_calibration")

Percentile = Literal["p50", "p90", "p99", "p99.9", "max"]
"""As in `conformance.latency.distribution.PERCENTILES`; a test compares the two."""


class BudgetsError(SchemaError):
    """A budgets file that breaks its schema; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A ceiling for one percentile of some series: in ms, or in units of the calibration loop. One of the two."""

    series: tuple[Series, ...]
    percentile: str
    reason: str
    limit_ms: Decimal | None = None
    times_calibration: Decimal | None = None
    place: str = "a budget"
    """`file:line`, for messages."""

    def limit_ns(self, unit_ns: int) -> int:
        """Return the ceiling in ns on a machine whose calibration unit is `unit_ns`."""
        if self.limit_ms is not None:
            return int(self.limit_ms * 1_000_000)
        assert self.times_calibration is not None
        return int(self.times_calibration * unit_ns)

    @property
    def shown(self) -> str:
        """The ceiling as it is written: `100 ms`, `6 × calibration`."""
        return f"{self.limit_ms} ms" if self.limit_ms is not None else f"{self.times_calibration} × calibration"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstRule:
    """When one version is slower than another: a ratio beyond `factor` at one of `percentiles`."""

    factor: Decimal
    percentiles: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Budgets:
    """One budgets file."""

    entries: tuple[Budget, ...]
    against: AgainstRule


class _Budget(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    orders: Annotated[list[OrderKind], Meta(min_length=1)]
    interval: Interval
    percentile: Percentile
    reason: Annotated[str, Meta(pattern=r"\S")]
    limit_ms: Annotated[float, Meta(gt=0)] | None = None
    times_calibration: Annotated[float, Meta(gt=0)] | None = None


class _Against(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    factor: Annotated[float, Meta(gt=1)]
    percentiles: Annotated[list[Percentile], Meta(min_length=1)]
    reason: Annotated[str, Meta(pattern=r"\S")]


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    budgets: Annotated[list[_Budget], Meta(min_length=1)]
    against: _Against
    requests: list[Any] = []
    """As `conformance.verdict.request_budgets` reads them."""


def load_budgets(path: Path = BUDGETS_FILE) -> Budgets:
    """Load and check a budgets file; raises `BudgetsError` for anything that breaks its schema."""
    try:
        root = read_yaml(path, "expected `budgets` and `against`; name another file with --budgets")
        file = root.convert(_File)
        pieces = root.at("budgets").entries()
        entries = [_budget(each, piece) for each, piece in zip(file.budgets, pieces, strict=True)]
        _refuse_twice(entries)
        factor = _number(file.against.factor, root.at("against").at("factor"), "factor")
    except BudgetsError:
        raise
    except SchemaError as error:
        raise BudgetsError(str(error)) from error
    reason = " ".join(file.against.reason.split())
    return Budgets(
        tuple(entries), AgainstRule(factor=factor, percentiles=tuple(file.against.percentiles), reason=reason)
    )


def _budget(given: _Budget, piece: Piece) -> Budget:
    ceilings = {name: value for name in _CEILINGS if (value := getattr(given, name)) is not None}
    if len(ceilings) != 1:
        raise piece.wrong(f"expected one of {' and '.join(_CEILINGS)}, found {' and '.join(ceilings) or 'neither'}")
    return Budget(
        series=tuple(Series(kind, given.interval) for kind in given.orders),
        percentile=given.percentile,
        reason=" ".join(given.reason.split()),
        place=piece.place,
        **{name: _number(value, piece.at(name), name) for name, value in ceilings.items()},
    )


def _number(value: float, piece: Piece, name: str) -> Decimal:
    if not math.isfinite(value):
        raise piece.wrong(f"`{name}` is {value}: expected a finite number")
    return Decimal(str(piece.value))


def _refuse_twice(entries: Sequence[Budget]) -> None:
    """Raise `BudgetsError` for two ceilings of one kind for one figure."""
    seen: dict[tuple[Series, str, str], Budget] = {}
    for entry in entries:
        ceiling = "limit_ms" if entry.limit_ms is not None else "times_calibration"
        for series in entry.series:
            earlier = seen.setdefault((series, entry.percentile, ceiling), entry)
            if earlier is not entry:
                raise BudgetsError(
                    f"{entry.place}: {series.shown} {entry.percentile} has a budget in {ceiling} already, at "
                    f"{earlier.place}; join the two"
                )
