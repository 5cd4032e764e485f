"""Families in a run: each of its cases is an item of its own, with its own outcome, under its own id."""

import pytest

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import read_results
from tests.support.forked_pytest import forked_pytest
from tests.support.pytest_runs import run

pytest_plugins = ["pytester"]

FAMILY = '''
from dataclasses import dataclass
from conformance.kit import AxisValue, case, limit, require

@dataclass(frozen=True, kw_only=True)
class Distance(AxisValue):
    percent: str

DISTANCES = (Distance(name="near", percent="1%"), Distance(name="far", percent="5%"))

@case.each(
    "FAM-010",
    axes={"side": ("buy", "sell"), "distance": DISTANCES, "size": ("small", "large")},
    rule="New Order",
    core=["sell.far.large"],
)
async def test_accepted(trader, market, side: str, distance: Distance, size: str):
    """A {size} order to {side} {distance} from the market MUST be accepted, if it is no {side} of the other kind."""
    price = market.below_last(distance.percent) if side == "buy" else market.above_last(distance.percent)
    order = await trader.submit(limit(side.upper(), "0.010" if size == "small" else "0.020", price))
    await order.reaches("ACCEPTED")
    require(order.id == "FAM-010-1", "the order's id is the family's")
    require(side == "buy", "a side to buy")

@case.each({"TAB-010": {"quantity": "0.010"}, "TAB-020": {"quantity": "0.020"}}, rule="New Order")
async def test_quantity(trader, market, quantity: str):
    """An order over {quantity} MUST be accepted."""
    order = await trader.submit(limit("BUY", quantity, market.below_last("2%")))
    await order.reaches("ACCEPTED")
'''


def test_the_core_runs_by_default_each_case_with_its_outcome(cases: pytest.Pytester) -> None:
    """Cells and rows are cases: those that break their requirement fail, the others pass; histories are their own."""
    result, results = run(cases, FAMILY)

    assert result.ret == 1
    outcomes = {case_id: case.outcome for case_id, case in results.cases.items()}
    assert 4 <= sum(case_id.startswith("FAM-010.") for case_id in outcomes) < 8
    assert outcomes["FAM-010.sell.far.large"] is Outcome.FAILED
    assert outcomes.pop("TAB-010") is outcomes.pop("TAB-020") is Outcome.PASSED
    assert {case_id for case_id, outcome in outcomes.items() if outcome is Outcome.PASSED} == {
        case_id for case_id in outcomes if ".buy." in case_id
    }
    history = results.history_of("FAM-010.sell.far.large")
    assert history is not None
    assert history.name == "FAM-010.sell.far.large.jsonl"
    result.stdout.fnmatch_lines(["*FAM-010.sell.far.large  A large order to sell far from the market MUST be*"])


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--tier", "full"), 10),
        (("--tier", "full", "--case", "FAM-010"), 8),
        (("--tier", "full", "--case", "FAM-010.buy.*", "--case", "TAB-020"), 5),
        (("--tier", "full", "--case", "FAM-010.buy.*", "-n", "2"), 4),
    ],
)
def test_tier_and_names_say_which_cases_run(cases: pytest.Pytester, options: tuple[str, ...], count: int) -> None:
    """`full` is every cell; a family or a pattern is its cells of the tier."""
    _, results = run(cases, FAMILY, *options)
    assert len(results.cases) == count


def test_a_whole_id_runs_whatever_its_tier(cases: pytest.Pytester) -> None:
    """A cell that the core leaves out can be run by its name."""
    cases.makepyfile(test_cases=FAMILY)
    listed = forked_pytest(cases, "--nautilus", "1.0.0", "--tier", "full", "--collect-only", "-q")
    core = forked_pytest(cases, "--nautilus", "1.0.0", "--collect-only", "-q")
    left_out = set(listed.outlines) - set(core.outlines)
    ids = sorted(line.partition("[")[2].rstrip("]") for line in left_out if "[FAM" in line)
    assert ids

    _, results = run(cases, FAMILY, "--case", ids[0])

    assert list(results.cases) == [ids[0]]


def test_a_name_of_no_case_is_wrong_usage(cases: pytest.Pytester) -> None:
    """A pattern that nothing matches is refused, and leaves no results."""
    cases.makepyfile(test_cases=FAMILY)
    options = ("--nautilus", "1.0.0", "--case", "FAM-020.*", "--conformance-results", "results.jsonl")
    result = forked_pytest(cases, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no case 'FAM-020.[*]'*"])
    with pytest.raises(ValueError, match="footer"):
        read_results(cases.path / "results.jsonl")
