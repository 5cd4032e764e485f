"""A node that is stopped while the venue has a request of its in hand: what becomes of it is not known yet."""

import asyncio
from contextlib import suppress

from conformance.binance.route import Routes
from conformance.cases.commands import CANCEL, LIMIT, MODIFY, STOP, Command
from conformance.cases.halts import has_left, is_long_beside
from conformance.cases.inherited import LIMIT as A_LIMIT
from conformance.cases.inherited import STOP as A_STOP
from conformance.cases.inherited import Left
from conformance.cases.stream_attempts import CLOSING, DONE_RESET, GONE, REFUSED, RequestFails
from conformance.history.entries import Entry, Request
from conformance.kit import (
    Faults,
    Market,
    Traders,
    Venue,
    case,
    equal,
    limit,
)

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
        "LIFE-620": {"resting": A_LIMIT},
        "LIFE-621": {"resting": A_STOP},
    },
    tier="full",
    core=["LIFE-621"],
    rule="Open orders and positions outlive a client",
    card="TC-E82",
    needs=["market_exit", "graceful_stop", "unrecordable"],
    trader={"strategy": {"manage_stop": True}, "post_stop_s": 1.0},
)
async def test_stop_that_is_to_leave_nothing_leaves_nothing(
    traders: Traders, market: Market, venue: Venue, resting: Left
) -> None:
    """A strategy whose stop is managed MUST leave no position and no order, such as {resting}, when the node stops."""
    trader = await traders.start()

    await is_long_beside(trader, market, resting)

    await traders.stop()

    await has_left(venue, "0")


@case.each(
    {
        "LIFE-630": {"does": "cancels", "resting": A_LIMIT, "left": "0.010"},
        "LIFE-631": {"does": "cancels", "resting": A_STOP, "left": "0.010"},
        "LIFE-632": {"does": "cancels and closes", "resting": A_LIMIT, "left": "0"},
        "LIFE-633": {"does": "closes and cancels", "resting": A_STOP, "left": "0"},
    },
    tier="full",
    core=["LIFE-631", "LIFE-632"],
    rule="Open orders and positions outlive a client",
    card="TC-E82",
    needs=["graceful_stop", "close_position", "unrecordable"],
    trader={"post_stop_s": 1.0},
)
async def test_what_a_strategy_does_when_it_is_stopped_is_done(
    traders: Traders, market: Market, venue: Venue, does: str, resting: Left, left: str
) -> None:
    """What a strategy does in its on_stop (it {does}, beside {resting}) MUST be done at the venue when it stops."""
    trader = await traders.start(at_stop=[each.rstrip("s") for each in does.split(" and ")])

    await is_long_beside(trader, market, resting)

    await traders.stop()

    await has_left(venue, left)


@case.each(
    {
        "LIFE-555": {"failure": GONE},
        "LIFE-556": {"failure": REFUSED},
        "LIFE-557": {"failure": DONE_RESET},
    },
    tier="full",
    core=["LIFE-555"],
    rule="Close User Data Stream; -1125: the key of an account is one, and whoever stops first has closed it",
    needs=["graceful_stop", "unrecordable"],
)
async def test_stop_goes_on_without_its_listen_key(
    traders: Traders, market: Market, venue: Venue, faults: Faults, failure: RequestFails
) -> None:
    """A trader whose request to close its listen key is {failure} MUST stop as ever, and leave its order open."""
    trader = await traders.start()
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    failure.meets(faults, CLOSING)

    await traders.stop()

    equal("status", (await venue.standing(order.id)).status, "ACCEPTED")
