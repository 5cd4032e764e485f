"""What an earlier session, or another client, has left when a trader starts: orders, positions, and who remembers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    OrderRequest,
    Side,
    Trader,
    Traders,
    Venue,
    limit,
    market_order,
    require,
    stop_limit,
    stop_market,
    take_profit_market,
    trailing_stop_market,
)
from conformance.kit.needs import Need

NAME = "LEFT-1"


@dataclass(frozen=True, kw_only=True)
class Memory(AxisValue):
    """Whose an order or a position is when the trader starts, and what the trader knows of it from before.

    `by_session`: an earlier session of the trader made it, another client otherwise; `killed`: that session crashed;
    `of_before`: that session was one of the version that ran before the one under test.
    """

    by_session: bool = True
    killed: bool = False
    of_before: bool = False

    async def begins(self, traders: Traders) -> Trader:
        """Begin the session that is to be remembered."""
        return await (traders.start_before() if self.of_before else traders.start())

    async def ends(self, traders: Traders) -> None:
        """End the session of the trader that runs, as it is to end."""
        if self.killed:
            # How much of its last moment a crash takes with it is chance.
            await traders.have_kept_all()
            await traders.kill()
        else:
            await traders.stop()


WARM = Memory(name="warm", words="by a session that kept its cache", needs=("cache_database",))
CRASH = Memory(
    name="crash", words="by a session that crashed and kept its cache", needs=("cache_database",), killed=True
)
COLD = Memory(name="cold", words="by a session that kept nothing")
FOREIGN = Memory(name="foreign", words="by another client", by_session=False)
CLAIMED = Memory(
    name="claimed",
    words="by another client, and claimed by the strategy",
    needs=("external_order_claims",),
    trader={"external_order_claims": ["BTCUSDT"]},
    by_session=False,
)
_LINES: Mapping[str, Need] = {"1x": "kept_by_1x", "2x": "kept_by_2x"}
UPGRADES = tuple(
    replace(
        memory,
        name=name,
        words=f"{memory.words}, of a {line[0]}.x version before",
        needs=(*memory.needs, need),
        of_before=True,
    )
    for line, need in _LINES.items()
    for name, memory in ((line, WARM), (f"{line}-crash", CRASH))
)
"""What the version before has kept: in the words of one generation or of the other."""
MEMORIES = (WARM, CRASH, COLD, FOREIGN, CLAIMED)
REMEMBERED = (WARM, CRASH)
OWNERS = (
    AxisValue(name="unclaimed", words="claimed by no strategy"),
    AxisValue(name="claimed", words="claimed by the strategy", needs=CLAIMED.needs, trader=CLAIMED.trader),
)
"""Whose it is what others do."""


@dataclass(frozen=True, kw_only=True)
class Left(AxisValue):
    """An order that was left: its `request`, how much of it had filled, and whether it is a stop that has triggered."""

    request: Callable[[Market], OrderRequest]
    filled: str = ""
    triggered: bool = False

    @property
    def rest(self) -> Decimal:
        """What of it has not filled yet."""
        return Decimal("0.010") - Decimal(self.filled or 0)


def _child(market: Market) -> OrderRequest:
    return stop_limit("SELL", "0.010", trigger=market.below_last("2%"), price=market.below_last("1%"))


LIMIT = Left(name="limit", words="a LIMIT order", request=lambda m: limit("BUY", "0.010", m.below_last("4%")))
PARTIAL = Left(
    name="partial",
    words="a partly filled LIMIT order",
    request=lambda m: limit("BUY", "0.010", m.below_last("4%")),
    filled="0.004",
)
CHILD = Left(name="child", words="the resting LIMIT order of a triggered stop", request=_child, triggered=True)
STOP = Left(name="stop", words="a stop", request=lambda m: stop_market("SELL", "0.010", trigger=m.below_last("2%")))
STOP_LIMIT = Left(name="stop-limit", words="a stop limit order", request=_child)
TAKE_PROFIT = Left(
    name="take-profit",
    words="a take-profit order",
    request=lambda m: take_profit_market("SELL", "0.010", trigger=m.above_last("2%")),
)
TRAILING = Left(
    name="trailing",
    words="a trailing stop",
    request=lambda m: trailing_stop_market("SELL", "0.010", callback_rate="1", activation=m.above_last("1%")),
)
ORDERS = (LIMIT, PARTIAL, CHILD)
STOPS = (STOP, STOP_LIMIT, TAKE_PROFIT, TRAILING)


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What the session that leaves a position of -0.010 has traded, each at a price of its own."""

    trades: tuple[tuple[Side, str], ...]


