"""That a fault happened can be awaited, and that it did not is nobody's failure but the case's own."""

import asyncio

import pytest

from conformance.binance.events import read_event
from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.fault import FaultError

EVENT = {"e": "ORDER_TRADE_UPDATE", "o": {"x": "CANCELED"}}


async def test_a_case_waits_until_its_fault_has_happened() -> None:
    """What matches but is passed over, and what does not match, is no happening; the applied fault is."""
    faults = Faults()
    lost = faults.lose("ORDER_TRADE_UPDATE", x="CANCELED", skip=1)
    for event in ({"e": "ACCOUNT_UPDATE"}, EVENT):
        assert faults.on_frame(read_event(event)) is None
    with pytest.raises(FaultError):
        await lost.happens(within_s=0.01)
    waiting = asyncio.create_task(lost.happens())

    assert faults.on_frame(read_event(EVENT)) is lost

    await waiting
    await lost.happens(within_s=0)


async def test_a_fault_that_does_not_happen_names_itself() -> None:
    """The error says what was awaited, and is no requirement that failed."""
    lost = Faults().lose("ORDER_TRADE_UPDATE", x="CANCELED")

    with pytest.raises(FaultError, match=r"lose of ORDER_TRADE_UPDATE x=CANCELED: did not happen within 0\.01 s"):
        await lost.happens(within_s=0.01)


@pytest.mark.parametrize("wrong", [{"times": 0}, {"skip": -1}])
def test_a_fault_that_could_never_apply_is_refused(wrong: dict[str, int]) -> None:
    """On requests and on frames alike."""
    with pytest.raises(ValueError, match="times must be at least 1"):
        Faults().drop("POST /fapi/v1/order", processed=True, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="times must be at least 1"):
        Faults().duplicate("ORDER_TRADE_UPDATE", **wrong)  # type: ignore[arg-type]


def test_an_optional_fault_may_never_happen() -> None:
    """A version that never meets it is no mistake of the case; one that is not optional names itself."""
    faults = Faults()
    faults.answer("place", 503, "", optional=True)
    faults.lose("ALGO_UPDATE", optional=True)
    assert faults.unused == []
    faults.hang(["WS order.place", "cancel"], processed=True, symbol="BTCUSDT")
    assert faults.unused == ["hang on WS order.place or cancel symbol=BTCUSDT"]
