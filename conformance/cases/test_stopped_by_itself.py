"""What a strategy does when it is stopped by itself, by its operator or in a handler of its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, equal, limit, market_order

_RULE = "Open orders and positions are the account's, whatever a client's strategy does"


@case.each(
    {
        "INH-974": {"does": "cancels", "left": "0.010"},
        "INH-975": {"does": "closes", "left": "0"},
        "INH-976": {"does": "exits, as it is configured to", "left": "0"},
    },
    tier="full",
    core=["INH-974"],
    rule=_RULE,
    needs=["market_exit", "close_position", "unrecordable"],
)
async def test_strategy_that_is_stopped_alone_clears_up_each_time(
    traders: Traders, market: Market, venue: Venue, does: str, left: str
) -> None:
    """What a strategy does when it is stopped (it {does}) MUST be done when it alone is stopped, and the next time too.

    What another strategy has in the symbol stays.
    """
    managed = does.startswith("exits")
    trader = await traders.start(
        strategies=2,
        **({"strategy": {"manage_stop": True}} if managed else {"at_stop": [does.removesuffix("s")]}),
    )
    passes_over_what_is_free(trader)
    others = await trader.strategy(2).submit(limit("BUY", "0.010", market.below_last("6%")))
    await others.reaches("ACCEPTED")
    for _ in range(2):
        await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
        order = await trader.submit(limit("BUY", "0.010", market.below_last("5%")))
        await order.reaches("ACCEPTED")

        await trader.pauses()

        if does != "closes":
            await venue.confirms(order, "CANCELED")
        await trader.holds(left)
        equal("position at the venue", float(await venue.position()), float(left))
        await trader.resumes()
        await trader.cancel_all()
        await trader.close_all_positions()
        await trader.holds("0")
        await trader.has_open(others.id)
    await others.stands("ACCEPTED")


@dataclass(frozen=True)
class Desk:
    """A strategy that is to stop itself, and the market."""

    trader: Trader
    market: Market

    async def enters(self) -> None:
        """Have it buy 0.010."""
        await (await self.trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")

    async def stops_itself(self, event: str) -> None:
        """Have the strategy stop itself in its handler of the next such event."""
        await self.trader.when(event).pauses()


async def _at_a_fill(desk: Desk) -> None:
    await desk.stops_itself("OrderFilled")
    await desk.enters()


async def _at_a_position(desk: Desk) -> None:
    await desk.stops_itself("PositionOpened")
    await desk.enters()


async def _at_a_quote(desk: Desk) -> None:
    await desk.enters()
    await desk.stops_itself("QuoteTick")
    await desk.market.moves_to(desk.market.above_last("0.05%"))


async def _at_an_alert(desk: Desk) -> None:
    await desk.enters()
    await desk.stops_itself("TimeEvent")


@dataclass(frozen=True, kw_only=True)
class At(AxisValue):
    """In which handler a strategy stops itself, after it has bought 0.010."""

    happens: Callable[[Desk], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Clearing(AxisValue):
    """What it does when it is stopped, by which config, what it then holds, and whether its order is open."""

    config: Mapping[str, Any]
    held: str
    rests: bool = False


@case.each(
    "INH-979",
    axes={
        "at": (
            At(name="fill", words="a fill", happens=_at_a_fill),
            At(name="position", words="the position that it opened", happens=_at_a_position),
            At(name="quote", words="a quote", happens=_at_a_quote),
            At(name="alert", words="an alert of its clock", happens=_at_an_alert),
        ),
        "clearing": (
            Clearing(name="cancels", words="its orders cancelled", config={"at_stop": ["cancel"]}, held="0.010"),
            Clearing(name="closes", words="its position closed", config={"at_stop": ["close"]}, held="0", rests=True),
            Clearing(
                name="exits",
                words="nothing left, as it is configured to",
                config={"strategy": {"manage_stop": True}},
                held="0",
                needs=("market_exit",),
            ),
        ),
    },
    tier="full",
    core=["fill.cancels"],
    rule=_RULE,
    needs=["market_moves", "close_position", "unrecordable"],
)
async def test_strategy_that_stops_itself_clears_up(
    traders: Traders, market: Market, venue: Venue, at: At, clearing: Clearing
) -> None:
    """A strategy that stops itself in its handler of {at}, as one does at a loss, MUST have {clearing} at the venue."""
    trader = await traders.start(**clearing.config)
    passes_over_what_is_free(trader)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("5%")))
    await order.reaches("ACCEPTED")

    await at.happens(Desk(trader, market))

    await trader.has_open(*([order.id] if clearing.rests else []))
    await trader.holds(clearing.held)
    equal("position at the venue", float(await venue.position()), float(clearing.held))
    await venue.confirms(order, "ACCEPTED" if clearing.rests else "CANCELED")
