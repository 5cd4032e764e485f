"""The axes of a crossed family: their values, the cells that they span, and the few cells that cover every pair."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.kit.needs import Need
from conformance.nearest import nearest

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

type Cell = tuple[str, ...]
"""One cell by the names of its values, in the order of the axes."""
type Where = Mapping[str, str | tuple[str, ...]]
"""Cells by the names of some of their values: axis → name, or one of several names."""


@dataclass(frozen=True, kw_only=True)
class AxisValue:
    """A value on an axis of a family. Subclass it with what the case's function needs of the value.

    `name` is its part of the case's permanent id (letters, digits, hyphens); `words` how the requirement's sentence
    says it; `needs` and `upstream` are added to those of the family in every cell that has this value, and so is what
    its trader's config has (`trader`), in place of what the family says of the same field.
    """

    name: str
    words: str = ""
    needs: tuple[Need, ...] = ()
    upstream: tuple[str, ...] = field(default=())
    trader: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.words or self.name


class AxesError(ValueError):
    """Axes, or a choice of their cells, that make no family; the message names the part and the nearest word."""


class Axes:
    """The axes of one family, by name, with the cells that cannot exist and those that `core` always has."""

    def __init__(
        self,
        of: str,
        axes: Mapping[str, Sequence[Any]],
        *,
        but: Mapping[str, Where | Sequence[Where]],
        core: Iterable[str],
    ) -> None:
        self._of = of
        self.values = {axis: self._named(axis, values) for axis, values in axes.items()}
        if len(self.values) < 2:
            raise AxesError(f"{of}: a crossed family has two axes or more; for one, give a table of ids")
        self._impossible = [
            (reason, self._where(where))
            for reason, several in but.items()
            for where in ([several] if isinstance(several, Mapping) else several)
        ]
        self.cells = self._possible()
        self.always = frozenset(self._cell(name) for name in core)

    def arguments(self, cell: Cell) -> dict[str, Any]:
        """Return the values of a cell by their axis."""
        return {axis: self.values[axis][name] for axis, name in zip(self.values, cell, strict=True)}

    def core(self) -> set[Cell]:
        """Return the cells of the core tier: every pair of values that can exist once, and the cells always wanted."""
        # Not at import: the library is needed only where a family is expanded.
        from covertable import make

        rows = make(
            {axis: list(values) for axis, values in self.values.items()},
            constraints=[self._constraint(where) for _, where in self._impossible],
            presets=[dict(zip(self.values, cell, strict=True)) for cell in sorted(self.always)],
        )
        return {tuple(row[axis] for axis in self.values) for row in rows} | self.always

    def _named(self, axis: str, values: Sequence[Any]) -> dict[str, Any]:
        named = {(value if isinstance(value, str) else value.name): value for value in values}
        if len(named) != len(values) or not named:
            raise AxesError(f"{self._of}: axis {axis} has {len(values)} values, {len(named)} of them with a name apart")
        for name in named:
            if not _NAME.fullmatch(name):
                raise AxesError(f"{self._of}: {axis} {name!r} is part of an id: small letters, digits and hyphens only")
        return named

    def _where(self, where: Where) -> dict[str, tuple[str, ...]]:
        told = {axis: (names,) if isinstance(names, str) else tuple(names) for axis, names in where.items()}
        for axis, names in told.items():
            if axis not in self.values:
                raise AxesError(f"{self._of}: there is no axis {axis!r}{nearest(axis, self.values)}")
            for name in names:
                if name not in self.values[axis]:
                    raise AxesError(f"{self._of}: {axis} has no value {name!r}{nearest(name, self.values[axis])}")
        return told

    def _possible(self) -> list[Cell]:
        """Return the cells that can exist; a rule that leaves nothing out is a mistake and raises."""
        spanned = list(itertools.product(*self.values.values()))
        axes = list(self.values)
        left_out: set[Cell] = set()
        for reason, where in self._impossible:
            names = [(axes.index(axis), allowed) for axis, allowed in where.items()]
            now = {cell for cell in spanned if all(cell[place] in allowed for place, allowed in names)}
            if not now - left_out:
                raise AxesError(f"{self._of}: {dict(where)} ({reason}) leaves out no cell that is not left out already")
            left_out |= now
        return [cell for cell in spanned if cell not in left_out]

    def _cell(self, name: str) -> Cell:
        cell = tuple(name.split("."))
        if cell not in self.cells:
            known = [".".join(each) for each in self.cells]
            raise AxesError(f"{self._of}: there is no cell {name!r}{nearest(name, known)}")
        return cell

    def _constraint(self, where: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        def allows(row: Mapping[str, str]) -> bool:
            return not all(row[axis] in names for axis, names in where.items())

        return {"operator": "fn", "requires": list(where), "evaluate": allows}
