"""An account that a cache has kept, and what the venue has of it when the next trader starts: leverage, margins."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.inherited import REMEMBERED, Estate, Memory
from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, equal, market_order, require
from conformance.kit.waiting import comes_true

_CENT = Decimal("0.01")
#: What the trader has of each, and what the venue calls it.
_MARGINS = {"initial": "initialMargin", "maintenance": "maintMargin"}


async def _closed(venue: Venue) -> None:
    await venue.closes_position()


async def _opened(venue: Venue) -> None:
    await venue.opens_position("BUY", "0.010", name="FOREIGN-ENTRY")


@dataclass(frozen=True, kw_only=True)
class _Meanwhile(AxisValue):
    """What another client does while no trader runs, and whether a session has left a position."""

    happens: Callable[[Venue], Awaitable[None]]
    held: bool


_MEANWHILE = (
    _Meanwhile(name="closed", words="another client closed its position", happens=_closed, held=True),
    _Meanwhile(name="opened", words="another client opened one", happens=_opened, held=False),
)


@case.each(
    "ACC-390",
    axes={"meanwhile": _MEANWHILE, "memory": REMEMBERED},
    tier="full",
    core=["opened.crash"],
    rule="Account Information V3: initialMargin, maintMargin; 0 without a position and without orders",
    upstream=["#3420"],
    needs=["account_leverage", "orders_of_others", "unrecordable"],
)
async def test_margins_of_a_kept_account(
    traders: Traders, venue: Venue, market: Market, meanwhile: _Meanwhile, memory: Memory
) -> None:
    """An account kept {memory}, of which {meanwhile}, MUST have the venue's margins after a start."""
    estate = Estate(traders, venue, market)
    trader = await traders.start()
    if meanwhile.held:
        entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
        await entry.reaches("FILLED")
        await trader.settles()
        # An event about the balance takes the margins away in some versions; a query brings them.
        await trader.query_account()
    await estate.ends(trader, memory)
    await meanwhile.happens(venue)

    again, _ = await estate.starts(memory)

    await again.settles()
    await _has_margins(again, await venue.account())


_CHOSEN = (
    AxisValue(name="before", words="before its session began"),
    AxisValue(name="meanwhile", words="after its session had ended"),
)


@case.each(
    "ACC-395",
    axes={"chosen": _CHOSEN, "memory": REMEMBERED},
    tier="full",
    core=["before.crash"],
    rule="Symbol Configuration: leverage, whoever has chosen it",
    upstream=["#3101"],
    needs=["account_leverage", "unrecordable"],
)
async def test_leverage_of_a_kept_account(
    traders: Traders, venue: Venue, market: Market, chosen: AxisValue, memory: Memory
) -> None:
    """An account kept {memory}, whose leverage was chosen {chosen}, MUST have it after a start."""
    estate = Estate(traders, venue, market)
    if chosen.name == "before":
        await venue.changes_leverage(7)
    trader = await traders.start()
    await estate.ends(trader, memory)
    if chosen.name != "before":
        await venue.changes_leverage(7)

    again, _ = await estate.starts(memory)

    await again.settles()
    found = (await again.books())["leverages"]
    equal("leverage", found.get("BTCUSDT", "").partition(".")[0] or None, 7)


async def _has_margins(trader: Trader, account: Mapping[str, Any]) -> None:
    required = {name: Decimal(account[field]) for name, field in _MARGINS.items()}
    found: dict[str, Decimal] = {}

    async def agreed() -> bool:
        rows = [row for row in (await trader.books())["margins"] if row["currency"] == "USDT"]
        # Of the whole account where the trader has that; a symbol's is a figure of its own beside it.
        rows = [row for row in rows if "symbol" not in row] or rows
        found.update({name: sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in _MARGINS})
        return all(abs(found[name] - required[name]) < _CENT for name in _MARGINS)

    held = await comes_true(trader.history, agreed, within_s=1.0)
    seen = {name: f"{found[name]}, venue {required[name]}" for name in _MARGINS}
    require(held, "the account's margins as at the venue", seen=seen)
