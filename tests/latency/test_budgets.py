"""Budgets: data with a schema, whose errors name file and line."""

from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from conformance.latency.budgets import BudgetsError, Percentile, load_budgets
from conformance.latency.distribution import PERCENTILES
from conformance.latency.intervals import SERIES, Interval

GOOD = """\
budgets:
  - orders: [market, limit]
    interval: submit-to-request
    percentile: p99
    limit_ms: 100
    reason: promised
  - orders: [market]
    interval: frame-to-event
    percentile: p50
    times_calibration: 2.5
    reason: measured
against:
  factor: 1.5
  percentiles: [p50, p90]
  reason: noise
"""


def written(folder: Path, text: str) -> Path:
    """Return a budgets file with this text."""
    path = folder / "budgets.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_ceiling_is_in_ms_or_in_units_of_the_calibration_loop(tmp_path: Path) -> None:
    """An absolute ceiling is the same on every machine, a relative one scales with the machine."""
    absolute, relative = load_budgets(written(tmp_path, GOOD)).entries

    assert (absolute.limit_ns(200_000), absolute.limit_ns(900_000)) == (100_000_000, 100_000_000)
    assert (relative.limit_ns(200_000), relative.limit_ns(900_000)) == (500_000, 2_250_000)
    assert (absolute.shown, relative.shown) == ("100 ms", "2.5 × calibration")


def test_the_projects_own_budgets_hold_the_promise_for_every_series() -> None:
    """100 ms from submit to request and 50 ms from frame to event, at p99, for all that is measured."""
    promised = {
        series: entry.limit_ms
        for entry in load_budgets().entries
        if entry.limit_ms is not None and entry.percentile == "p99"
        for series in entry.series
    }

    limits = {Interval.SUBMIT_TO_REQUEST: Decimal(100), Interval.FRAME_TO_EVENT: Decimal(50)}
    assert promised == {series: limits[series.interval] for series in SERIES}


def test_the_projects_own_budgets_have_a_tight_one_for_every_series() -> None:
    """Nothing that is measured is without a ceiling that this machine's speed sets."""
    tight = {series for entry in load_budgets().entries if entry.times_calibration for series in entry.series}

    assert tight == set(SERIES)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("    reason: promised\n", "", 2, "missing required field `reason`"),
        ("limit_ms: 100", "limit: 100", 5, "unknown field 'limit'; the nearest is 'limit_ms'"),
        ("limit_ms: 100", "limit_ms: fast", 5, "`budgets.0..limit_ms` is 'fast': expected `float . null`, got `str`"),
        ("limit_ms: 100", "limit_ms: -1", 5, "`budgets.0..limit_ms` is -1: expected `float` > 0.0"),
        ("limit_ms: 100", "limit_ms: .nan", 5, "limit_ms` is nan"),
        ("limit_ms: 100", "limit_ms: .inf", 5, "`limit_ms` is inf"),
        ("limit_ms: 100", "limit_ms: yes", 5, "limit_ms` is True"),
        ("    limit_ms: 100\n", "", 2, "expected one of limit_ms and times_calibration, found neither"),
        ("limit_ms: 100", "limit_ms: 100\n    times_calibration: 3", 2, "found limit_ms and times_calibration"),
        ("limit_ms: 100", "limit_ms: 100\n    limit_ms: 50", 6, "`limit_ms` is given twice"),
        (
            "percentile: p99",
            "percentile: p95",
            4,
            "percentile` is 'p95': expected one of p50, p90, p99, p99.9, max; the nearest is",
        ),
        ("submit-to-request", "submit-request", 3, "the nearest is 'submit-to-request'"),
        ("[market, limit]", "[market, stop]", 2, "orders.1.` is 'stop': expected one of market, closing-market, limit"),
        ("[market, limit]", "[]", 2, "orders` is ..: expected `array` of length >= 1"),
        ("[market, limit]", "market", 2, "orders` is 'market': expected `array`"),
        ("reason: promised", "reason: ''", 6, "reason` is '': expected text that is not empty"),
        ("reason: promised", "reason: 5", 6, "reason` is 5: expected `str`"),
        ("factor: 1.5", "factor: 1", 13, "factor` is 1: expected `float` > 1.0"),
        ("against:", "versus:", 12, "unknown field 'versus'"),
        ("budgets:\n", "budgets:\n  - [1\n", 3, "not YAML"),
        ("budgets:\n", "budgets:\n  - fast\n", 2, "expected `object`, got `str`"),
    ],
)
def test_what_breaks_the_schema_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    """Whoever edits the file is told where it is wrong and what is allowed."""
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))

    with pytest.raises(BudgetsError, match=message) as error:
        load_budgets(path)

    assert str(error.value).startswith(f"{path}:{line}: ")


def test_the_percentiles_are_those_that_are_reported() -> None:
    """The vocabulary of the schema and what a distribution tells are the same."""
    assert get_args(Percentile) == tuple(PERCENTILES)


def test_two_ceilings_of_one_kind_for_one_figure_are_refused(tmp_path: Path) -> None:
    """One figure has one promise; a second entry would hide which of the two holds."""
    twice = GOOD.replace(
        "against:",
        "  - {orders: [limit], interval: submit-to-request, percentile: p99, limit_ms: 9, reason: again}\nagainst:",
    )

    with pytest.raises(BudgetsError, match=r"limit submit → request p99 has a budget in limit_ms already, at .*:2"):
        load_budgets(written(tmp_path, twice))


def test_an_empty_or_absent_file_is_an_error(tmp_path: Path) -> None:
    """A file without budgets would let everything pass."""
    with pytest.raises(BudgetsError, match="is empty"):
        load_budgets(written(tmp_path, "# nothing\n"))
    with pytest.raises(BudgetsError, match=r"cannot be read .* name another file with --budgets"):
        load_budgets(tmp_path / "none.yaml")
