"""Amendments to the end: told once, and those by which the venue ends the order instead."""

import asyncio
from decimal import Decimal

from conformance.cases.emulated import UNASKED
from conformance.kit import Faults, Market, Order, Trader, Venue, Wire, case, equal, limit, require, stop_market
from conformance.kit.waiting import comes_true

_RULE = "Modify Order: an amendment that would take (GTX), or to no more than has filled, cancels the order"


@case.each(
    {"LMT-360": {"what": "a post-only order to a price that takes"}, "LMT-361": {"what": "an order to what it filled"}},
    rule=_RULE,
    needs=["unrecordable", "market_moves"],
)
async def test_amendment_that_ends_the_order(trader: Trader, venue: Venue, market: Market, what: str) -> None:
    """An amendment of {what} MUST leave it CANCELED, as the venue does, with what it has filled."""
    takes = what.startswith("a post-only")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%"), post_only=takes))
    accepted = await order.reaches("ACCEPTED")
    if takes:
        await order.modify(price=str(market.above_last("1%")))
    else:
        await market.takes(accepted["venue_order_id"], "0.004")
        await trader.holds("0.004")
        await order.modify(quantity="0.004")

    await order.reaches("CANCELED")

    await trader.settles()
    await order.stands("CANCELED")
    equal("filled quantity", Decimal((await order.row())["filled_qty"]), Decimal(0 if takes else "0.004"))


@case("LMT-380", rule="Event: Order Update, execution type AMENDMENT", needs=["unrecordable", "market_moves"])
async def test_amendment_is_told_once(trader: Trader, market: Market) -> None:
    """An amendment MUST be told as asked for and as made, once, also when the order then fills in two parts."""
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await order.modify(price=str(market.below_last("3%")), quantity="0.012")
    await order.reaches("UPDATED")
    await trader.settles()
    equal("OrderPendingUpdate", len([event for event in order.events if event.name == "OrderPendingUpdate"]), 1)

    for quantity in ("0.004", "0.008"):
        await market.takes(accepted["venue_order_id"], quantity)
        await trader.settles()

    await order.reaches("FILLED")
    equal("OrderUpdated", len([event for event in order.events if event.name == "OrderUpdated"]), 1)


async def _two(trader: Trader, market: Market) -> list[Order]:
    orders = [await trader.submit(limit("BUY", "0.010", market.below_last(f"{percent}%"))) for percent in (2, 3)]
    for order in orders:
        await order.reaches("ACCEPTED")
    await trader.settles()
    return orders


@case("LMT-510", rule="Modify Multiple Orders; Modify Order", needs=["batch_amend", "unrecordable"])
async def test_orders_are_amended_with_one_command(trader: Trader, market: Market, venue: Venue) -> None:
    """Orders that are amended with one command MUST each be UPDATED once, and stand so at the venue."""
    first, second = await _two(trader, market)

    await trader.modify_batch({first: {"price": str(market.below_last("4%"))}, second: {"quantity": "0.012"}})

    for order in (first, second):
        await order.reaches("UPDATED")
        await venue.confirms(order)
    await trader.settles()
    for order in (first, second):
        equal("OrderUpdated", len([event for event in order.events if event.name == "OrderUpdated"]), 1)


@case.each(
    {"LMT-520": {"refused": "the first"}, "LMT-521": {"refused": "the last"}},
    tier="full",
    core=["LMT-520"],
    rule="Modify Multiple Orders: each has its own fate; Error codes: -1111",
    needs=["batch_amend", "unrecordable"],
)
async def test_refusal_of_one_amendment_is_of_that_alone(
    trader: Trader, market: Market, venue: Venue, faults: Faults, refused: str
) -> None:
    """Where {refused} of two amendments of one command is refused, that MUST be told, and the other be done."""
    orders = await _two(trader, market)
    wrong, right = orders if refused == "the first" else orders[::-1]
    body = {"code": -1111, "msg": "Precision is over the maximum defined for this asset."}
    faults.answer("modify order", 400, body, times=None, optional=True, orderId=wrong.events[-1].venue_order_id or "")
    faults.answer("modify order", 400, body, times=None, optional=True, origClientOrderId=wrong.id)

    await trader.modify_batch({each: {"quantity": "0.012"} for each in orders})

    await wrong.reaches("MODIFY_REJECTED")
    await right.reaches("UPDATED")
    for order in orders:
        await venue.confirms(order, "ACCEPTED")


