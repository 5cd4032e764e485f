"""Which cases a run has: a name is an id, a family or a pattern, and the tier says how much of it."""

import pytest

from conformance.kit.selection import SelectionError, selected

TIERS = {
    "STOP-010": "core",
    "FATE-010.cancel.408": "core",
    "FATE-010.cancel.page": "full",
    "FATE-010.submit.408": "full",
    "FATE-020.cancel.408": "full",
}


@pytest.mark.parametrize(
    ("wanted", "core", "full"),
    [
        ([], ["STOP-010", "FATE-010.cancel.408"], list(TIERS)),
        (["STOP-010"], ["STOP-010"], ["STOP-010"]),
        (["FATE-010"], ["FATE-010.cancel.408"], list(TIERS)[1:4]),
        (["FATE-010.cancel.*"], ["FATE-010.cancel.408"], list(TIERS)[1:3]),
        (["FATE-010.submit.408"], ["FATE-010.submit.408"], ["FATE-010.submit.408"]),
        (["FATE-010", "FATE-020.cancel.408"], [list(TIERS)[1], list(TIERS)[4]], list(TIERS)[1:]),
        (["*.408"], ["FATE-010.cancel.408"], [list(TIERS)[1], *list(TIERS)[3:]]),
    ],
)
def test_names_choose_cases(wanted: list[str], core: list[str], full: list[str]) -> None:
    """A family or a pattern means its cells of the tier; a whole id means that case, whatever its tier."""
    assert selected(TIERS, wanted) == core
    assert selected(TIERS, wanted, "full") == full


def test_a_name_of_no_case_is_refused_with_the_nearest() -> None:
    """The nearest may be a case or a family."""
    with pytest.raises(SelectionError, match="no case 'FATE-01'; the nearest is 'FATE-010'"):
        selected(TIERS, ["FATE-01"])


def test_a_family_without_cells_in_the_core_says_how_to_run_it() -> None:
    """Nothing to run is no run: the message has the option that helps, and a cell to name."""
    with pytest.raises(SelectionError, match=r"names 1 cases, none .*: add --tier full, .* FATE-020\.cancel\.408"):
        selected(TIERS, ["FATE-020"])
