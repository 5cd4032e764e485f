"""The periodic checks and what no event has told: a position from flat, trades that cannot be asked for, equal ids."""

from conformance.cases.questions import (
    EMPTY,
    LIMITED,
    PAGE,
    REFUSED,
    TRADES,
    UNAVAILABLE,
    Failure,
)
from conformance.cases.situations import SEVERAL_POSITIONS, hears_no_more, passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Market, Side, Trader, Traders, Venue, case, limit, market_order, require

_RULE = "Position Information V3: what a position is, whatever was heard of it"
_WHY = "what the stream did not tell, the position check has to find"
#: The position check alone: it is what the requirement is about.
_POSITIONS_ALONE = {"exec_engine": {"open_check_interval_secs": None}}
#: A version that asks again at once does so once: else it makes good in one check what is to fail in it.
_ASKS_TWICE = {"client": {"max_retries": 1}}
NOTHING = AxisValue(name="flat", words="nothing")
A_POSITION = AxisValue(name="long", words="a position")
#: Under a clock that is 4 s ahead, a request has 1 s left of the default of 5 s: too little on a busy machine.
_WIDE = {"client": {"recv_window_ms": 20_000}}
BEFORE = (
    AxisValue(name="never", words="never traded the symbol"),
    AxisValue(name="closed", words="closed its position"),
)
THEN = (
    AxisValue(name="waits", words="waits"),
    AxisValue(name="trades", words="trades the symbol itself"),
)


async def _trades(trader: Trader, side: Side, quantity: str) -> None:
    order = await trader.submit(market_order(side, quantity))
    await order.reaches("FILLED")


@case.each(
    "OTH-510",
    axes={"side": ("buy", "sell"), "before": BEFORE, "then": THEN},
    tier="full",
    core=["buy.never.waits", "buy.closed.trades"],
    rule=_RULE,
    needs=["position_check", "orders_of_others"],
    profile="checks",
    why=_WHY,
)
async def test_position_opened_unheard_is_held(
    trader: Trader, venue: Venue, faults: Faults, side: str, before: AxisValue, then: AxisValue
) -> None:
    """What another client comes to {side} unheard MUST be held by a trader that has {before}, and then {then}."""
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    if before.name == "closed":
        await _trades(trader, "BUY", "0.010")
        await _trades(trader, "SELL", "0.010")
        await trader.holds("0")
    await trader.settles()
    heard = hears_no_more(trader, faults)

    await venue.opens_position("BUY" if side == "buy" else "SELL", "0.010")

    await trader.holds(await venue.position())
    if then.name == "trades":
        heard.set()
        await _trades(trader, "BUY" if side == "buy" else "SELL", "0.005")
        await trader.holds("0.015" if side == "buy" else "-0.015")


@case.each(
    "OTH-590",
    axes={"side": ("buy", "sell"), "before": BEFORE},
    tier="full",
    core=["buy.never"],
    rule=f"{_RULE}; Account Trade List: id and orderId of a trade",
    needs=["position_check", "orders_of_others", "unrecordable"],
    profile="checks",
    why=_WHY,
)
async def test_position_opened_unheard_is_of_the_venues_trades(
    trader: Trader, venue: Venue, faults: Faults, side: str, before: AxisValue
) -> None:
    """What another client comes to {side} unheard MUST be booked by one that has {before}, as the venue's trades."""
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    if before.name == "closed":
        await _trades(trader, "BUY", "0.010")
        await _trades(trader, "SELL", "0.010")
        await trader.holds("0")
    await trader.settles()
    hears_no_more(trader, faults)

    await venue.opens_position("BUY" if side == "buy" else "SELL", "0.010")

    await trader.holds(await venue.position())
    made = await venue.trades()
    booked = [trade for order in (await trader.books())["orders"] for trade in order.get("trade_ids", [])]
    require(sorted(booked) == sorted(made), "the venue's trades in the books, once each and no others", seen=booked)


#: That it can be asked, and what is told then is found: the same without a failure.
ANSWERED = Failure(name="answered", words="is answered", meets=lambda *_, **how: None)


