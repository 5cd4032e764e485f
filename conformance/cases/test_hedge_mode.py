"""Hedge mode: each symbol has a long and a short position, and every order says which of them it is for."""

from decimal import Decimal

from conformance.cases.legs import HEDGED, of_leg
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    Market,
    Order,
    Side,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "New Order, positionSide: must be sent in hedge mode, where reduceOnly must not"
_PLACING = ("POST /fapi/v1/order", "POST /fapi/v1/algoOrder")


async def _holds_both(traders: Traders, venue: Venue) -> Trader:
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await _holds(trader, "-0.004", "0.010")
    return trader


async def _holds(trader: Trader, *legs: str) -> None:
    wanted = sorted(Decimal(leg) for leg in legs)
    found: list[Decimal] = []

    async def matches() -> bool:
        found[:] = sorted(Decimal(row["signed_qty"]) for row in (await trader.books())["positions"])
        return found == wanted

    held = await comes_true(trader.history, matches, within_s=2.0)
    require(held, f"{len(wanted)} positions held, each as at the venue", seen=[str(leg) for leg in found])


@case.each(
    {
        "HEDGE-010": {"side": "BUY", "leg": "LONG", "held": ("-0.004", "0.012")},
        "HEDGE-011": {"side": "SELL", "leg": "SHORT", "held": ("-0.006", "0.010")},
        "HEDGE-020": {"side": "SELL", "leg": "LONG", "held": ("-0.004", "0.008")},
        "HEDGE-021": {"side": "BUY", "leg": "SHORT", "held": ("-0.002", "0.010")},
    },
    tier="full",
    core=["HEDGE-010", "HEDGE-020"],
    rule=_RULE,
    upstream=["#4312", "#4738"],
    needs=["hedge", "unrecordable", "orders_of_others"],
    trader=HEDGED,
)
async def test_order_fills_its_leg(
    traders: Traders, venue: Venue, wire: Wire, side: Side, leg: str, held: tuple[str, ...]
) -> None:
    """In hedge mode a {side} order for the {leg} position MUST say so, and change this position and not the other."""
    trader = await _holds_both(traders, venue)

    # 2.x tells by it that the order is to reduce; neither sends it.
    closes = (side == "SELL") == (leg == "LONG")
    order = await trader.submit(of_leg(market_order(side, "0.002", reduce_only=closes), leg))
    await order.reaches("FILLED")

    sent = (await wire.one(_PLACING[0], newClientOrderId=order.id)).params
    equal("positionSide", sent["positionSide"], leg)
    require("reduceOnly" not in sent, "no reduceOnly in hedge mode", seen=sent.get("reduceOnly"))
    await _holds(trader, *held)


@case.each(
    {"HEDGE-030": {"leg": "LONG", "side": "SELL"}, "HEDGE-031": {"leg": "SHORT", "side": "BUY"}},
    tier="full",
    core=["HEDGE-030"],
    rule="New Algo Order, positionSide",
    upstream=["#4312"],
    needs=["hedge", "market_moves", "unrecordable", "orders_of_others"],
    trader=HEDGED,
)
async def test_stop_closes_its_leg(
    traders: Traders, venue: Venue, market: Market, wire: Wire, leg: str, side: Side
) -> None:
    """In hedge mode a stop of the {leg} position MUST close it once it triggers, and leave the other."""
    trader = await _holds_both(traders, venue)
    trigger = market.below_last("2%") if leg == "LONG" else market.above_last("2%")
    quantity = "0.010" if leg == "LONG" else "0.004"

    request = stop_market(side, quantity, trigger=trigger, reduce_only=True)
    stop = await trader.submit(of_leg(request, leg))
    await stop.reaches("ACCEPTED")
    await market.moves_to(market.below_last("3%") if leg == "LONG" else market.above_last("3%"))
    await stop.reaches("FILLED")

    equal("positionSide", (await wire.one(_PLACING[1], clientAlgoId=stop.id)).params["positionSide"], leg)
    await _holds(trader, "-0.004" if leg == "LONG" else "0.010")


@case("HEDGE-040", rule=_RULE, needs=["hedge", "unrecordable"], trader=HEDGED)
async def test_order_of_no_leg_is_told_its_fate(traders: Traders, venue: Venue, market: Market) -> None:
    """In hedge mode an order for an unknown position MUST be told its fate, whether it is refused or sent."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")).but(position_id="P-1"))

    await _is_told(trader, order)


async def _is_told(trader: Trader, order: Order) -> None:
    async def told() -> bool:
        return order.state not in ("(none)", "INITIALIZED", "SUBMITTED")

    await comes_true(trader.history, told, within_s=3.0)
    require(await told(), "the order's fate told", seen=order.state)


@case(
    "HEDGE-050",
    rule="Position Mode; Position Information V3: in hedge mode a row for each side",
    needs=["hedge", "unrecordable", "orders_of_others"],
    trader={"timeout_connection_s": 2.0, "timeout_stop_s": 1.0},
)
async def test_hedge_account_is_known_or_refused(traders: Traders, venue: Venue) -> None:
    """A trader that is configured for one-way mode MUST hold both legs of a hedge account, or refuse to start."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")

    trader = await traders.try_to_start()

    if trader is not None:
        passes_over_what_is_free(trader)
        await _holds(trader, "-0.004", "0.010")


@case.each(
    {
        "HEDGE-060": {"leg": "LONG", "side": "SELL", "held": ("-0.004",)},
        "HEDGE-061": {"leg": "SHORT", "side": "BUY", "held": ("0.010",)},
    },
    tier="full",
    core=["HEDGE-060"],
    rule="User data streams: every event of the account, whichever client caused it; ps",
    upstream=["#4732"],
    needs=["hedge", "unrecordable", "orders_of_others"],
    trader=HEDGED,
)
async def test_leg_closed_by_another_client(
    traders: Traders, venue: Venue, leg: str, side: Side, held: tuple[str, ...]
) -> None:
    """In hedge mode a {leg} position that another client closes MUST be closed, and the other be as it was."""
    trader = await _holds_both(traders, venue)
    quantity = "0.010" if leg == "LONG" else "0.004"

    exit_ = market_order(side, quantity).named("FOREIGN-EXIT")
    await venue.places(exit_, positionSide=leg, reduceOnly="")

    await _holds(trader, *held)


@case(
    "HEDGE-070",
    rule="Position Information V3; Account Trade List: what is older than its window is not told",
    upstream=["#3104", "#4738"],
    needs=["hedge", "venue_acts", "unrecordable", "orders_of_others"],
    trader=HEDGED,
)
async def test_legs_without_trades_are_held(traders: Traders, venue: Venue) -> None:
    """In hedge mode a long and a short position of a symbol whose trades are gone MUST both be held."""
    await venue.turns_hedge_mode_on()
    await venue.opens_position("BUY", "0.010", position_side="LONG")
    await venue.opens_position("SELL", "0.004", position_side="SHORT")
    await venue.forgets_trades()

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await _holds(trader, "-0.004", "0.010")
