"""Stops that close a position whatever its size (closePosition), as Binance's app makes them and as traders do."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import CHECKED_BESIDE
from conformance.cases.stops import STOP_MARKET, TAKE_MARKET, Kind
from conformance.kit import AxisValue, Faults, Market, OrderRequest, Trader, Traders, Venue, Wire, case, equal

_RULE = "10.4 closePosition: quantity 0, GTE_GTC, reduceOnly; expires with its position"
_NAME = "APP-CLOSE"
KINDS = (STOP_MARKET, TAKE_MARKET)


@dataclass(frozen=True, kw_only=True)
class Nominal(AxisValue):
    """The quantity that the trader gives a stop for which the venue takes none."""

    quantity: str


NOMINAL = (
    Nominal(name="small", words="worth less than the least order", quantity="0.001"),
    Nominal(name="large", words="above the largest order", quantity="1000.001"),
)
SIDES = (AxisValue(name="long", words="a long position"), AxisValue(name="short", words="a short position"))


def _closing(kind: Kind, market: Market, held: AxisValue, nominal: str = "0.030") -> OrderRequest:
    """Return the stop that closes the position; its quantity is nominal, three times what is held."""
    is_long = held.name == "long"
    falls = is_long != kind.takes_profit
    trigger = market.below_last("2%") if falls else market.above_last("2%")
    request = kind.make("SELL" if is_long else "BUY", nominal, trigger=trigger, reduce_only=True)
    return request.but(close_position=True)


async def _crosses(kind: Kind, market: Market, held: AxisValue) -> None:
    falls = (held.name == "long") != kind.takes_profit
    await market.moves_to(market.below_last("3%") if falls else market.above_last("3%"))


async def _app_has_one(kind: Kind, market: Market, venue: Venue, held: AxisValue) -> None:
    await venue.opens_position("BUY" if held.name == "long" else "SELL", "0.010")
    await venue.places(_closing(kind, market, held).named(_NAME), timeInForce="GTE_GTC")


_CORE = ["stop-market.long", "take-market.short"]


@case.each(
    "CLOSE-010",
    axes={"kind": KINDS, "held": SIDES},
    tier="full",
    core=_CORE,
    rule=_RULE,
    needs=["market_moves", "unrecordable", "orders_of_others"],
)
async def test_stop_of_the_app_closes(
    traders: Traders, market: Market, venue: Venue, kind: Kind, held: AxisValue
) -> None:
    """{kind} of the app that closes {held} MUST be known from the start on, and, once triggered, leave it flat."""
    await _app_has_one(kind, market, venue, held)

    trader = await traders.start()
    await trader.has_open(_NAME)
    await _crosses(kind, market, held)

    await trader.holds("0")
    await trader.has_open()


@case.each(
    "CLOSE-020",
    axes={"kind": KINDS, "held": SIDES},
    tier="full",
    core=_CORE,
    rule=_RULE,
    needs=["external_order_claims", "unrecordable", "orders_of_others"],
    trader={"external_order_claims": ["BTCUSDT"]},
)
async def test_stop_of_the_app_is_cancelled(
    traders: Traders, market: Market, venue: Venue, kind: Kind, held: AxisValue
) -> None:
    """{kind} of the app that closes {held} MUST be cancellable by a trader that claims it."""
    await _app_has_one(kind, market, venue, held)
    trader = await traders.start()
    await trader.has_open(_NAME)

    await trader.order(_NAME).cancel()

    await trader.has_open()
    equal("open orders of the venue", len((await venue.books())["orders"]), 0)


@case.each(
    "CLOSE-030",
    axes={"kind": KINDS, "held": SIDES},
    tier="full",
    core=_CORE,
    rule=_RULE,
    needs=["unrecordable", "orders_of_others"],
)
async def test_stop_of_the_app_expires_with_its_position(
    traders: Traders, market: Market, venue: Venue, kind: Kind, held: AxisValue
) -> None:
    """{kind} of the app that closes {held} MUST be open no longer once another client has closed the position."""
    await _app_has_one(kind, market, venue, held)
    trader = await traders.start()
    await trader.has_open(_NAME)

    await venue.closes_position()

    await trader.holds("0")
    await trader.has_open()


@case.each(
    "CLOSE-110",
    axes={"kind": KINDS, "held": SIDES},
    tier="full",
    core=_CORE,
    rule=_RULE,
    needs=["close_position_stops", "market_moves", "unrecordable", "orders_of_others"],
)
async def test_own_stop_closes_what_is_open(
    traders: Traders, wire: Wire, market: Market, venue: Venue, faults: Faults, kind: Kind, held: AxisValue
) -> None:
    """{kind} of the trader's own that closes {held} MUST go out without a quantity and close just what is open."""
    await venue.opens_position("BUY" if held.name == "long" else "SELL", "0.010")
    trader = await traders.start()
    order = await trader.submit(_closing(kind, market, held))
    await order.reaches("ACCEPTED")
    sent = (await wire.one("POST /fapi/v1/algoOrder")).params
    equal("closePosition", sent["closePosition"].lower(), "true")
    for name in ("quantity", "reduceOnly"):
        equal(name, sent.get(name), None)

    dealt_with = asyncio.Event()
    # Else it is chance whether the trader has dealt with the trade when it reads of the end. CLOSE-120 is the reverse.
    faults.delay_frame("ALGO_UPDATE", until=dealt_with, X="FINISHED")

    await _crosses(kind, market, held)
    await wire.frame("ALGO_UPDATE", caid=order.id, X="TRIGGERED")
    await trader.has_its_answers()
    dealt_with.set()

    await order.reaches("FILLED")
    await trader.holds("0")
    equal("filled_qty", (await order.row())["filled_qty"], Decimal("0.010"))


