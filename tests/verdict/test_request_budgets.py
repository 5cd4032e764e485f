"""Request budgets: data with a schema, exceeded only by what most occasions ask."""

from pathlib import Path

import pytest

from conformance.verdict.decision import Decision
from conformance.verdict.request_budgets import decide_with_budgets, exceeded, load_request_budgets
from conformance.verdict.schema import SchemaError
from conformance.wire_changes.bills import Bills
from conformance.wire_changes.observed import observe
from tests.wire_changes.lives import Life

BUDGETS = """
requests:
  - of: [LIMIT, MARKET]
    requests: 1
    weight: 0
    reason: one request is enough
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a budgets file."""
    path = tmp_path / "budgets.yaml"
    path.write_text(BUDGETS)
    return path


def bills(*lives: Life) -> Bills:
    """Return what these lives cost."""
    found = Bills()
    for nth, life in enumerate(lives):
        found.add(f"A-{nth}", observe(life.history))
    return found


ONE = Life().start().submit()
TWO = Life().start().submit(also=["GET /fapi/v1/order"])


def test_own_budgets_cover_a_start_and_every_kind_of_order() -> None:
    """The project's own file is sound, and leaves out nothing that costs."""
    assert len(load_request_budgets()) == 8


def test_what_most_occasions_ask_is_held_against_the_budget(file: Path) -> None:
    """Half of the orders are enough; one late answer among many is not."""
    budgets = load_request_budgets(file)

    assert [excess.budget.of for excess in exceeded(budgets, bills(ONE, TWO))] == ["LIMIT"]
    assert exceeded(budgets, bills(ONE, ONE, TWO)) == []


def test_trouble_costs_nothing(file: Path) -> None:
    """What is asked after something has gone wrong is not held against any budget."""
    troubled = Life().start().trouble().submit(also=["GET /fapi/v1/order"])

    assert exceeded(load_request_budgets(file), bills(troubled)) == []


def test_order_good_till_a_date_has_no_budget(file: Path) -> None:
    """The cancellation of an order whose date the trader holds is no cost of its submission; any other one is."""
    budgets = load_request_budgets(file)

    assert exceeded(budgets, bills(Life().start().submit(also=["DELETE /fapi/v1/order"], time_in_force="GTD"))) == []
    assert exceeded(budgets, bills(Life().start().submit(also=["DELETE /fapi/v1/order"]))) != []


def test_an_excess_decides() -> None:
    """A certain finding decides, whatever else was not seen, and comes first."""
    (excess,) = exceeded(load_request_budgets(), bills(TWO))

    assert decide_with_budgets(Decision.UPGRADE, ["fine"], [excess]) == (Decision.REGRESSED, (excess.describe(),))
    decision, reasons = decide_with_budgets(Decision.BROKEN, ["A-1 broken"], [excess])
    assert (decision, reasons) == (Decision.REGRESSED, (excess.describe(), "A-1 broken"))
    assert decide_with_budgets(Decision.UPGRADE, ["fine"], []) == (Decision.UPGRADE, ("fine",))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (BUDGETS.replace("LIMIT", "LIMITED"), "LIMIT"),
        (BUDGETS.replace("weight: 0", "weight: -1"), "weight"),
        (BUDGETS + BUDGETS.removeprefix("\nrequests:\n"), "has a budget already"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(broken: str, said: str, file: Path) -> None:
    """A word that does not exist, a figure out of range and a second budget are refused, with file and line."""
    file.write_text(broken)

    with pytest.raises(SchemaError, match=f"budgets.yaml:\\d+: .*{said}"):
        load_request_budgets(file)
