"""Starts and the trades of what they know: ids that get longer, and trades of the last seconds by a faster clock."""

import asyncio
from dataclasses import dataclass

from conformance.cases.inherited import COLD, FOREIGN, LIMIT, NAME, PARTIAL, WARM, Estate, Memory
from conformance.cases.meanwhile import MEANWHILE, Meanwhile
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, case

_A_SECOND_MS = 1000
_KNOWN = {each.name: each for each in MEANWHILE}
#: What becomes of an order by the second of its trades.
ENDS: tuple[Meanwhile, ...] = tuple(
    _KNOWN[name] for name in ("partly-filled", "filled", "filled-and-cancelled", "filled-and-expired")
)


@dataclass(frozen=True, kw_only=True)
class Ids(AxisValue):
    """The id of the order's first trade; the second one's is the next."""

    first: int


IDS = (
    Ids(name="as-long", words="5000000 and 5000001", first=5_000_000),
    Ids(name="longer", words="9999999 and 10000000", first=9_999_999),
)


@case.each(
    "RECON-740",
    axes={"meanwhile": ENDS, "memory": (WARM, COLD), "ids": IDS},
    but={
        "a start that remembers nothing need not tell of what has ended": {
            "memory": "cold",
            "meanwhile": ("filled", "filled-and-cancelled", "filled-and-expired"),
        },
    },
    tier="full",
    core=[
        "partly-filled.cold.longer",
        "partly-filled.cold.as-long",
        "filled.warm.longer",
        "filled-and-cancelled.warm.longer",
    ],
    rule="Account Trade List: id is a number, which counts for its symbol; New Order: what a trade costs",
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others", "expiries"],
)
async def test_trades_whose_ids_get_longer_are_booked(
    traders: Traders, market: Market, venue: Venue, meanwhile: Meanwhile, memory: Memory, ids: Ids
) -> None:
    """A LIMIT order filled in part and then {meanwhile} MUST be booked at a start by its trades, {ids}."""
    estate = Estate(traders, venue, market)
    await estate.leaves(LIMIT, memory)
    await market.numbers_trades_from(ids.first)
    await estate.takes("0.004")
    await venue.ages(_A_SECOND_MS)
    await meanwhile.does(estate, PARTIAL)

    trader, order = await estate.starts(memory)

    await venue.confirms(order, meanwhile.status)
    await trader.has_booked(NAME, [str(ids.first), str(ids.first + 1)])
    await trader.holds(await venue.position())


@case.each(
    "RECON-750",
    axes={
        "memory": (WARM, COLD, FOREIGN),
        "ahead": (AxisValue(name="level", words="as the trader's"), AxisValue(name="ahead", words="4 s ahead")),
        "look_back": (
            AxisValue(name="whole", words="as far as it goes"),
            AxisValue(name="hour", words="for an hour", trader={"exec_engine": {"reconciliation_lookback_mins": 60}}),
        ),
    },
    tier="full",
    core=["warm.ahead.hour", "foreign.ahead.hour", "cold.ahead.whole"],
    rule="Timing security: clocks may differ by less than recvWindow; Account Trade List: the trades up to now",
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others"],
    # Under a clock that is 4 s ahead, a request has 1 s left of the default of 5 s: too little on a busy machine.
    trader={"client": {"recv_window_ms": 20_000}},
)
async def test_trade_of_the_last_seconds_is_booked(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    memory: Memory,
    ahead: AxisValue,
    look_back: AxisValue,
) -> None:
    """With the venue's clock {ahead}, a fill of the last second MUST be booked as made by a start that looks back.

    The order was left {memory}; the start looks back {look_back}.
    """
    await venue.skews_clock(4000 if ahead.name == "ahead" else 0)
    estate = Estate(traders, venue, market)
    await estate.leaves(LIMIT, memory)
    filled = asyncio.Event()
    held = faults.delay(("account", "listen key"), until=filled)

    # Neither the account nor the stream has told of it, and a busy machine has done with most of the start.
    starting = asyncio.create_task(estate.starts(memory))
    await held.happens(within_s=20.0)
    await estate.takes("0.004")
    filled.set()
    trader, order = await starting

    await venue.confirms(order, "PARTIALLY_FILLED")
    await trader.has_booked(NAME, await venue.trades())
    await trader.holds("0.004")
