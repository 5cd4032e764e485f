"""Which cases a run has: by tier, and by what was asked for by name."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from conformance.nearest import nearest


class SelectionError(ValueError):
    """What was asked for names no case, or none of the tier; the message has the nearest name, or what to do."""


def is_selected(case_id: str, of_tier: str, wanted: Sequence[str] = (), tier: str = "core") -> bool:
    """Say whether a run of `tier` has the case, which is `of_tier`.

    A wanted name is a case's id, which is then taken whatever its tier; the id of a family (`FATE-010`); or a pattern
    (`FATE-010.cancel.*`), where `*` stands for anything. No name at all means every case of the tier.
    """
    in_tier = tier == "full" or of_tier == "core"
    return case_id in wanted or (in_tier and (not wanted or any(_names(name, case_id) for name in wanted)))


def selected(tiers: Mapping[str, str], wanted: Sequence[str] = (), tier: str = "core") -> list[str]:
    """Return the ids of the cases that a run of `tier` has; `tiers` has every case's own by its id.

    Raises `SelectionError` for a name of no case.
    """
    for name in wanted:
        _check(name, tiers, tier)
    return [case_id for case_id, of_tier in tiers.items() if is_selected(case_id, of_tier, wanted, tier)]


def _names(name: str, case_id: str) -> bool:
    return name in (case_id, family_of(case_id)) or fnmatchcase(case_id, name)


def family_of(case_id: str) -> str:
    """Return `GROUP-NNN`: the id that a case shares with the other cells of its family, or its own."""
    return case_id.partition(".")[0]


def _check(name: str, tiers: Mapping[str, str], tier: str) -> None:
    found = [case_id for case_id in tiers if _names(name, case_id)]
    if not found:
        known = [*tiers, *map(family_of, tiers)]
        raise SelectionError(f"there is no case {name!r}{nearest(name, known)}; `conformance cases` lists them all")
    if not any(is_selected(case_id, tiers[case_id], [name], tier) for case_id in found):
        raise SelectionError(
            f"{name!r} names {len(found)} cases, none of them in the core tier: add --tier full, or give a whole id, "
            f"such as {found[0]}"
        )
