"""The calibration loop: a fixed piece of work, whose end is an error where it does not come."""

import pytest

from conformance.latency import calibration
from conformance.latency.calibration import CalibrationError, round_trips, unit_ns


async def test_every_round_trip_is_measured() -> None:
    """As many durations come back as were asked for, warm-ups not among them; none is nothing."""
    durations = await round_trips(20)

    assert len(durations) == 20
    assert min(durations) > 0


def test_the_unit_is_a_median_of_medians() -> None:
    """One slow trip in a round, and one slow round, are both without effect."""
    assert unit_ns([[1, 2, 900], [2, 2, 2], [800, 900, 900]]) == 2


async def test_a_client_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No unit is made up where nothing was measured."""
    monkeypatch.setattr(calibration, "_CLIENT", calibration._CLIENT.with_name("nowhere.py"))

    with pytest.raises(CalibrationError, match=r"the calibration client ended with 2: .*nowhere\.py"):
        await round_trips(1)


async def test_a_client_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop has a deadline, and leaves no process behind."""
    monkeypatch.setattr(calibration, "_WITHIN_S", 0.01)

    with pytest.raises(CalibrationError, match="took more than"):
        await round_trips(100_000)
