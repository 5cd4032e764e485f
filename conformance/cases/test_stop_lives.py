"""Stops to the end of their lives: every kind, on both sides, by either price, through all that can become of one."""

from decimal import Decimal

from conformance.cases.stops import FILLED, KINDS, LAST, MARK, SIDES, STOP_MARKET, Kind, Life, Stop, Watched
from conformance.kit import AxisValue, Market, Order, Trader, Venue, Wire, case, equal, require

_RULE = "Event: Algo Order Update: NEW, then CANCELED, EXPIRED, REJECTED, or TRIGGERED and FINISHED"


async def _rests(stop: Stop) -> Order:
    """Ask for it again and again: it stays what and where it is."""
    order = await stop.is_accepted()
    algo_id = (await order.row())["venue_order_id"]

    for _ in range(3):
        await order.query()
        await order.stands("ACCEPTED")

    equal("venue_order_id", (await order.row())["venue_order_id"], algo_id)
    equal("acceptances", [event.name for event in order.events].count("OrderAccepted"), 1)
    return order


async def _is_cancelled(stop: Stop) -> Order:
    """Cancel it while it waits."""
    order = await stop.is_accepted()

    await order.cancel()

    await order.reaches("CANCELED")
    await order.stands("CANCELED")
    await stop.wire.one("DELETE /fapi/v1/algoOrder")
    stop.wire.none("cancel order")
    return order


async def _fills(stop: Stop) -> Order:
    """Trigger it, so that it fills at once."""
    order = await stop.is_accepted()

    await stop.triggers()

    await stop.is_filled(order)
    equal("venue_order_id", (await order.row())["venue_order_id"], await stop.child_id(order))
    return order


async def _fills_in_parts(stop: Stop) -> Order:
    """Trigger it, so that it fills in parts: what rests is taken twice, a market order takes two levels of the book."""
    if stop.kind.is_limit:
        order = await stop.rests_triggered()
        child = await stop.child_id(order)
        await stop.market.takes(child, "0.004")
        partly = await order.reaches("PARTIALLY_FILLED")
        equal("filled_qty", partly["filled_qty"], FILLED * 2 / 5)
        await stop.market.takes(child, "0.006")
    else:
        order = await stop.is_accepted()
        tick, last = stop.market.tick, stop.start
        await stop.market.offers(
            bids=[(last - tick, "0.004"), (last - 2 * tick, "0.006")],
            asks=[(last + tick, "0.004"), (last + 2 * tick, "0.006")],
        )
        await stop.triggers()
    await order.reaches("FILLED")
    await stop.is_booked(order)
    equal("trades", len(await stop.venue.trades()), 2)
    return order


async def _is_rejected_at_the_trigger(stop: Stop) -> Order:
    """Trigger it when the account cannot afford it."""
    order = await stop.is_accepted()
    await stop.venue.rejects_at_trigger((await order.row())["venue_order_id"])

    await stop.triggers()

    await order.reaches("REJECTED")
    await order.stands("REJECTED")
    await stop.trader.holds("0")
    return order


async def _expires(stop: Stop) -> Order:
    """Let the venue expire it."""
    order = await stop.is_accepted()

    await stop.venue.expires_stop((await order.row())["venue_order_id"])

    await order.reaches("EXPIRED")
    await order.stands("EXPIRED")
    return order


@case.each(
    "ALGO-010",
    axes={
        "life": (
            Life(name="rests", words="is asked for again and again", is_lived=_rests),
            Life(name="cancelled", words="is cancelled", is_lived=_is_cancelled),
            Life(name="fills", words="triggers and fills", is_lived=_fills),
            Life(name="parts", words="triggers and fills in parts", is_lived=_fills_in_parts),
            Life(name="rejected", words="triggers and is rejected", is_lived=_is_rejected_at_the_trigger),
            Life(name="expired", words="is expired by the venue", is_lived=_expires),
        ),
        "kind": KINDS,
        "side": SIDES,
        "watched": (LAST, MARK),
    },
    but={
        "the simulator's book forms anew where the last price moves, deep enough to fill a market order at once": {
            "life": "parts",
            "kind": ("stop-market", "take-market", "trailing"),
            "watched": "last",
        },
        "a take-profit limit that is filled in parts has to rest, which 2.x does not let it (ALGO-200 does)": {
            "life": "parts",
            "kind": "take-limit",
        },
    },
    rule=_RULE,
    card="TC-E21",
    upstream=["#3287", "#3778"],
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_life_of_a_stop(
    trader: Trader,
    wire: Wire,
    market: Market,
    venue: Venue,
    life: Life,
    kind: Kind,
    side: AxisValue,
    watched: Watched,
) -> None:
    """When {kind} that {side} by {watched} {life}, the trader MUST follow, at the Algo service, to the same end."""
    stop = Stop.of(trader, wire, market, venue, kind, side=side.name, watched=watched)

    asked = (await life.is_lived(stop)).asked

    sent = (await wire.one("POST /fapi/v1/algoOrder")).params
    equal("type", sent["type"], kind.venue_type)
    equal("side", sent["side"], asked.side)
    equal("quantity", sent["quantity"], FILLED)
    equal("workingType", sent["workingType"], watched.working_type)
    for name, value in (("triggerPrice", asked.trigger_price), ("price", asked.price)):
        if value is not None:
            equal(name, sent[name], Decimal(value))
    wire.none("place order")


@case("ALGO-020", rule="Event: Algo Order Update, rm: Algo order failed reason", needs=["market_moves", "venue_acts"])
async def test_refused_trigger_tells_why(trader: Trader, wire: Wire, market: Market, venue: Venue) -> None:
    """A stop whose order the venue refuses at the trigger MUST end REJECTED with the venue's reason (rm)."""
    stop = Stop.of(trader, wire, market, venue, STOP_MARKET)
    order = await stop.is_accepted()
    await venue.rejects_at_trigger((await order.row())["venue_order_id"])

    await stop.triggers()

    reason = (await order.reaches("REJECTED"))["reason"]
    require("Margin is insufficient." in str(reason), "the venue's reason (rm)", seen=reason)
