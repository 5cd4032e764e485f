"""What a strategy is told in handlers of its own, one for each event, as firms write them."""

import re

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.history.entries import Event
from conformance.kit import Faults, Market, Trader, Traders, case, limit, market_order, stop_market

_RULE = "Strategies, handlers: on_order_filled, on_position_opened and the others are called with each event, once"
_REFUSED = {"code": -1102, "msg": "Mandatory parameter was not sent, was empty/null, or malformed."}


@case("HND-030", rule=_RULE, needs=["unrecordable", "market_moves"], trader=UNASKED)
async def test_each_handler_is_called_with_its_event(traders: Traders, market: Market, faults: Faults) -> None:
    """Whatever orders and a position come to, each event MUST be told in its own handler and in the general, once."""
    trader = await traders.start(hears=["handlers"])
    passes_over_what_is_free(trader)

    await _comes_and_goes(trader, market, faults)
    await _opens_and_closes(trader)

    await trader.settles()
    await _is_told_in_handlers(trader)


@case("HND-031", rule=_RULE, needs=NEEDS, trader=UNASKED)
async def test_handlers_are_called_with_what_becomes_of_a_held_order(traders: Traders, market: Market) -> None:
    """That an order is held back, released and filled MUST be told in the handler of each, once."""
    trader = await traders.start(hears=["handlers"])
    passes_over_what_is_free(trader)
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    order = await trader.submit(stop)
    await trader.settles()

    await market.moves_to(market.below_last("2%"))

    await order.reaches("FILLED")
    await trader.settles()
    await _is_told_in_handlers(trader)


async def _comes_and_goes(trader: Trader, market: Market, faults: Faults) -> None:
    """Have orders placed, amended, cancelled, denied, rejected and expired, and commands about them rejected."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.answer("modify order", 400, _REFUSED)
    await order.modify(price=str(market.below_last("3%")))
    await order.reaches("MODIFY_REJECTED")
    await order.modify(price=str(market.below_last("4%")))
    await order.reaches("UPDATED")
    faults.answer("cancel order", 400, _REFUSED)
    await order.cancel()
    await order.reaches("CANCEL_REJECTED")
    await order.cancel()
    await order.reaches("CANCELED")
    crossing = await trader.submit(limit("BUY", "0.010", market.above_last("1%"), post_only=True))
    await crossing.reaches("REJECTED")
    unfilled = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), time_in_force="IOC"))
    await unfilled.reaches("EXPIRED", "CANCELED")
    denied = await trader.submit(limit("BUY", "0.0100001", market.below_last("2%")))
    await denied.reaches("DENIED")


async def _opens_and_closes(trader: Trader) -> None:
    """Have a position opened, changed and closed."""
    for order, held in (
        (market_order("BUY", "0.010"), "0.010"),
        (market_order("BUY", "0.010"), "0.020"),
        (market_order("SELL", "0.020"), "0"),
    ):
        await (await trader.submit(order)).reaches("FILLED")
        await trader.holds(held)


async def _is_told_in_handlers(trader: Trader) -> None:
    told: list[tuple[str, str, str | None]] = []
    for event in trader.history.of(Event):
        if event.name.startswith(("Order", "Position")):
            kind = "order" if event.name.startswith("Order") else "position"
            about = event.client_order_id if kind == "order" else event.position_id
            told += [(_handler_of(event.name), event.name, about), (f"on_{kind}_event", event.name, about)]
    await trader.has_heard(*told)


def _handler_of(event: str) -> str:
    return "on" + re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", event)
