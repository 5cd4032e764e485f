"""Budgets: latency ceilings with their reasons, as data (`fixtures/budgets.yaml`), checked when loaded."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from conformance.latency.distribution import PERCENTILES
from conformance.latency.intervals import Interval, OrderKind, Series
from conformance.locations import FIXTURES

BUDGETS_FILE = FIXTURES / "budgets.yaml"
"""The budgets of this project."""
_CEILINGS = ("limit_ms", "times_calibration")


class BudgetsError(ValueError):
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


def load_budgets(path: Path = BUDGETS_FILE) -> Budgets:
    """Load and check a budgets file; raises `BudgetsError` for anything that breaks its schema."""
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BudgetsError(f"{path}: cannot be read ({error}); name another with --budgets") from error
    try:
        root = loader.get_single_node()
        if root is None:
            raise BudgetsError(f"{path}:1: is empty; expected `budgets` and `against`")
        return _budgets(_Node(path, root, loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BudgetsError(f"{path}:{line}: not YAML: {error.problem}") from error
    finally:
        loader.dispose()


class _Node:
    """A piece of the file that knows its line, and what was expected of it."""

    def __init__(self, path: Path, node: yaml.Node, loader: yaml.SafeLoader, name: str = "the file") -> None:
        self._path = path
        self._node = node
        self._loader = loader
        self.name = name
        self.place = f"{path}:{node.start_mark.line + 1}"

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, "_Node"]:
        """Return the fields of a mapping by name."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.wrong(f"expected a mapping with {', '.join(required)}")
        found: dict[str, _Node] = {}
        for key_node, value_node in self._node.value:
            key = _Node(self._path, key_node, self._loader)
            name = str(key_node.value)
            if name not in (*required, *optional):
                raise key.wrong(f"unknown field {name!r}{_nearest(name, (*required, *optional))}")
            if name in found:
                raise key.wrong(f"`{name}` is given twice")
            found[name] = _Node(self._path, value_node, self._loader, name)
        for name in required:
            if name not in found:
                raise self.wrong(f"`{name}` is missing in {self.name}")
        return found

    def items(self) -> list["_Node"]:
        """Return the entries of a list that is not empty."""
        if not isinstance(self._node, yaml.SequenceNode) or not self._node.value:
            raise self.wrong(f"`{self.name}` must be a list with at least one entry")
        return [_Node(self._path, node, self._loader, self.name) for node in self._node.value]

    def text(self) -> str:
        """Return a text that is not blank."""
        value = self._value()
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"`{self.name}` is {value!r}; expected text")
        return " ".join(value.split())

    def choice(self, known: Iterable[str]) -> str:
        """Return one of the known words."""
        value = self._value()
        if value not in (words := [str(word) for word in known]):
            allowed = ", ".join(words)
            raise self.wrong(f"`{self.name}` is {value!r}{_nearest(str(value), words)}; allowed: {allowed}")
        return str(value)

    def number(self, above: int) -> Decimal:
        """Return a number greater than `above`."""
        value = self._value()
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > above or value == float("inf"):
            raise self.wrong(f"`{self.name}` is {value!r}; expected a number above {above}")
        return Decimal(str(value))

    def wrong(self, what: str) -> BudgetsError:
        """Return the error to raise about this piece."""
        return BudgetsError(f"{self.place}: {what}")

    def _value(self) -> Any:
        return self._loader.construct_object(self._node, deep=True)


def _budgets(root: _Node) -> Budgets:
    fields = root.fields(["budgets", "against"])
    entries = [_budget(each) for each in fields["budgets"].items()]
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
    return Budgets(tuple(entries), _against(fields["against"]))


def _budget(node: _Node) -> Budget:
    fields = node.fields(["orders", "interval", "percentile", "reason"], _CEILINGS)
    given = [name for name in _CEILINGS if name in fields]
    if len(given) != 1:
        raise node.wrong(f"expected one of {' and '.join(_CEILINGS)}, found {' and '.join(given) or 'neither'}")
    kinds = [OrderKind(each.choice(OrderKind)) for each in fields["orders"].items()]
    interval = Interval(fields["interval"].choice(Interval))
    return Budget(
        series=tuple(Series(kind, interval) for kind in kinds),
        percentile=fields["percentile"].choice(PERCENTILES),
        reason=fields["reason"].text(),
        limit_ms=fields["limit_ms"].number(above=0) if "limit_ms" in fields else None,
        times_calibration=fields["times_calibration"].number(above=0) if "times_calibration" in fields else None,
        place=node.place,
    )


def _against(node: _Node) -> AgainstRule:
    fields = node.fields(["factor", "percentiles", "reason"])
    return AgainstRule(
        factor=fields["factor"].number(above=1),
        percentiles=tuple(each.choice(PERCENTILES) for each in fields["percentiles"].items()),
        reason=fields["reason"].text(),
    )


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
