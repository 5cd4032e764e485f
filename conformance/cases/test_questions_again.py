"""An order that waits for an answer again and again: the questions of one wait say nothing of the next."""

import asyncio
from decimal import Decimal

from conformance.cases.situations import QUESTIONS, UNCHECKED
from conformance.kit import Faults, Market, Order, Trader, Wire, case, equal, limit, require
from conformance.kit.fates import UNKNOWN_ERROR
from conformance.kit.waiting import comes_true

#: 1.x asks twice and 2.x once before they conclude, so far apart that what happens after a question comes before the
#: next one, on a busy machine too.
_TWICE = {"inflight_check": {"interval_ms": 100, "threshold_ms": 600, "retries": 2}}


async def _is_amended(order: Order, faults: Faults, price: Decimal) -> asyncio.Event:
    """Ask for another price, of which neither answer nor event tells until the returned event is set."""
    told = asyncio.Event()
    faults.delay("modify", until=told, processed=True)
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="AMENDMENT")
    await order.modify(price=str(price))
    return told


async def _is_asked_for_in_vain(trader: Trader, order: Order, faults: Faults, price: Decimal) -> None:
    """Ask for another price, and let it be told once a question for the order has failed."""
    failed = faults.answer("GET /fapi/v1/order", 503, UNKNOWN_ERROR)
    told = await _is_amended(order, faults, price)
    # What is not found may be looked for among the stops.
    faults.answer("GET /fapi/v1/algoOrder", 503, UNKNOWN_ERROR, times=None, until=told, optional=True)

    async def has_failed() -> bool:
        return failed.applied == 1

    await comes_true(trader.history, has_failed)
    told.set()
    await order.stands("ACCEPTED")


@case(
    "CONN-665",
    rule="General info: 503: execution status unknown, verify by query; Query Order tells of an order that is open",
    upstream=["#4152"],
    needs=["inflight_check", "unrecordable"],
    # Each question of the check is one request, and no other check asks.
    trader={**_TWICE, **UNCHECKED, "client": {"max_retries": 0}, "optional": ["client.max_retries"]},
)
async def test_order_that_waits_again_is_asked_for_again(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """An order that waits for an answer MUST be asked for, however many questions failed while it waited before."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await _is_asked_for_in_vain(trader, order, faults, market.below_last("3%"))
    await _is_asked_for_in_vain(trader, order, faults, market.below_last("4%"))

    before = len(wire.asked(QUESTIONS))
    told = await _is_amended(order, faults, market.below_last("5%"))
    await trader.gives_up([order], QUESTIONS)
    questions = len(wire.asked(QUESTIONS)) - before
    told.set()

    await order.stands("ACCEPTED")
    equal("its price", Decimal((await order.row())["price"]), market.below_last("5%"))
    require(questions > 0, "a question for the order while it waits", seen="none")
