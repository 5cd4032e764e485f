"""What a strategy was told of others' orders, as a case asks for it."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.trader import Trader
from tests.kit.scripted_trader import ScriptedLink

FILL = {"event": "OrderFilled", "client_order_id": "A-1", "trade_id": "7"}
CANCELLATION = {"event": "OrderCanceled", "client_order_id": "A-2"}


class Hearing(ScriptedLink):
    """A trader whose last strategy has heard these events."""

    def __init__(self, *heard: dict[str, str]) -> None:
        super().__init__()
        self._heard = list(heard)

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Tell what was heard; take note of any other command."""
        return {"heard": self._heard} if op == "heard" else await super().command(op, within_s=within_s, **arguments)


@pytest.mark.parametrize(
    ("heard", "signature"),
    [
        ([CANCELLATION, FILL], None),
        ([FILL], "1 events told to a strategy, required 2"),
        ([CANCELLATION, FILL, FILL], "3 events told to a strategy, required 2"),
        ([CANCELLATION, {**FILL, "trade_id": "8"}], "2 events told to a strategy, required 2"),
    ],
)
async def test_what_was_heard_is_compared_whole(heard: list[dict[str, str]], signature: str | None) -> None:
    """`has_heard` wants exactly these events, in any order: one less, one twice or under another trade id fails."""
    trader = Trader(Hearing(*heard), History(), "CASE-010")
    wanted = ("OrderFilled", "A-1", "7"), ("OrderCanceled", "A-2", None)
    if signature is None:
        await trader.has_heard(*wanted)
        return
    with pytest.raises(CheckError) as failure:
        await trader.has_heard(*wanted, within_s=0.02)
    assert failure.value.signature == signature


class Quoting(ScriptedLink):
    """A trader that has these orders, and of them these in its book of its own."""

    def __init__(self, *own: dict[str, str]) -> None:
        super().__init__(orders=[{"client_order_id": "A", "price": "49000.00"}, {"client_order_id": "B"}])
        self._own = list(own)

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Tell the book of its own orders; take note of any other command."""
        return {"orders": self._own} if op == "own_book" else await super().command(op, within_s=within_s, **arguments)


BID = {"client_order_id": "A", "side": "BUY", "price": "49000.0", "size": "0.01", "status": "ACCEPTED"}


@pytest.mark.parametrize(
    ("own", "signature"),
    [
        ([BID], None),
        ([], "0 orders in the own book, required 1"),
        ([BID, {**BID, "client_order_id": "B"}], "2 orders in the own book, required 1"),
        ([{**BID, "side": "SELL"}], "1 orders in the own book, required 1"),
        ([{**BID, "size": "0.011"}], "1 orders in the own book, required 1"),
        ([{**BID, "price": "49100"}], "1 orders in the own book, required 1"),
    ],
)
async def test_own_book_is_compared_whole(own: list[dict[str, str]], signature: str | None) -> None:
    """It holds exactly these orders, at the prices of the trader's books, however figures are written."""
    trader = Trader(Quoting(*own), History(), "CASE-010")
    if signature is None:
        await trader.has_in_own_book(("A", "BUY", "0.010"))
        return
    with pytest.raises(CheckError) as failure:
        await trader.has_in_own_book(("A", "BUY", "0.010"), within_s=0.02)
    assert failure.value.signature == signature


@pytest.mark.parametrize(
    ("price", "asked"), [(None, {}), (Decimal(0), {"price": "0"}), (Decimal("1E+3"), {"price": "1000"})]
)
async def test_profits_are_asked_for_at_the_price_that_is_given(price: Decimal | None, asked: dict[str, str]) -> None:
    """A price goes out as plain figures, one of 0 as well; without one none does."""
    link = ScriptedLink()

    await Trader(link, History(), "CASE-010").profits("BTCUSDT", price)

    assert link.commands == [("profits", {"symbol": "BTCUSDT", **asked})]
