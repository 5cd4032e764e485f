"""Cancelling all orders of one strategy, whatever state another strategy's order is in: that one is left as it was."""

from conformance.cases.cancellable import STATES, Desk, State
from conformance.cases.situations import UNCHECKED, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, case, equal, limit, stop_market

_ORDER = AxisValue(name="order", words="an order of its own")
_STOP = AxisValue(name="stop", words="a stop of its own")


@case.each(
    "CXL-900",
    axes={"state": STATES, "own": (_ORDER, _STOP)},
    tier="full",
    core=["submitted.order"],
    rule="Cancel All Open Orders, Cancel All Algo Open Orders: all of the symbol's, whoever has sent them",
    needs=["market_moves", "unrecordable"],
    # An order that is held back for long would be asked for, and accepted by what the query says first.
    trader={"inflight_check": None, **UNCHECKED},
)
async def test_all_orders_of_one_strategy_are_cancelled_beside_anothers(
    traders: Traders, market: Market, venue: Venue, faults: Faults, state: State, own: AxisValue
) -> None:
    """Where a strategy with {own} cancels all, another strategy's order that {state} MUST be left as it was."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    mine, others = trader.strategy(1), trader.strategy(2)
    far = market.below_last("8%")
    order = await mine.submit(
        limit("BUY", "0.010", far) if own is _ORDER else stop_market("SELL", "0.010", trigger=far)
    )
    await order.reaches("ACCEPTED")
    other, told = await state.is_reached(Desk(others, market, faults))

    await mine.cancel_all()
    await trader.has_its_answers()
    told.set()

    await venue.confirms(order, "CANCELED")
    left = "PARTIALLY_FILLED" if state.name == "part" else "ACCEPTED"
    await other.stands(left)
    await venue.confirms(other, left)
    equal("orders left at the venue", len((await venue.books())["orders"]), 1)


@case.each(
    "CXL-910",
    axes={"state": STATES, "beside": (_ORDER, _STOP)},
    tier="full",
    core=["amended.order"],
    rule="Cancel Order, Cancel Multiple Orders: orderId; Cancel Algo Order: algoId, until it has triggered",
    needs=["market_moves", "unrecordable"],
    trader={"inflight_check": None, **UNCHECKED},
)
async def test_order_in_any_state_is_cancelled_beside_another_strategy(
    traders: Traders, market: Market, venue: Venue, faults: Faults, state: State, beside: AxisValue
) -> None:
    """A strategy's order that {state} MUST end when it cancels all, beside another strategy that has {beside}."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    far = market.below_last("8%")
    other = await trader.strategy(2).submit(
        limit("BUY", "0.010", far) if beside is _ORDER else stop_market("SELL", "0.010", trigger=far)
    )
    await other.reaches("ACCEPTED")
    order, told = await state.is_reached(Desk(trader.strategy(1), market, faults))

    await trader.strategy(1).cancel_all()
    await trader.has_its_answers()
    told.set()

    await venue.confirms(order, "CANCELED")
    await order.stands("CANCELED")
    await other.stands("ACCEPTED")
    await venue.confirms(other, "ACCEPTED")
