"""What of the account is free, what is bound as margin, and under which leverage: as the venue has it, or nothing."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, equal, limit, market_order, require
from conformance.kit.waiting import comes_true

_FREE = "the free balance at most what the venue has available"
_CENT = Decimal("0.01")
_RULE = "Account Information V3: availableBalance is what is left for orders; initialMargin, maintMargin"


@dataclass(frozen=True)
class Parties:
    """The account's trader and the other parties that change what is free."""

    trader: Trader
    market: Market
    venue: Venue

    async def buys(self) -> None:
        """Let the trader open a long position of 0.010."""
        order = await self.trader.submit(market_order("BUY", "0.010"))
        await order.reaches("FILLED")

    async def buys_and_rests(self) -> None:
        """Let the trader open a position, and place another order."""
        await self.buys()
        order = await self.trader.submit(limit("BUY", "0.010", self.market.below_last("2%")))
        await order.reaches("ACCEPTED")

    async def buys_and_reduces(self) -> None:
        """Let the trader open a position and close a part of it."""
        await self.buys()
        order = await self.trader.submit(market_order("SELL", "0.004", reduce_only=True))
        await order.reaches("FILLED")

    async def pays_funding(self) -> None:
        """Let the trader open a position and pay funding on it."""
        await self.buys()
        await self.venue.funds()

    async def is_paid_in(self) -> None:
        """Let the trader open a position, and money come in."""
        await self.buys()
        await self.venue.transfers("25.5")

    async def is_joined(self) -> None:
        """Let another client open a position."""
        await self.venue.opens_position("BUY", "0.010")


@dataclass(frozen=True, kw_only=True)
class Change(AxisValue):
    """What changes what is free."""

    happens: Callable[[Parties], Awaitable[None]]


CHANGES = (
    Change(name="fill", words="a fill that opens a position", happens=Parties.buys),
    Change(name="order", words="a fill and an order that rests", happens=Parties.buys_and_rests),
    Change(name="reduction", words="a fill that reduces a position", happens=Parties.buys_and_reduces),
    Change(name="funding", words="funding on a position", happens=Parties.pays_funding),
    Change(name="deposit", words="a deposit beside a position", happens=Parties.is_paid_in),
    Change(
        name="foreign-fill", words="a fill of another client", happens=Parties.is_joined, needs=("orders_of_others",)
    ),
)


@case.each(
    "ACC-210",
    axes={"change": CHANGES, "told": ("by-events", "by-query")},
    tier="full",
    core=["fill.by-events", "order.by-query"],
    rule=f"{_RULE}; Event: Balance and Position Update has wallet balances alone",
    needs=["unrecordable", "venue_acts", "query_account"],
)
async def test_free_is_never_more_than_available(
    trader: Trader, market: Market, venue: Venue, change: Change, told: str
) -> None:
    """After {change}, told {told}, the trader MUST NOT take more for free than the venue has available."""
    await change.happens(Parties(trader, market, venue))
    await trader.settles()
    if told == "by-query":
        await trader.query_account()

    await _is_free_at_most(trader, venue)


async def _is_free_at_most(trader: Trader, venue: Venue) -> None:
    available = Decimal((await venue.account())["availableBalance"])
    free = Decimal(0)

    async def agreed() -> bool:
        nonlocal free
        rows = (await trader.books())["balances"]
        free = next((Decimal(row["free"]) for row in rows if row["currency"] == "USDT"), Decimal(0))
        return free < available + _CENT

    require(await comes_true(trader.history, agreed, within_s=1.0), _FREE, seen=f"{free}, available {available}")


@case.each(
    {
        "ACC-220": {"when": "at the start"},
        "ACC-221": {"when": "after a fill"},
        "ACC-222": {"when": "after a query of the account"},
    },
    tier="full",
    core=["ACC-220", "ACC-221"],
    rule=_RULE,
    upstream=["#3101", "#3420"],
    needs=["account_leverage", "unrecordable", "query_account", "orders_of_others"],
)
async def test_margin_is_the_venues(traders: Traders, venue: Venue, when: str) -> None:
    """With a position open the trader MUST have the account's initial and maintenance margin of the venue {when}."""
    if when == "at the start":
        await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    if when != "at the start":
        order = await trader.submit(market_order("BUY", "0.010"))
        await order.reaches("FILLED")
    await trader.settles()
    if when == "after a query of the account":
        await trader.query_account()

    await _has_margins(trader, await venue.account())


