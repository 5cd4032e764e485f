"""`case`: how a test function is made a case, or a family of cases."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from conformance.kit.axes import Axes, Where
from conformance.kit.families import Family, Shared
from conformance.kit.metadata import ATTRIBUTE, Test, Tier
from conformance.kit.needs import Need
from conformance.nearest import nearest

_ID = re.compile(r"[A-Z]{2,8}-\d{3}")


class _CaseDecorator:
    """Makes a test function a case, or (`each`) a family of cases."""

    def __call__(
        self,
        identifier: str,
        *,
        rule: str,
        card: str | None = None,
        upstream: Sequence[str] = (),
        needs: Sequence[Need] = (),
        tier: Tier = "core",
        profile: str | None = None,
        why: str = "",
        trader: Mapping[str, Any] | None = None,
    ) -> Callable[[Test], Test]:
        """Make a test function a case.

        `identifier` is permanent, spaced so that others fit between, and never used again; `rule` names the venue's
        rule that the requirement rests on; `card` the upstream test card; `upstream` issues; `needs` what the version,
        the run or the world must have, without which its outcome is `unsupported`; `tier` is `full` for a case that the
        gate does not run by default; `profile` the built-in profile that its trader has in every run, and `why`;
        `trader` what its trader's config has beyond the profile. The function's docstring is the requirement: one
        sentence with MUST or SHOULD.
        """
        shared = Shared(
            rule=rule,
            card=card,
            upstream=tuple(upstream),
            needs=tuple(needs),
            tier=tier,
            profile=profile,
            why=why,
            trader=dict(trader or {}),
        )
        _check_id(identifier)
        return lambda test: _declare(test, Family(test, shared, {identifier: {}}, identifier))

    @overload
    def each(
        self,
        family: Mapping[str, Mapping[str, Any]],
        *,
        core: Iterable[str] = ...,
        rule: str,
        card: str | None = ...,
        upstream: Sequence[str] = ...,
        needs: Sequence[Need] = ...,
        tier: Tier = ...,
        profile: str | None = ...,
        why: str = ...,
        trader: Mapping[str, Any] | None = ...,
    ) -> Callable[[Test], Test]: ...

    @overload
    def each(
        self,
        family: str,
        *,
        axes: Mapping[str, Sequence[Any]],
        but: Mapping[str, Where | Sequence[Where]] | None = ...,
        core: Iterable[str] = ...,
        rule: str,
        card: str | None = ...,
        upstream: Sequence[str] = ...,
        needs: Sequence[Need] = ...,
        tier: Tier = ...,
        profile: str | None = ...,
        why: str = ...,
        trader: Mapping[str, Any] | None = ...,
    ) -> Callable[[Test], Test]: ...

    def each(
        self,
        family: Mapping[str, Mapping[str, Any]] | str,
        *,
        axes: Mapping[str, Sequence[Any]] | None = None,
        but: Mapping[str, Where | Sequence[Where]] | None = None,
        core: Iterable[str] = (),
        rule: str,
        card: str | None = None,
        upstream: Sequence[str] = (),
        needs: Sequence[Need] = (),
        tier: Tier = "core",
        profile: str | None = None,
        why: str = "",
        trader: Mapping[str, Any] | None = None,
    ) -> Callable[[Test], Test]:
        """Make a test function a family: one requirement, its `{placeholders}` filled in, for each of its cases.

        `family` is a literal table, id → arguments of the function; or one id, whose cells the `axes` span. An axis is
        a parameter of the function with its values: strings, or `AxisValue`s. A cell's id is the family's id and the
        names of its values, `FATE-010.cancel.408`. `but` gives, by the reason, the cells that cannot exist; `core` the
        cells that the core tier has beside those that cover every pair of values, or, where `tier` is `full`, that it
        has alone; of a table it gives ids. The rest is as in a single case.
        """
        shared = Shared(
            rule=rule,
            card=card,
            upstream=tuple(upstream),
            needs=tuple(needs),
            tier=tier,
            profile=profile,
            why=why,
            trader=dict(trader or {}),
        )
        if not isinstance(family, str):
            return lambda test: _declare(test, _table(test, shared, family, tuple(core)))
        _check_id(family)
        spanned = Axes(f"case {family}", axes or {}, but=but or {}, core=core)
        return lambda test: _declare(test, Family(test, shared, spanned, family))


case = _CaseDecorator()


def _table(test: Test, shared: Shared, rows: Mapping[str, Mapping[str, Any]], core: tuple[str, ...]) -> Family:
    for identifier in rows:
        _check_id(identifier)
    for identifier in core:
        if identifier not in rows:
            raise ValueError(
                f"case {identifier}: core names it, but the table does not have it{nearest(identifier, rows)}"
            )
    of = next(iter(rows), "?")
    if len({tuple(sorted(row)) for row in rows.values()}) != 1:
        raise ValueError(f"case {of}: the rows of its table must all have the same arguments, and there must be one")
    return Family(test, shared, rows, of, core)


def _declare(test: Test, family: Family) -> Test:
    if hasattr(test, ATTRIBUTE):
        raise ValueError(f"{test.__name__}: one function tests one case or one family; this one has two")
    setattr(test, ATTRIBUTE, family)
    return test


def _check_id(identifier: str) -> None:
    if not _ID.fullmatch(identifier):
        raise ValueError(f"case id {identifier!r}: expected a group of capitals and three digits, such as STOP-010")