LIVES = (
    Life(name="turned", words="turned around by an order", trades=(("BUY", "0.010"), ("SELL", "0.020"))),
    Life(
        name="renewed",
        words="closed and opened anew",
        trades=(("BUY", "0.010"), ("SELL", "0.010"), ("SELL", "0.010")),
    ),
)


def told_apart(faults: Faults) -> asyncio.Event:
    """Hold FINISHED of a stop back until the returned event is set.

    It comes milliseconds after the last word about the order that the stop became: whether a trader has dealt with
    that one by then is left to chance, and the cases of a busy trader let it be too late always.
    """
    apart = asyncio.Event()
    faults.delay_frame("ALGO_UPDATE", until=apart, optional=True, X="FINISHED")
    return apart


async def venue_id(venue: Venue, name: str) -> str:
    """Return the venue's id of an open order: of a stop that has triggered, the one of the order it became."""
    rows = (await venue.books())["orders"]
    found = [str(row["venue_order_id"]) for row in rows if str(row["client_order_id"]).endswith(name)]
    require(found, f"{name} to be open at the venue", seen=[row["client_order_id"] for row in rows])
    return found[0]


@dataclass(frozen=True)
class Estate:
    """What is left, and who starts on it."""

    traders: Traders
    venue: Venue
    market: Market
    config: Mapping[str, Any] = field(default_factory=dict)
    """What the trader that finds it has in its config beyond the others."""

    async def leaves(self, left: Left, memory: Memory) -> None:
        """Leave an order; a session that made it has ended."""
        request = left.request(self.market).named(NAME)
        if memory.by_session:
            trader = await memory.begins(self.traders)
            order = await trader.submit(request)
            await order.reaches("ACCEPTED")
            await self._has(left)
            await self.venue.confirms(order)
            await self.ends(trader, memory)
        else:
            await self.venue.places(request)
            await self._has(left)

    async def takes(self, quantity: str) -> None:
        """Let another trader take a part of the order that was left."""
        await self.market.takes(await venue_id(self.venue, NAME), quantity)

    async def starts(self, memory: Memory) -> tuple[Trader, Order]:
        """Start the trader that finds it; its handle on the order that was left comes with it."""
        trader = await (
            self.traders.start_again(**self.config) if memory.by_session else self.traders.start(**self.config)
        )
        passes_over_what_is_free(trader)
        return trader, trader.order(NAME)

    async def finds(self, left: Left, memory: Memory) -> tuple[Trader, Order]:
        """Leave the order, start, and require that the trader has it open."""
        await self.leaves(left, memory)
        trader, order = await self.starts(memory)
        await trader.has_open(NAME)
        return trader, order

    async def holds(self, side: str, memory: Memory) -> Trader:
        """Leave a position of 0.010, long or short, and return the trader that has started on it."""
        await self.leaves_position(side, memory)
        trader, _ = await self.starts(memory)
        await trader.holds("0.010" if side == "long" else "-0.010")
        return trader

    async def leaves_position(self, side: str, memory: Memory) -> None:
        """Leave a position of 0.010; a session that opened it has ended."""
        if memory.by_session:
            trader = await memory.begins(self.traders)
            entry = await trader.submit(market_order("BUY" if side == "long" else "SELL", "0.010").named("ENTRY-1"))
            await entry.reaches("FILLED")
            await trader.holds("0.010" if side == "long" else "-0.010")
            await self.ends(trader, memory)
        else:
            await self.venue.opens_position("BUY" if side == "long" else "SELL", "0.010")

    async def leaves_traded(self, life: Life, memory: Memory) -> None:
        """Leave what a session has traded, each order at another price; the session has ended."""
        trader = await memory.begins(self.traders)
        for number, (side, quantity) in enumerate(life.trades):
            await self.market.moves_to(self.market.above_last(f"{number}%"))
            order = await trader.submit(market_order(side, quantity).named(f"TRADE-{number}"))
            await order.reaches("FILLED")
        await self.ends(trader, memory)

    async def ends(self, trader: Trader, memory: Memory) -> None:
        """End the session as it is to end, once it has dealt with all that it was told."""
        await trader.settles()
        await memory.ends(self.traders)

    async def _has(self, left: Left) -> None:
        if left.filled:
            await self.takes(left.filled)
        if left.triggered:
            await self.market.moves_to(self.market.below_last("3%"))
