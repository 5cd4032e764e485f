"""Another client of the account: it places, cancels, amends, fills and closes while the trader is connected."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.cases.inherited import (
    LIMIT,
    NAME,
    PARTIAL,
    STOP,
    STOP_LIMIT,
    STOPS,
    TAKE_PROFIT,
    Left,
    told_apart,
    venue_id,
)
from conformance.cases.situations import OF_ORDERS, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    case,
    equal,
    limit,
    require,
    stop_market,
)

_RULE = "User data streams: every event of the account, whichever client caused it"


@dataclass(frozen=True, kw_only=True)
class Act(AxisValue):
    """What another client, or the market, does to an order, and how the order then stands ("": open)."""

    does: Callable[[Venue, Market], Awaitable[None]]
    status: str


async def _cancels(venue: Venue, market: Market) -> None:
    await venue.cancels(await venue_id(venue, NAME))


async def _cancels_all(venue: Venue, market: Market) -> None:
    await venue.cancels_all()


async def _amends(venue: Venue, market: Market) -> None:
    await venue.amends(await venue_id(venue, NAME), "BUY", quantity="0.012", price=market.below_last("5%"))


async def _fills_in_part(venue: Venue, market: Market) -> None:
    await market.takes(await venue_id(venue, NAME), "0.003")


async def _fills(venue: Venue, market: Market) -> None:
    await market.moves_to(market.below_last("6%"))


async def _cancels_stop(venue: Venue, market: Market) -> None:
    await venue.cancels_stop(await venue_id(venue, NAME))


CANCELLED = Act(name="cancelled", words="cancelled", does=_cancels, status="CANCELED")
ALL_CANCELLED = Act(name="all-cancelled", words="cancelled with all others", does=_cancels_all, status="CANCELED")
AMENDED = Act(name="amended", words="amended", does=_amends, status="")
PARTLY_FILLED = Act(name="partly-filled", words="filled in part", does=_fills_in_part, status="PARTIALLY_FILLED")
FILLED = Act(name="filled", words="filled", does=_fills, status="FILLED")
STOP_CANCELLED = Act(name="cancelled", words="cancelled", does=_cancels_stop, status="CANCELED")
WHOSE = (
    AxisValue(name="own", words="of the trader's own"),
    AxisValue(name="foreign", words="of another client"),
    AxisValue(
        name="claimed",
        words="of another client, whose orders the strategy claims,",
        needs=("external_order_claims",),
        trader={"external_order_claims": ["BTCUSDT"]},
    ),
)


async def _is_placed(whose: AxisValue, left: Left, trader: Trader, venue: Venue, market: Market) -> None:
    passes_over_what_is_free(trader)
    request = left.request(market).named(NAME)
    if whose.name == "own":
        await trader.submit(request)
    else:
        await venue.places(request)
    await trader.has_open(NAME)
    if left.filled:
        await market.takes(await venue_id(venue, NAME), left.filled)
    await venue.confirms(trader.order(NAME))
    await trader.settles()


@case.each(
    "OTH-010",
    axes={
        "whose": WHOSE,
        "left": (LIMIT, PARTIAL),
        "act": (CANCELLED, ALL_CANCELLED, AMENDED, PARTLY_FILLED, FILLED),
    },
    tier="full",
    core=[
        "own.limit.cancelled",
        "own.partial.all-cancelled",
        "own.limit.amended",
        "foreign.limit.cancelled",
        "foreign.limit.amended",
        "foreign.limit.filled",
        "foreign.partial.cancelled",
        "claimed.limit.amended",
        "claimed.limit.filled",
        "claimed.partial.cancelled",
    ],
    rule=f"{_RULE}; Event: Order Update",
    upstream=["#3861"],
    needs=["market_moves", "orders_of_others"],
)
async def test_order_follows_what_another_client_does(
    trader: Trader, venue: Venue, market: Market, whose: AxisValue, left: Left, act: Act
) -> None:
    """{left} {whose} that is {act} by somebody else MUST stand in the trader as at the venue."""
    await _is_placed(whose, left, trader, venue, market)

    await act.does(venue, market)

    await venue.confirms(trader.order(NAME), act.status or None)
    await trader.settles()
    await venue.confirms(trader.order(NAME))
    await trader.holds(await venue.position())


@case.each(
    "OTH-020",
    axes={"whose": WHOSE, "left": STOPS[:3], "act": (STOP_CANCELLED, ALL_CANCELLED)},
    tier="full",
    core=[
        "own.stop.cancelled",
        "own.stop-limit.all-cancelled",
        "foreign.stop.cancelled",
        "foreign.take-profit.all-cancelled",
        "claimed.stop.cancelled",
    ],
    rule=f"{_RULE}; ALGO_UPDATE",
    upstream=["#3287"],
    needs=["orders_of_others"],
)
async def test_stop_follows_what_another_client_does(
    trader: Trader, venue: Venue, market: Market, whose: AxisValue, left: Left, act: Act
) -> None:
    """{left} {whose} that is {act} by another client MUST be open in the trader until then, and CANCELED after it."""
    await _is_placed(whose, left, trader, venue, market)

    await act.does(venue, market)

    await venue.confirms(trader.order(NAME), act.status)


@case.each(
    {
        "OTH-030": {"left": STOP},
        "OTH-031": {"left": STOP_LIMIT},
        "OTH-032": {"left": TAKE_PROFIT},
    },
    rule=f"{_RULE}; ALGO_UPDATE; Event: Order Update",
    needs=["market_moves", "orders_of_others"],
)
async def test_stop_of_another_client_triggers(
    trader: Trader, venue: Venue, market: Market, faults: Faults, left: Left
) -> None:
    """{left} of another client that triggers and fills MUST be FILLED in the trader, once, and its position held."""
    await _is_placed(WHOSE[1], left, trader, venue, market)
    apart = told_apart(faults)

    if left is not TAKE_PROFIT:
        await market.moves_to(market.below_last("3%"))
    await market.moves_to(market.above_last("6%"))

    await venue.confirms(trader.order(NAME), "FILLED")
    apart.set()
    await trader.order(NAME).stands("FILLED")
    await trader.holds("-0.010")


@case.each(
    {
        "OTH-060": {"whose": WHOSE[0], "left": LIMIT, "act": CANCELLED},
        "OTH-061": {"whose": WHOSE[0], "left": STOP, "act": STOP_CANCELLED},
        "OTH-062": {"whose": WHOSE[1], "left": LIMIT, "act": CANCELLED},
    },
    rule="Current All Open Orders; Query Order",
    upstream=["#4730", "#4479"],
    needs=["open_check", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the open-order check has to find",
)
async def test_cancellation_unheard_is_found_by_the_check(
    trader: Trader, venue: Venue, market: Market, faults: Faults, whose: AxisValue, left: Left, act: Act
) -> None:
    """{left} {whose} that another client cancels unheard MUST be CANCELED by the open-order check."""
    await _is_placed(whose, left, trader, venue, market)
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)

    await act.does(venue, market)

    await venue.confirms(trader.order(NAME), act.status)


@case.each(
    {"OTH-070": {"left": LIMIT}, "OTH-071": {"left": STOP}},
    rule="Cancel Order; Cancel Algo Order; one account, several clients",
    needs=["orders_of_others"],
)
async def test_trader_cancels_the_order_of_another_client(
    trader: Trader, venue: Venue, market: Market, left: Left
) -> None:
    """{left} of another client, placed while the trader is connected, MUST be the trader's to cancel."""
    await _is_placed(WHOSE[1], left, trader, venue, market)

    await trader.order(NAME).cancel()

    await venue.confirms(trader.order(NAME), "CANCELED")


