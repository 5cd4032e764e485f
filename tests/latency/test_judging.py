"""Judging: beyond a budget, slower than another, or not to be told."""

from decimal import Decimal

import pytest

from conformance.latency.budgets import AgainstRule, Budget, Budgets
from conformance.latency.intervals import SERIES, Interval, OrderKind, Series
from conformance.latency.judging import Judgement, judge
from conformance.latency.measurement import Measurement, Role
from conformance.latency.samples import Samples
from conformance.verdict.decision import Decision

from .ways import measured_round, measurement

FILL = Series(OrderKind.MARKET, Interval.FRAME_TO_EVENT)
RULE = AgainstRule(factor=Decimal("1.5"), percentiles=("p50", "p90"), reason="noise")
PAIR = ("1.231.0", "1.226.0")


def budgets(limit_ms: str | None = None, times: str | None = None) -> Budgets:
    """Return one budget on the fill of market orders, at p50."""
    ceiling = {"limit_ms": limit_ms and Decimal(limit_ms), "times_calibration": times and Decimal(times)}
    return Budgets((Budget(series=(FILL,), percentile="p50", reason="because", **ceiling),), RULE)


def against(*ms: tuple[float, float]) -> Measurement:
    """Return two versions in turns; each pair is how long a fill takes in one round of the first and of the second."""
    rounds = [
        measured_round(role, number, market_frame_to_event=taken)
        for number, pair in enumerate(ms, start=1)
        for role, taken in zip(Role, pair, strict=True)
    ]
    return measurement(*rounds, versions=PAIR)


def fill_p50(judgement: Judgement) -> str:
    """Return the verdict on the fill's median."""
    return next(each.verdict for each in judgement.ratios if (each.series, each.percentile) == (FILL, "p50"))


@pytest.mark.parametrize(
    ("ceiling", "decision"),
    [
        (budgets(limit_ms="1.01"), Decision.UPGRADE),
        (budgets(limit_ms="0.99"), Decision.REGRESSED),
        (budgets(times="5.1"), Decision.UPGRADE),
        (budgets(times="4.9"), Decision.REGRESSED),
    ],
)
def test_a_figure_is_held_against_its_ceiling(ceiling: Budgets, decision: Decision) -> None:
    """1 ms is within 1.01 ms and beyond 0.99 ms; and it is 5 units of a machine whose round trip takes 0.2 ms."""
    assert judge(measurement(measured_round(Role.MEASURED, 1, ms=1)), ceiling).decision is decision


def test_a_budget_that_is_broken_says_all_about_it() -> None:
    """Version, series, percentile, figure, ceiling and the ceiling's reason are in one sentence."""
    judgement = judge(measurement(measured_round(Role.MEASURED, 1, ms=3)), budgets(times="2"))

    assert judgement.headline == "beyond a budget"
    [reason] = judgement.reasons
    assert reason.startswith("1.231.0: market frame → event p50 is 3.0")
    assert reason.endswith("ms, beyond its budget of 0.400 ms (2 × calibration; because)")


def test_the_other_versions_budget_does_not_speak_against_the_measured_one() -> None:
    """An upgrade from a slow version to one within its budgets is a good one."""
    judgement = judge(against((1, 9), (1, 9)), budgets(limit_ms="2"))

    assert [each.held for each in judgement.findings] == [True, False]
    assert judgement.decision is Decision.UPGRADE


def test_slower_in_all_rounds_is_slower() -> None:
    """Twice as long in every round is beyond a factor of 1.5, at each percentile that the rule names."""
    judgement = judge(against((2, 1), (2, 1), (2, 1)), budgets(limit_ms="50"))

    assert judgement.decision is Decision.REGRESSED
    assert judgement.headline == "within all budgets, but slower"
    assert [each.percentile for each in judgement.ratios if each.slower] == ["p50", "p90"]
    assert judgement.reasons[0].startswith("1.231.0 is slower than 1.226.0: market frame → event p50 is 2.00 times")


def test_one_disturbed_round_is_no_verdict() -> None:
    """A machine that stalls while one version has its turn moves the tail of all samples, but not most rounds."""
    judgement = judge(against((90, 1), (1, 1), (1, 1)), budgets(limit_ms="100"))

    p90 = next(each for each in judgement.ratios if (each.series, each.percentile) == (FILL, "p90"))
    assert p90.pooled > 1.5
    assert p90.verdict == "same"
    assert judgement.decision is Decision.UPGRADE


def test_most_rounds_without_the_whole_are_no_verdict() -> None:
    """Nor is a ratio that the rounds show and all samples together do not."""
    judgement = judge(against((2, 1), (8, 12), (20, 10)), budgets(limit_ms="100"))

    assert fill_p50(judgement) == "same"


@pytest.mark.parametrize(("ms", "verdict"), [((1, 2), "faster"), ((1, 1), "same"), ((1.4, 1), "same")])
def test_within_the_factor_is_the_same(ms: tuple[float, float], verdict: str) -> None:
    """A version may be faster, but only what is slower beyond the factor speaks against it."""
    judgement = judge(against(ms, ms), budgets(limit_ms="50"))

    assert fill_p50(judgement) == verdict
    assert judgement.decision is Decision.UPGRADE


def test_percentiles_outside_the_rule_are_shown_without_verdict() -> None:
    """The tail of a few hundred samples is noise: it can be read, but decides nothing."""
    judgement = judge(against((2, 1), (2, 1)), budgets(limit_ms="50"))

    tail = [each for each in judgement.ratios if each.percentile in ("p99", "p99.9", "max")]
    assert len(tail) == 3 * len(SERIES)
    assert {each.verdict for each in tail} == {""}


def test_a_series_without_samples_is_not_measured() -> None:
    """Nothing seen is neither within a budget nor beyond one: the exit code says that the suite could not see it."""
    whole = measured_round(Role.MEASURED, 1)
    unseen = type(whole)(
        number=1,
        role=Role.MEASURED,
        calibration_ns=whole.calibration_ns,
        series={**whole.series, FILL: Samples((), early=100)},
    )

    judgement = judge(measurement(unseen), budgets(limit_ms="50"))

    assert judgement.decision is Decision.BROKEN
    assert judgement.headline.startswith("not measured")
    assert judgement.reasons[0].startswith("1.231.0 left no sample of market frame → event")
