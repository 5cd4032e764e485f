"""The cases of one function: a single one, those of a literal table of ids, or the cells that axes span."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.kit.axes import Axes, AxisValue
from conformance.kit.metadata import Case, Test, Tier
from conformance.kit.needs import checked
from conformance.nearest import nearest


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the cases of one function have in common."""

    rule: str
    card: str | None
    upstream: tuple[str, ...]
    needs: tuple[str, ...]
    tier: Tier
    profile: str | None
    why: str
    trader: Mapping[str, Any]


class Family:
    """The cases of one function. Expanded when first asked for: importing a contract must stay quick."""

    def __init__(
        self,
        test: Test,
        shared: Shared,
        rows: Mapping[str, Mapping[str, Any]] | Axes,
        of: str,
        core: Collection[str] = (),
    ) -> None:
        """`core` are the ids of a table that the core tier has, whatever the tier of the others."""
        self._test = test
        self._shared = shared
        self._rows = rows
        self._of = of
        self._core = core
        self._sentence = " ".join((test.__doc__ or "").split())
        if not re.search(r"\b(MUST|SHOULD)\b", self._sentence):
            raise ValueError(
                f"case {of}: its docstring must be the requirement, one sentence with MUST or SHOULD; "
                f"found {self._sentence!r}"
            )
        first = rows.arguments(rows.cells[0]) if isinstance(rows, Axes) else next(iter(rows.values()))
        self._check(first)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Every case of the function, in the order of its table or axes."""
        if not isinstance(self._rows, Axes):
            return tuple(
                self._case(case_id, row, "core" if case_id in self._core else self._shared.tier)
                for case_id, row in self._rows.items()
            )
        core = self._rows.core() if self._shared.tier == "core" else self._rows.always
        return tuple(
            self._case(".".join([self._of, *cell]), self._rows.arguments(cell), "core" if cell in core else "full")
            for cell in self._rows.cells
        )

    def _case(self, case_id: str, arguments: Mapping[str, Any], tier: Tier) -> Case:
        own = [value for value in arguments.values() if isinstance(value, AxisValue)]
        code = self._test.__code__
        return Case(
            id=case_id,
            requirement=self._requirement(arguments),
            rule=self._shared.rule,
            card=self._shared.card,
            upstream=_joined(self._shared.upstream, *(value.upstream for value in own)),
            needs=checked(_joined(self._shared.needs, *(value.needs for value in own)), f"case {case_id}"),
            tier=tier,
            profile=self._shared.profile,
            trader={**self._shared.trader, **{name: told for value in own for name, told in value.trader.items()}},
            place=f"{code.co_filename}:{code.co_firstlineno}",
            test=self._test,
            arguments=arguments,
        )

    def _requirement(self, arguments: Mapping[str, Any]) -> str:
        # Only a family's docstring is a template: that of a single case may have braces of its own.
        return self._sentence.format_map(arguments) if arguments else self._sentence

    def _check(self, arguments: Mapping[str, Any]) -> None:
        checked(self._shared.needs, f"case {self._of}")
        if bool(self._shared.profile) != bool(self._shared.why):
            raise ValueError(f"case {self._of}: one that needs a profile of its own says which and why: profile, why")
        if self._shared.profile:
            _check_profile(self._shared.profile, self._of)
        parameters = self._test.__code__.co_varnames[: self._test.__code__.co_argcount]
        for name in arguments:
            if name not in parameters:
                raise ValueError(f"case {self._of}: {self._test.__name__} has no parameter {name!r} to take its value")
        try:
            self._requirement(arguments)
        except (KeyError, AttributeError, IndexError, ValueError) as error:
            raise ValueError(
                f"case {self._of}: its requirement has a placeholder that its cells do not fill in ({error!r}); "
                f"they have {', '.join(arguments)}"
            ) from error


def _check_profile(name: str, of: str) -> None:
    # Only where a case has one of its own: reading profiles is more than listing cases needs.
    from conformance.subject.profiles import built_in

    if name not in built_in():
        raise ValueError(f"case {of}: there is no built-in profile {name!r}{nearest(name, built_in())}")


def _joined(*parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts for each in part))
