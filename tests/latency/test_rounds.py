"""A round: every kind of order reaches its state on the simulator, and only those that count leave samples."""

import gc
from pathlib import Path
from typing import Any, cast

import pytest

from conformance.history.entries import Command
from conformance.history.history import History
from conformance.latency import rounds
from conformance.latency.intervals import SERIES, OrderKind
from conformance.latency.measurement import Role
from conformance.latency.rounds import ORDERS_A_ROUND, WARM_UP, measure_round
from conformance.subject.subject import Subject

from .quick_trader import QuickSubject

SUBJECT = cast(Subject, QuickSubject())


@pytest.fixture
def short_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two orders of each kind before those that count."""
    monkeypatch.setattr(rounds, "WARM_UP", 2)


@pytest.mark.usefixtures("short_warm_up")
async def test_every_series_is_measured(tmp_path: Path) -> None:
    """As many samples as orders that count, in every series; the calibration and the history come with them."""
    found = await measure_round(SUBJECT, Role.MEASURED, 1, 3, tmp_path / "histories")

    assert {series: (len(each.ns), each.early) for series, each in found.series.items()} == dict.fromkeys(
        SERIES, (3, 0)
    )
    assert found.calibration_ns
    history = History.read(tmp_path / found.history)
    submitted = [record for record in history.of(Command) if record.op == "submit"]
    assert len(submitted) == 3 * (2 + 3)


@pytest.mark.usefixtures("short_warm_up")
async def test_the_collector_is_on_again_afterwards(tmp_path: Path) -> None:
    """What a round switches off in this process it switches on again, also after a failure."""
    await measure_round(SUBJECT, Role.MEASURED, 1, 1, tmp_path)
    assert gc.isenabled()

    def refuse(*_arguments: Any) -> None:
        raise RuntimeError("no samples")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "_send", refuse)
        with pytest.raises(RuntimeError, match="no samples"):
            await measure_round(SUBJECT, Role.MEASURED, 2, 1, tmp_path)
    assert gc.isenabled()
    assert (tmp_path / "measured-2.jsonl").is_file()


async def test_a_round_that_would_reach_a_limiter_is_refused(tmp_path: Path) -> None:
    """A figure with a limiter's wait in it is no latency."""
    with pytest.raises(ValueError, match="57 orders in a round; allowed: 1 to 56"):
        await measure_round(SUBJECT, Role.MEASURED, 1, ORDERS_A_ROUND + 1, tmp_path)


def test_a_full_round_stays_under_the_venues_limit() -> None:
    """Orders and cancels together stay under 300, all that the venue takes in 10 s, however fast the machine is."""
    of_each_kind = WARM_UP + ORDERS_A_ROUND

    assert of_each_kind * (len(OrderKind) + 1) < 300
