"""Waiting for what no entry of the history tells."""

from conformance.history.history import History
from conformance.kit.waiting import comes_true
from tests.kit.scripted_trader import order_event, soon

SOON_S = 0.02


async def test_probe_is_repeated_after_news_and_after_silence() -> None:
    """What becomes true without any event is found, too; what never does is false at the deadline."""
    history = History()
    looks = iter([False, False, True])

    async def third_time() -> bool:
        return next(looks)

    async def never() -> bool:
        return False

    soon(history, order_event("OrderAccepted"))
    assert await comes_true(history, third_time, within_s=60)
    assert not await comes_true(history, never, within_s=SOON_S)