@case(
    "LMT-530",
    rule="Modify Multiple Orders: orders of the Algo service cannot be amended",
    needs=["batch_amend", "unrecordable"],
)
async def test_stop_among_amended_orders_holds_up_none(trader: Trader, market: Market, venue: Venue) -> None:
    """A stop among orders that are amended with one command MUST be refused to be, and the others be amended."""
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await stop.reaches("ACCEPTED")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")

    await trader.modify_batch({stop: {"quantity": "0.012"}, order: {"quantity": "0.012"}})

    await order.reaches("UPDATED")
    await stop.reaches("MODIFY_REJECTED")
    await venue.confirms(order)
    await venue.confirms(stop)


@case.each(
    {"LMT-550": {"field": "price"}, "LMT-551": {"field": "quantity"}},
    tier="full",
    core=["LMT-550"],
    rule="Modify Order: whatever differs from the order as it stands at the venue",
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_amendment_can_be_taken_back_while_it_is_on_its_way(
    trader: Trader, market: Market, venue: Venue, faults: Faults, field: str
) -> None:
    """An amendment of the {field} that is taken back before it was told MUST be undone, or refused to whoever asks."""
    told = asyncio.Event()
    before, after = {
        "price": (str(market.below_last("2%")), str(market.below_last("3%"))),
        "quantity": ("0.010", "0.012"),
    }[field]
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    faults.delay("modify", until=told, processed=True)
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="AMENDMENT")
    await order.modify(**{field: after})

    async def is_amended() -> bool:
        return Decimal(getattr(await venue.standing(order.id), field)) == Decimal(after)

    require(await comes_true(trader.history, is_amended), "an amendment at the venue", seen="none")
    asked = await order.try_to_modify(**{field: before})
    told.set()
    await order.reaches("UPDATED")
    await trader.settles()

    is_back = Decimal(getattr(await venue.standing(order.id), field)) == Decimal(before)
    is_refused = not asked or any(event.name == "OrderModifyRejected" for event in order.events)
    require(is_back or is_refused, "an amendment that is undone, or a refusal to undo it", seen="neither")
    await venue.confirms(order)


@case.each(
    "LMT-570",
    axes={"first": ("price", "quantity"), "side": ("buy", "sell")},
    tier="full",
    core=["price.buy"],
    rule="Modify Order: both quantity and price are sent, whichever of them is to change",
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_amendment_behind_another_leaves_that_one_standing(
    trader: Trader, wire: Wire, market: Market, venue: Venue, faults: Faults, first: str, side: str
) -> None:
    """An amendment of one term, sent while that of the {first} is on its way, MUST leave both done, or one refused."""
    away = market.below_last if side == "buy" else market.above_last
    terms = {"price": str(away("3%")), "quantity": "0.012"}
    second = next(term for term in terms if term != first)
    told = asyncio.Event()
    order = await trader.submit(limit("BUY" if side == "buy" else "SELL", "0.010", away("2%")))
    await order.reaches("ACCEPTED")
    faults.delay("modify", until=told, processed=True)
    faults.delay_frame("ORDER_TRADE_UPDATE", until=told, x="AMENDMENT")
    await order.modify(**{first: terms[first]})

    async def is_amended() -> bool:
        return Decimal(getattr(await venue.standing(order.id), first)) == Decimal(terms[first])

    require(await comes_true(trader.history, is_amended), "an amendment at the venue", seen="none")
    asked = await order.try_to_modify(**{second: terms[second]})

    async def is_acted_on() -> bool:
        return not asked or len(wire.asked("modify")) > 1 or order.state == "MODIFY_REJECTED"

    # Not required: a trader may as well hold the second until the first is told.
    await comes_true(trader.history, is_acted_on, within_s=1.0)
    told.set()
    await order.reaches("UPDATED")
    await trader.settles()
    lost: list[str] = []

    async def is_as_asked() -> bool:
        stands = await venue.standing(order.id)
        lost[:] = [term for term, value in terms.items() if Decimal(getattr(stands, term)) != Decimal(value)]
        is_refused = not asked or any(event.name == "OrderModifyRejected" for event in order.events)
        # A refusal excuses one term, whichever: that both are lost is never what was asked for.
        return len(lost) <= is_refused

    # A trader that has held the second sends it only now.
    done = await comes_true(trader.history, is_as_asked, within_s=0.5)
    require(done, "both amendments at the venue, or one refused", seen=lost)
    await venue.confirms(order)
