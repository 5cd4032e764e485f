"""Distributions: HdrHistogram's percentiles, and what they can tell."""

import pytest

from conformance.latency.distribution import PERCENTILES, Distribution


def test_percentiles_are_right_to_three_figures() -> None:
    """Of a thousand even durations each percentile is where it should be, within HdrHistogram's resolution."""
    found = Distribution(range(1_000, 1_001_000, 1_000)).percentiles()

    assert list(found) == list(PERCENTILES)
    wanted = {"p50": 500_000, "p90": 900_000, "p99": 990_000, "p99.9": 999_000, "max": 1_000_000}
    assert found == pytest.approx(wanted, rel=1e-3)


def test_it_can_be_stored_and_read_again() -> None:
    """The encoded form holds everything that the percentiles need."""
    distribution = Distribution([1, 20_000, 3_000_000, 40_000_000])

    again = Distribution.decoded(distribution.encoded)

    assert again.percentiles() == distribution.percentiles()
    assert again.count == 4


@pytest.mark.parametrize(
    ("count", "resolved"), [(99, ["p50", "p90"]), (100, ["p50", "p90", "p99"]), (1000, ["p50", "p90", "p99", "p99.9"])]
)
def test_it_knows_which_percentiles_it_can_tell_from_the_maximum(count: int, resolved: list[str]) -> None:
    """One sample in a hundred makes a p99, one in a thousand a p99.9."""
    distribution = Distribution(range(1, count + 1))

    assert [name for name in PERCENTILES if distribution.resolves(name)] == [*resolved, "max"]


def test_an_empty_one_has_no_percentile() -> None:
    """No samples are no latency of zero."""
    with pytest.raises(ValueError, match="no durations were measured"):
        Distribution([]).at("p50")


def test_a_minute_is_no_latency() -> None:
    """What HdrHistogram would drop in silence is an error."""
    with pytest.raises(ValueError, match="61 s"):
        Distribution([61_000_000_000])
