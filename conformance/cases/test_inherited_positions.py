"""Inherited names and positions: ids of every client's making, positions to leave, and those that others change."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.exits import CLOSES_WHAT_IT_OPENED, EXITS, Exit
from conformance.cases.inherited import (
    LIMIT,
    LIVES,
    MEMORIES,
    NAME,
    OWNERS,
    REMEMBERED,
    STOP,
    WARM,
    Estate,
    Left,
    Life,
    Memory,
)
from conformance.cases.situations import SEVERAL_POSITIONS
from conformance.kit import AxisValue, Market, Traders, Venue, case, equal, market_order


@dataclass(frozen=True, kw_only=True)
class Name(AxisValue):
    """A client order id as clients of the venue make them."""

    id: str


NAMES = (
    Name(name="web", words="by the web page", id="web_AbC123xyz456"),
    Name(name="app", words="by the app", id="android_9fKq2LmXv7RtYp0Zw3"),
    Name(name="uuid", words="under a UUID", id="6f1c2d34-9a7b-4c58-8e21-0b9d3f4a5c6e"),
    Name(name="broker", words="under a broker's prefix", id="x-Abc12345-some_order-00000000000001"),
    Name(name="punctuation", words="under an id with every sign that is allowed", id="A.b:c/d-e_f"),
)
KINDS = (LIMIT, STOP)


@case.each(
    "INH-210",
    axes={"left": KINDS, "named": NAMES},
    rule="New Order, newClientOrderId: ^[\\.A-Z\\:/a-z0-9_-]{1,36}$; New Algo Order, clientAlgoId",
    needs=["fresh_account", "orders_of_others"],
)
async def test_order_of_any_name_is_known_and_can_be_cancelled(
    traders: Traders, venue: Venue, market: Market, left: Left, named: Name
) -> None:
    """{left} placed {named} MUST be open in a trader that starts, under its id, and be gone when it cancels it."""
    parameter = "clientAlgoId" if left is STOP else "newClientOrderId"
    await venue.places(left.request(market).named(NAME), **{parameter: named.id})
    trader = await traders.start()
    await trader.has_open(named.id)

    await trader.order(named.id).cancel()

    await venue.confirms(trader.order(named.id), "CANCELED")


@case.each(
    "INH-220",
    axes={"side": ("long", "short"), "how": EXITS, "memory": MEMORIES},
    but={
        CLOSES_WHAT_IT_OPENED: {"how": ("close-all", "market-exit"), "memory": ("cold", "foreign")},
    },
    tier="full",
    core=[
        "long.reduce-only.warm",
        "short.reduce-only.foreign",
        "short.reduce-only.claimed",
        "long.close-all.warm",
        "long.close-all.claimed",
        "short.market-exit.warm",
    ],
    rule="New Order, reduceOnly; Position Information V3",
    upstream=["#4454", "#4736"],
    needs=["orders_of_others"],
)
async def test_inherited_position_is_left(
    traders: Traders, venue: Venue, market: Market, side: str, how: Exit, memory: Memory
) -> None:
    """A {side} position left {memory} MUST be held by a trader that starts, and be flat after {how}."""
    trader = await Estate(traders, venue, market).holds(side, memory)

    await how.does(trader, "SELL" if side == "long" else "BUY")

    await trader.holds("0", within_s=8.0)
    equal("position at the venue", await venue.position(), Decimal(0))


async def _app_closes(venue: Venue) -> None:
    await venue.closes_position()


async def _app_grows(venue: Venue) -> None:
    await venue.places(market_order("BUY", "0.005").named("FOREIGN-BUY"))


async def _app_turns(venue: Venue) -> None:
    await venue.places(market_order("SELL", "0.015").named("FOREIGN-SELL"))


async def _app_rests(venue: Venue) -> None:
    pass


async def _app_forgets(venue: Venue) -> None:
    await venue.forgets_trades()


@dataclass(frozen=True, kw_only=True)
class Change(AxisValue):
    """What becomes of the position while no trader runs."""

    does: Callable[[Venue], Awaitable[None]]


CHANGES = (
    Change(name="nothing", words="untouched", does=_app_rests),
    Change(name="closed", words="closed by another client", does=_app_closes),
    Change(name="grown", words="added to by another client", does=_app_grows),
    Change(name="flipped", words="turned around by another client", does=_app_turns),
    Change(name="forgotten", words="untouched, its trades forgotten by the venue,", does=_app_forgets),
)


@case.each(
    "INH-230",
    axes={"change": CHANGES, "memory": REMEMBERED},
    tier="full",
    core=["nothing.crash", "closed.warm", "grown.warm", "flipped.crash", "forgotten.warm"],
    rule="Position Information V3; Account Trade List",
    upstream=["#4736", "#4716"],
    needs=["venue_acts", "orders_of_others"],
)
async def test_position_changes_while_no_trader_runs(
    traders: Traders, venue: Venue, market: Market, change: Change, memory: Memory
) -> None:
    """A position left {memory} and {change} before the trader starts again MUST be held there as at the venue."""
    estate = Estate(traders, venue, market)
    await estate.leaves_position("long", memory)
    await change.does(venue)

    trader, _ = await estate.starts(memory)

    await trader.settles()
    await trader.holds(await venue.position())


@case(
    "INH-950",
    rule="Position Information V3: what the account holds, and nothing of what it holds no more",
    needs=["cache_database", "venue_acts", "orders_of_others", "other_symbols"],
)
async def test_position_is_gone_and_no_trade_tells_why(traders: Traders, venue: Venue, market: Market) -> None:
    """A position that a session kept, and that a trade closed which the venue tells no more, MUST NOT be held again."""
    estate = Estate(traders, venue, market)
    await estate.leaves_position("long", WARM)
    await venue.closes_position()
    # Only a start that finds nothing is held to the budget of a start, which the question for a position exceeds.
    await venue.of("ETHUSDT").places(market_order("BUY", "0.100").but(symbol="ETHUSDT").named("FOREIGN-ETH"))
    await venue.forgets_trades()

    trader, _ = await estate.starts(WARM)

    await trader.settles()
    await trader.holds("0")


@case.each(
    "INH-240",
    axes={"life": LIVES, "memory": REMEMBERED},
    tier="full",
    core=["turned.warm"],
    rule="Position Information V3, entryPrice: of what is open alone",
    upstream=["#3081", "#4736"],
    needs=["market_moves", "fresh_account"],
)
async def test_position_of_several_lives_is_held_after_a_restart(
    traders: Traders, venue: Venue, market: Market, life: Life, memory: Memory
) -> None:
    """A position {life} and left {memory} MUST be held as one after a restart, at the venue's size and entry price."""
    estate = Estate(traders, venue, market)
    await estate.leaves_traded(life, memory)

    trader, _ = await estate.starts(memory)

    # Invariant 8 judges the price.
    await trader.settles()
    await trader.holds("-0.010")


