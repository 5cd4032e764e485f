"""A trader that is stopped before it runs: what it waits for comes all the same, and it is not to trade any more."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from conformance.binance.route import Routes
from conformance.cases.halts import HALTS, Halt
from conformance.cases.stream_attempts import NEW_KEY
from conformance.history.entries import Entry, Event, Request
from conformance.kit import AxisValue, Faults, Market, Trader, Traders, Venue, Wire, case, equal, limit, require

#: No price has come yet by which the risk engine of 2.x could value an order. 1.x gives up at its timeout only.
#: One that is stopped at once all the same goes on with what its strategies have ordered until then.
_SOON = {"risk_engine": {"bypass": True}, "timeout_connection_s": 3.0, "post_stop_s": 1.0}
#: So long the answer is held once the stop is asked for: who gives up what it waits for has ended by then.
_HELD_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Phase(AxisValue):
    """What the start waits for: the answer to the first request to one of these routes."""

    routes: Sequence[str]


PHASES = (
    Phase(name="symbols", words="before it knows the symbols", routes=("GET /fapi/v1/exchangeInfo",)),
    Phase(name="account", words="before it knows the account", routes=("GET /fapi/v2/account",)),
    Phase(name="key", words="before it has a listen key", routes=(NEW_KEY,)),
    Phase(
        name="positions",
        words="before it knows the positions",
        routes=("GET /fapi/v2/positionRisk", "GET /fapi/v3/positionRisk"),
    ),
    Phase(name="orders", words="before it knows the open orders", routes=("GET /fapi/v1/openOrders",)),
)


@case.each(
    "LIFE-640",
    axes={"phase": PHASES, "halt": HALTS},
    tier="full",
    core=["orders.call", "orders.sigint"],
    rule="NautilusTrader, live nodes: who is told to stop trades no more",
    upstream=["#4102"],
    needs=["graceful_stop", "unrecordable"],
    trader=_SOON,
)
async def test_trader_that_is_stopped_while_it_starts_never_trades(
    traders: Traders, wire: Wire, market: Market, venue: Venue, faults: Faults, phase: Phase, halt: Halt
) -> None:
    """A trader that is stopped {halt} as it starts, {phase}, MUST end with no order placed, and no strategy begun."""

    async def submits(strategy: Trader) -> None:
        await strategy.submit(limit("BUY", "0.010", market.below_last("2%")))

    answered = asyncio.Event()
    faults.delay(phase.routes, until=answered, processed=True)
    own_run = halt.by is not None
    trader = await traders.set_out(own_run=own_run, **await traders.at_start(submits))
    routes = Routes.parse(phase.routes)

    def is_asked(entry: Entry) -> bool:
        return isinstance(entry, Request) and entry.by == "trader" and (entry.method, entry.path) in routes

    await trader.history.wait(is_asked, what="the request", within_s=5.0, since=0)

    stopping = asyncio.ensure_future(traders.stop(halt.by))
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(stopping), timeout=_HELD_S)
    answered.set()
    try:
        await stopping
    finally:
        # Whether it has ended or not, an order is what costs.
        wire.none("place order")
        equal("open orders at the venue", (await venue.books())["orders"], [])
    told = [event.name for event in trader.history.of(Event) if event.client_order_id is not None or event.acts]
    require(not told, "a strategy that was not started", seen=", ".join(told))