async def _has_margins(trader: Trader, account: Mapping[str, Any]) -> None:
    required = [Decimal(account[name]) for name in ("initialMargin", "maintMargin")]
    found: list[Decimal] = []

    async def agreed() -> bool:
        rows = [row for row in (await trader.books())["margins"] if row["currency"] == "USDT"]
        # Of the whole account where the trader has that; a symbol's is a figure of its own beside it.
        rows = [row for row in rows if "symbol" not in row] or rows
        found[:] = [sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in ("initial", "maintenance")]
        return all(abs(mine - theirs) < _CENT for mine, theirs in zip(found, required, strict=True))

    await comes_true(trader.history, agreed, within_s=1.0)
    for name, mine, theirs in zip(("initial", "maintenance"), found, required, strict=True):
        there_is = "none" if not mine else "another"
        require(
            abs(mine - theirs) < _CENT, f"the venue's {name} margin, not {there_is}", seen=f"{mine}, venue {theirs}"
        )


@case.each(
    {
        "ACC-240": {"who": "an earlier session"},
        "ACC-241": {"who": "another client"},
    },
    rule="Symbol Configuration; Event: Account Configuration Update",
    upstream=["#3101"],
    needs=["account_leverage", "unrecordable"],
)
async def test_leverage_is_the_venues(traders: Traders, venue: Venue, who: str) -> None:
    """A leverage that {who} has chosen MUST be what the trader's account has."""
    if who == "an earlier session":
        await venue.changes_leverage(7)
    trader = await traders.start()
    if who != "an earlier session":
        await venue.changes_leverage(7)
    await trader.settles()

    found = (await trader.books())["leverages"]

    equal("leverage", found.get("BTCUSDT", "").partition(".")[0] or None, 7)


@case.each(
    {
        "ACC-250": {"when": "before the start", "asset": "USDT"},
        "ACC-251": {"when": "while it runs", "asset": "USDT"},
        "ACC-252": {"when": "before the start", "asset": "BNB"},
    },
    tier="full",
    core=["ACC-250"],
    rule="Change Multi-Assets Mode; Event: Account Configuration Update, ai",
    needs=["unrecordable", "venue_acts"],
)
async def test_multi_assets_mode_trades_as_ever(
    traders: Traders, market: Market, venue: Venue, when: str, asset: str
) -> None:
    """In multi-assets mode, turned on {when}, an order MUST rest and another fill, the balances being the venue's."""
    if asset == "BNB":
        await venue.transfers("100", asset="BNB")
    if when == "before the start":
        await venue.turns_multi_assets_on()
    trader = await traders.start()
    if when != "before the start":
        await venue.turns_multi_assets_on()
    trader.may_differ("the trader's free balance is more than the venue has available", why="ACC-210 is about it")

    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    taking = await trader.submit(market_order("BUY", "0.010"))
    await taking.reaches("FILLED")

    # Invariant 8 judges the balances.
    await trader.holds("0.010")


@case.each(
    {"ACC-260": {"change": "its margin type changed"}, "ACC-261": {"change": "margin added to it"}},
    tier="full",
    core=["ACC-260"],
    rule="Event: Balance and Position Update, m MARGIN_TYPE_CHANGE, MARGIN_TRANSFER",
    needs=["unrecordable"],
)
async def test_margin_settings_leave_what_is_held(traders: Traders, venue: Venue, change: str) -> None:
    """A symbol that another client has {change} MUST leave position and balance in the trader as at the venue."""
    if change == "margin added to it":
        await venue.isolates_margin()
    trader = await traders.start()
    if change != "margin added to it":
        await venue.isolates_margin()
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    if change == "margin added to it":
        await venue.adds_margin("10")
    trader.may_differ("the trader's free balance is more than the venue has available", why="ACC-210 is about it")

    await trader.settles()

    # Invariant 8 judges the balance.
    await trader.holds("0.010")


@case.each(
    {
        "ACC-230": {"to": "0%", "position": "position and order"},
        "ACC-231": {"to": "20%", "position": "position that has gained more than its margin"},
    },
    rule=f"{_RULE}; availableBalance has the profit of open positions in it, walletBalance has not",
    upstream=["#728"],
    needs=["unrecordable", "market_moves", "external_orders", "orders_of_others"],
)
async def test_free_at_the_start_is_of_the_wallet(
    traders: Traders, market: Market, venue: Venue, to: str, position: str
) -> None:
    """With an open {position}, a start MUST know the wallet as the total, and what is left of it, or less, as free."""
    await venue.opens_position("BUY", "0.010")
    await venue.places(limit("BUY", "0.010", market.below_last("5%")).named("EARLIER-LIMIT"))
    if to != "0%":
        await market.moves_to(market.above_last(to))
    account = await venue.account()
    wallet, available = Decimal(account["walletBalance"]), Decimal(account["availableBalance"])

    trader = await traders.start()
    await trader.settles()

    (row,) = (row for row in (await trader.books())["balances"] if row["currency"] == "USDT")
    total, free = Decimal(row["total"]), Decimal(row["free"])
    require(abs(total - wallet) < _CENT, "the wallet's balance as the total", seen=f"{total}, venue {wallet}")
    require(free <= min(available, wallet) + _CENT, _FREE, seen=f"{free}, venue {available} of {wallet}")