@dataclass(frozen=True, kw_only=True)
class Untold(AxisValue):
    """What the venue no longer tells of a long position of 0.014, and what makes it so."""

    leaves: Callable[[Venue], Awaitable[None]]


async def _all_forgotten(venue: Venue) -> None:
    await venue.opens_position("BUY", "0.014")
    await venue.forgets_trades()


async def _entry_too_old(venue: Venue) -> None:
    await venue.opens_position("BUY", "0.010")
    await venue.ages(2 * 3_600_000)
    await venue.places(market_order("BUY", "0.004").named("NEWER-1"))
    await venue.ages(60_000)


UNTOLD = (
    Untold(name="forgotten", words="whose trades are gone", leaves=_all_forgotten),
    Untold(
        name="too-old",
        words="of whose trades the last alone is in the time that a start asks for",
        leaves=_entry_too_old,
        trader={"exec_engine": {"reconciliation_lookback_mins": 60}},
    ),
)


@case.each(
    "INH-250",
    axes={"untold": UNTOLD, "owner": OWNERS, "memory": REMEMBERED},
    tier="full",
    core=["forgotten.claimed.warm", "too-old.unclaimed.warm"],
    rule="Position Information V3, entryPrice; Account Trade List: what is older than its window is not told",
    upstream=["#3878", "#3185"],
    needs=["market_moves", "venue_acts", "orders_of_others"],
)
async def test_position_without_its_trades_is_learned_once(
    traders: Traders, venue: Venue, market: Market, untold: Untold, owner: AxisValue, memory: Memory
) -> None:
    """A position {untold}, {owner} and learned {memory}, MUST stand unchanged after two restarts."""
    await untold.leaves(venue)
    # What is worth more or less now has the entry price all the same.
    await market.moves_to(market.above_last("3%"))
    estate = Estate(traders, venue, market)
    first = await traders.start()
    await first.holds("0.014")
    first.may_differ(SEVERAL_POSITIONS, why="RECON-710 is about what a start makes of it")

    await estate.ends(first, memory)
    learned = first.moment
    second, _ = await estate.starts(memory)
    await estate.ends(second, memory)
    third, _ = await estate.starts(memory)

    await third.stays_quiet(since=learned)
    await third.holds("0.014")
