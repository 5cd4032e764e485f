"""A node that is stopped while the venue has a request of its in hand: what becomes of it is not known yet."""

import asyncio
from contextlib import suppress
from decimal import Decimal

from conformance.binance.route import Routes
from conformance.cases.commands import CANCEL, LIMIT, MODIFY, STOP, Command
from conformance.history.entries import Entry, Request
from conformance.kit import Faults, Market, Traders, Venue, case, equal, limit, market_order, stop_market

COMMANDS = (LIMIT, STOP, CANCEL, MODIFY)


@case.each(
    {f"LIFE-61{number}": {"command": command} for number, command in enumerate(COMMANDS)},
    rule="General info: a request without an answer is of unknown fate",
    needs=["unrecordable"],
)
async def test_stop_with_a_request_in_flight(
    traders: Traders, market: Market, venue: Venue, faults: Faults, command: Command
) -> None:
    """A node that is stopped while {command}, done, waits for its answer MUST NOT tell that it was refused."""
    trader = await traders.start()
    orders = await command.given(trader, market)
    answered = asyncio.Event()
    faults.delay(command.routes, until=answered, processed=True)
    since = trader.moment
    orders = await command.asked(trader, market, orders)
    routes = Routes.parse(command.routes)

    def is_asked(entry: Entry) -> bool:
        return isinstance(entry, Request) and entry.by == "trader" and (entry.method, entry.path) in routes

    await trader.history.wait(is_asked, what="the request", within_s=5.0, since=since)

    stopping = asyncio.ensure_future(traders.stop())
    # A node that waits for what is in flight is answered in the end; one that gives it up has stopped by then.
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(stopping), timeout=2.0)
    answered.set()
    await stopping

    for order in orders:
        order.never("REJECTED", command.refusal)


@case.each(
    {
        "LIFE-620": {"resting": "a LIMIT order"},
        "LIFE-621": {"resting": "a stop"},
    },
    tier="full",
    core=["LIFE-621"],
    rule="Open orders and positions outlive a client",
    card="TC-E82",
    needs=["market_exit", "graceful_stop", "unrecordable"],
    trader={"strategy": {"manage_stop": True}, "post_stop_s": 1.0},
)
async def test_stop_that_is_to_leave_nothing_leaves_nothing(
    traders: Traders, market: Market, venue: Venue, resting: str
) -> None:
    """A strategy whose stop is managed MUST leave no position and no order, such as {resting}, when the node stops."""
    trader = await traders.start()
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    below = market.below_last("2%")
    is_stop = resting == "a stop"
    order = await trader.submit(
        stop_market("SELL", "0.010", trigger=below) if is_stop else limit("BUY", "0.010", below)
    )
    await order.reaches("ACCEPTED")

    await traders.stop()

    equal("position at the venue", Decimal(await venue.position()), Decimal(0))
    equal("open orders at the venue", (await venue.books())["orders"], [])


@case.each(
    {
        "LIFE-630": {"does": "cancels", "resting": "a LIMIT order", "left": "0.010"},
        "LIFE-631": {"does": "cancels", "resting": "a stop", "left": "0.010"},
        "LIFE-632": {"does": "cancels and closes", "resting": "a LIMIT order", "left": "0"},
        "LIFE-633": {"does": "closes and cancels", "resting": "a stop", "left": "0"},
    },
    tier="full",
    core=["LIFE-631", "LIFE-632"],
    rule="Open orders and positions outlive a client",
    card="TC-E82",
    needs=["graceful_stop", "close_position", "unrecordable"],
    trader={"post_stop_s": 1.0},
)
async def test_what_a_strategy_does_when_it_is_stopped_is_done(
    traders: Traders, market: Market, venue: Venue, does: str, resting: str, left: str
) -> None:
    """What a strategy does in its on_stop (it {does}, beside {resting}) MUST be done at the venue when it stops."""
    trader = await traders.start(at_stop=[each.rstrip("s") for each in does.split(" and ")])
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    below = market.below_last("2%")
    is_stop = resting == "a stop"
    order = await trader.submit(
        stop_market("SELL", "0.010", trigger=below) if is_stop else limit("BUY", "0.010", below)
    )
    await order.reaches("ACCEPTED")

    await traders.stop()

    equal("position at the venue", Decimal(await venue.position()), Decimal(left))
    equal("open orders at the venue", (await venue.books())["orders"], [])