@case(
    "CLOSE-120",
    rule=_RULE,
    needs=["close_position_stops", "market_moves", "unrecordable", "orders_of_others"],
)
async def test_own_stop_whose_end_is_told_first(traders: Traders, market: Market, venue: Venue, faults: Faults) -> None:
    """A stop that closes the position MUST close just what is open, also where FINISHED is told before its trade."""
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    order = await trader.submit(_closing(STOP_MARKET, market, SIDES[0]))
    await order.reaches("ACCEPTED")
    faults.reorder("ORDER_TRADE_UPDATE", after="ALGO_UPDATE", after_fields={"X": "FINISHED"}, x="TRADE")

    await _crosses(STOP_MARKET, market, SIDES[0])

    await order.reaches("FILLED")
    await order.stands("FILLED")
    await trader.holds("0")


@case.each(
    "CLOSE-130",
    axes={"kind": KINDS, "held": SIDES},
    tier="full",
    core=_CORE,
    rule=_RULE,
    needs=["close_position_stops", "unrecordable", "orders_of_others"],
)
async def test_own_stop_expires_with_its_position(
    traders: Traders, market: Market, venue: Venue, kind: Kind, held: AxisValue
) -> None:
    """{kind} of the trader's own that closes {held} MUST end EXPIRED once the position is closed."""
    await venue.opens_position("BUY" if held.name == "long" else "SELL", "0.010")
    trader = await traders.start()
    order = await trader.submit(_closing(kind, market, held))
    await order.reaches("ACCEPTED")

    await venue.closes_position()

    await order.reaches("EXPIRED")
    await trader.holds("0")


@case(
    "CLOSE-140",
    rule=_RULE,
    needs=["close_position_stops", "inflight_check", "unrecordable", "orders_of_others"],
    trader=CHECKED_BESIDE,
)
async def test_own_stop_that_only_queries_find(traders: Traders, market: Market, venue: Venue, faults: Faults) -> None:
    """A stop that closes the position and whose acceptance went unheard MUST be found by a query, not be rejected."""
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    faults.drop("place stop", processed=True)
    faults.lose("ALGO_UPDATE", X="NEW")

    order = await trader.submit(_closing(STOP_MARKET, market, SIDES[0]))

    await order.reaches("ACCEPTED")
    await order.stands("ACCEPTED")


@case("CLOSE-150", rule="-4509: GTE can only be used with open positions", needs=["close_position_stops"])
async def test_own_stop_without_a_position(trader: Trader, market: Market) -> None:
    """A stop that closes the position MUST be refused with the venue's word (-4509) where there is none."""
    order = await trader.submit(_closing(STOP_MARKET, market, SIDES[0]))

    refused = await order.reaches("REJECTED")

    equal("code", "-4509" in str(refused["reason"]), True)


@case.each(
    "CLOSE-160",
    axes={"nominal": NOMINAL, "kind": KINDS, "held": SIDES},
    tier="full",
    core=["small.stop-market.long", "small.take-market.short", "large.stop-market.short"],
    rule=_RULE,
    upstream=["#4746"],
    needs=["close_position_stops", "large_orders", "market_moves", "risk_engine", "unrecordable", "orders_of_others"],
)
async def test_own_stop_of_any_nominal_quantity(
    traders: Traders, wire: Wire, market: Market, venue: Venue, nominal: Nominal, kind: Kind, held: AxisValue
) -> None:
    """{kind} that closes {held}, its nominal quantity {nominal}, MUST go out without a quantity, and rest."""
    # Below 49000 a quantity of 0.001 is worth less than 50 USDT, the least order, at any trigger of these stops.
    await market.moves_to(market.below_last("4%"))
    await venue.opens_position("BUY" if held.name == "long" else "SELL", "0.010")
    trader = await traders.start()

    order = await trader.submit(_closing(kind, market, held, nominal.quantity))

    await order.reaches("ACCEPTED")
    sent = (await wire.one("POST /fapi/v1/algoOrder")).params
    equal("closePosition", sent["closePosition"].lower(), "true")
    equal("quantity", sent.get("quantity"), None)
    await order.stands("ACCEPTED")
    await trader.has_open(order.id)


@case.each(
    "CLOSE-170",
    axes={"nominal": NOMINAL, "kind": KINDS},
    tier="full",
    core=["large.stop-market"],
    rule=f"{_RULE}; NautilusTrader, full_position_exit_venues: bounds of the nominal quantity are skipped",
    upstream=["#4746"],
    needs=["close_position_stops", "large_orders", "market_moves", "risk_engine", "unrecordable", "orders_of_others"],
    trader={"risk_engine": {"full_position_exit_venues": ["BINANCE"]}},
)
async def test_own_stop_at_a_venue_that_closes_whole_positions(
    traders: Traders, market: Market, venue: Venue, nominal: Nominal, kind: Kind
) -> None:
    """{kind} that closes a position, its nominal quantity {nominal}, MUST rest where the venue is known to size it."""
    await market.moves_to(market.below_last("4%"))
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()

    order = await trader.submit(_closing(kind, market, SIDES[0], nominal.quantity))

    await order.reaches("ACCEPTED")
    await order.stands("ACCEPTED")