@case.each(
    "OTH-520",
    axes={
        "failure": (ANSWERED, LIMITED, UNAVAILABLE, PAGE, EMPTY, REFUSED),
        "held": (NOTHING, A_POSITION),
    },
    tier="full",
    core=["answered.long", "answered.flat", "503.long", "429.long", "503.flat"],
    rule="Account Trade List: an error tells nothing of what was asked; id and commission of a trade",
    needs=["position_check", "venue_acts", "market_moves", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader={**_POSITIONS_ALONE, **_ASKS_TWICE},
)
async def test_fill_waits_until_trades_can_be_asked_for(
    trader: Trader, market: Market, venue: Venue, faults: Faults, failure: Failure, held: AxisValue
) -> None:
    """Where the question for trades {failure} twice, a fill unheard MUST be booked, by one that holds {held}, as made.

    It is its order's, under the venue's trade id, and no order is made up for it.
    """
    await _is_found(trader, market, venue, faults, failure, held, times=2)


@case.each(
    "OTH-580",
    axes={"failure": (LIMITED, UNAVAILABLE), "held": (NOTHING, A_POSITION)},
    tier="full",
    core=["503.flat"],
    rule="Account Trade List: an error tells nothing of what was asked, however often it comes",
    needs=["position_check", "venue_acts", "market_moves", "unrecordable"],
    profile="checks",
    why=_WHY,
    # So often that a version which counts its attempts has used them up (three), in a short while.
    trader={"exec_engine": {**_POSITIONS_ALONE["exec_engine"], "position_check_interval_secs": 0.2}, **_ASKS_TWICE},
)
async def test_fill_is_found_after_an_outage(
    trader: Trader, market: Market, venue: Venue, faults: Faults, failure: Failure, held: AxisValue
) -> None:
    """Where the question for trades {failure} in check after check, a fill unheard MUST be booked when it is answered.

    The trader holds {held} before; it is its order's fill, under the venue's trade id, and no order is made up for it.
    """
    await _is_found(trader, market, venue, faults, failure, held, times=10)


async def _is_found(
    trader: Trader, market: Market, venue: Venue, faults: Faults, failure: Failure, held: AxisValue, times: int
) -> None:
    passes_over_what_is_free(trader)
    if held.name == "long":
        await _trades(trader, "BUY", "0.010")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    known = [*await venue.trades()]
    hears_no_more(trader, faults)
    failure.meets(faults, TRADES.routes, times=times, optional=True)

    await market.takes(accepted["venue_order_id"], "0.010")

    await order.reaches("FILLED")
    await trader.has_booked(order.id, [trade for trade in await venue.trades() if trade not in known])
    await trader.holds(await venue.position())


@case.each(
    {
        "OTH-530": {"held": "nothing", "quantity": "0"},
        "OTH-531": {"held": "a position", "quantity": "0.010"},
    },
    tier="full",
    core=["OTH-530"],
    rule="Account Trade List: the id of a trade counts for its symbol",
    needs=["position_check", "market_moves", "unrecordable", "other_symbols"],
    profile="checks",
    why=_WHY,
    trader=_POSITIONS_ALONE,
)
async def test_trade_of_an_id_that_another_symbol_has_had(
    traders: Traders, market: Market, venue: Venue, faults: Faults, held: str, quantity: str
) -> None:
    """A fill unheard MUST be found by a trader that holds {held}, though another symbol's fill had its trade id."""
    venue.of("ETHUSDT")
    trader = await traders.start()
    passes_over_what_is_free(trader)
    if held != "nothing":
        await _trades(trader, "BUY", quantity)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    for each in (market, await market.of("ETHUSDT")):
        await each.numbers_trades_from(5_000_000)
    elsewhere = await trader.submit(limit("BUY", "0.100", "2510.00").but(symbol="ETHUSDT"))
    await elsewhere.reaches("FILLED")
    await trader.settles()
    hears_no_more(trader, faults)

    await market.takes(accepted["venue_order_id"], "0.010")

    await trader.has_booked(order.id, ["5000000"])
    await order.stands("FILLED")
    await trader.holds(await venue.position())


@case.each(
    {
        "OTH-540": {"ahead_ms": 0, "ahead": "as the trader's"},
        "OTH-541": {"ahead_ms": 4000, "ahead": "4 s ahead"},
    },
    rule="Timing security: clocks may differ by less than recvWindow; Account Trade List: the trades up to now",
    needs=["position_check", "venue_acts", "market_moves", "unrecordable"],
    profile="checks",
    why=_WHY,
    trader={**_POSITIONS_ALONE, **_WIDE},
)
async def test_check_finds_the_trade_under_a_clock_that_is_ahead(
    trader: Trader, market: Market, venue: Venue, faults: Faults, ahead_ms: int, ahead: str
) -> None:
    """With the venue's clock {ahead}, a fill unheard MUST be booked to its order by the position check, as made."""
    await venue.skews_clock(ahead_ms)
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    hears_no_more(trader, faults)

    await market.takes(accepted["venue_order_id"], "0.010")

    await order.reaches("FILLED")
    await trader.has_booked(order.id, await venue.trades())
    await trader.holds("0.010")