@case("OTH-080", rule="Cancel All Open Orders; Cancel Order: side")
async def test_cancel_all_of_one_side_leaves_the_other(trader: Trader, venue: Venue, market: Market) -> None:
    """A command to cancel all orders of one side MUST leave the trader's orders of the other side open."""
    bid = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    offer = await trader.submit(limit("SELL", "0.010", market.above_last("2%")))
    await bid.reaches("ACCEPTED")
    await offer.reaches("ACCEPTED")

    await trader.cancel_all(side="BUY")

    await bid.reaches("CANCELED")
    await offer.stands("ACCEPTED")


@case(
    "OTH-090",
    rule="Cancel All Open Orders: a strategy's command is about what it submitted",
    needs=["orders_of_others"],
)
async def test_cancel_all_leaves_the_stop_of_another_client(traders: Traders, venue: Venue, market: Market) -> None:
    """A strategy that cancels all its orders MUST leave the protective stop of another client at the venue."""
    await venue.opens_position("BUY", "0.010")
    protective = stop_market("SELL", "0.010", trigger=market.below_last("5%")).but(close_position=True)
    await venue.places(protective.named("APP-STOP"))
    trader = await traders.start()
    trader.may_differ("an order is live at the venue but unknown in the trader", why="OTH-090 is about the venue's")
    own = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("3%"), reduce_only=True))
    await own.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await trader.cancel_all()

    await own.reaches("CANCELED")
    await stop.reaches("CANCELED")
    left = [row["client_order_id"] for row in (await venue.books())["orders"]]
    equal("orders left at the venue", left, ["APP-STOP"])


@case("OTH-100", rule=f"{_RULE}; Event: Balance and Position Update", needs=["venue_acts"])
async def test_transfer_of_another_client_is_followed(trader: Trader, venue: Venue) -> None:
    """A transfer that another client makes MUST be in the trader's balance."""
    await venue.transfers("250", reason="DEPOSIT")

    await trader.settles()
    (row,) = (row for row in (await trader.books())["balances"] if row["currency"] == "USDT")
    require(float(row["total"]) == 10250.0, "the balance is 250 more", seen=row)
