"""A strategy that nets (its own OMS is NETTING) on an account in one-way mode: it has the venue's one position."""

from decimal import Decimal

from conformance.cases.exits import CLOSES_WHAT_IT_OPENED, EXITS, Exit
from conformance.cases.inherited import LIVES, MEMORIES, OWNERS, REMEMBERED, Estate, Life, Memory
from conformance.cases.positions_of_others import CLOSED, FLIPPED, GROWN, REDUCED, Change
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, equal, market_order

_RULE = "Position Information V3: in one-way mode one position a symbol, BOTH"
_NETS = {"strategy": {"oms_type": "NETTING"}}


@case.each(
    "NET-010",
    axes={"how": EXITS, "memory": MEMORIES},
    but={CLOSES_WHAT_IT_OPENED: {"how": ("close-all", "market-exit"), "memory": ("cold", "foreign")}},
    tier="full",
    core=["reduce-only.warm", "reduce-only.foreign", "market-exit.claimed"],
    rule=f"New Order, reduceOnly; {_RULE}",
    upstream=["#4106", "#4365", "#4975"],
    needs=["orders_of_others", "venue_positions"],
    trader=_NETS,
)
async def test_netting_strategy_leaves_what_it_inherited(
    traders: Traders, venue: Venue, market: Market, how: Exit, memory: Memory
) -> None:
    """A position left {memory} MUST be held as one by a trader whose strategy nets, and be flat after {how}."""
    trader = await Estate(traders, venue, market).holds("long", memory)

    await how.does(trader, "SELL")

    await trader.holds("0", within_s=8.0)
    equal("position at the venue", await venue.position(), Decimal(0))


async def _trades(trader: Trader, side: Side, quantity: str) -> None:
    order = await trader.submit(market_order(side, quantity))
    await order.reaches("FILLED")


@case("NET-020", rule=_RULE, upstream=["#4106"], needs=["venue_positions"], trader=_NETS)
async def test_netting_strategy_enters_turns_around_and_leaves(trader: Trader, venue: Venue) -> None:
    """A strategy that nets MUST hold the venue's one position when it enters, turns it around and closes it."""
    passes_over_what_is_free(trader)
    await _trades(trader, "BUY", "0.010")
    await trader.holds("0.010")
    await _trades(trader, "SELL", "0.020")
    await trader.holds("-0.010")

    leaving = await trader.submit(market_order("BUY", "0.010", reduce_only=True))
    await leaving.reaches("FILLED")

    await trader.holds("0")
    equal("position at the venue", await venue.position(), Decimal(0))
    equal("positions", (await trader.books())["positions"], [])


@case.each(
    "NET-030",
    axes={"change": (CLOSED, REDUCED, FLIPPED, GROWN), "owner": OWNERS},
    tier="full",
    core=["closed.unclaimed", "flipped.claimed"],
    rule=f"User data streams: every event of the account, whichever client caused it; {_RULE}",
    upstream=["#4106", "#3861"],
    needs=["orders_of_others", "venue_positions"],
    trader=_NETS,
)
async def test_position_of_a_netting_strategy_follows_what_another_client_does(
    trader: Trader, venue: Venue, change: Change, owner: AxisValue
) -> None:
    """A netting strategy's position MUST stay the venue's when another client, whose orders are {owner}, {change}."""
    passes_over_what_is_free(trader)
    await _trades(trader, "BUY", "0.010")
    await trader.holds("0.010")

    await change.does(venue)

    await trader.holds(change.of_long)


@case.each(
    "NET-040",
    axes={"life": LIVES, "memory": REMEMBERED},
    tier="full",
    core=["renewed.crash"],
    rule=f"Position Information V3, entryPrice: of what is open alone; {_RULE}",
    upstream=["#3081", "#4736"],
    needs=["market_moves", "fresh_account", "venue_positions"],
    trader=_NETS,
)
async def test_position_of_a_netting_strategy_is_held_after_a_restart(
    traders: Traders, venue: Venue, market: Market, life: Life, memory: Memory
) -> None:
    """A netting strategy's position {life}, left {memory}, MUST be held as one after a restart, as at the venue."""
    estate = Estate(traders, venue, market)
    await estate.leaves_traded(life, memory)

    trader, _ = await estate.starts(memory)

    # Invariant 8 judges the price.
    await trader.settles()
    await trader.holds("-0.010")
