"""Traders that share a symbol of an account with others, and are to know nothing of these: each has what is its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.asking import BY, BY_POSITION_CHECK, BY_RECONNECT, Asking, By
from conformance.cases.situations import hears_no_more, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Order,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    limit,
    market_order,
)

_ITS_OWN_ALONE: Mapping[str, Any] = {"filter_unclaimed_external_orders": True, "filter_position_reports": True}
_WHY = "it is to know nothing of others"


async def _rests(venue: Venue, market: Market) -> None:
    await venue.places(limit("BUY", "0.010", market.below_last("3%")).named("FOREIGN-1"))


async def _adds(venue: Venue, market: Market) -> None:
    await venue.places(market_order("BUY", "0.004").named("FOREIGN-1"))


async def _sells(venue: Venue, market: Market) -> None:
    await venue.places(market_order("SELL", "0.010").named("FOREIGN-1"))


@dataclass(frozen=True, kw_only=True)
class Deal(AxisValue):
    """What another client does in the symbol."""

    does: Callable[[Venue, Market], Awaitable[None]]


DEALS = (
    Deal(name="order", words="leaves an order", does=_rests),
    Deal(name="grown", words="buys as well", does=_adds),
    Deal(name="closed", words="sells as much", does=_sells),
)


@case.each(
    "RECON-996",
    axes={"deal": DEALS, "by": BY},
    but={"a position check asks for no open order": {"deal": "order", "by": "position-check"}},
    tier="full",
    core=["closed.position-check"],
    rule="Position Information V3, Current All Open Orders: of the account, whoever has made them; NautilusTrader, "
    "filter_position_reports, filter_unclaimed_external_orders: for other nodes that trade the same instrument",
    needs=["orders_of_others", "unclaimed_orders", "unrecordable"],
)
async def test_what_others_do_in_the_symbol_is_left_alone(
    traders: Traders,
    venue: Venue,
    market: Market,
    wire: Wire,
    faults: Faults,
    user_stream: UserStream,
    deal: Deal,
    by: By,
) -> None:
    """A trader that is to know its own alone MUST keep what it holds when another client {deal}, unheard, {by}."""
    trader = await traders.start(exec_engine={**_ITS_OWN_ALONE, **by.engine})
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's position is not the venue's", why=_WHY)
    trader.may_differ("an order is live at the venue but unknown in the trader", about="FOREIGN-1", why=_WHY)
    own = await _has_its_own(trader, market)
    heard = hears_no_more(trader, faults)
    await deal.does(venue, market)

    await by.asks(Asking(trader, wire, user_stream, heard))

    await _has_kept(trader, own)


@case.each(
    {"RECON-997": {"by": BY_RECONNECT}, "RECON-998": {"by": BY_POSITION_CHECK}},
    tier="full",
    core=["RECON-998"],
    rule="Position Information V3, Account Trade List: a position of which no trade is told any more; NautilusTrader, "
    "generate_missing_orders: off, nothing is made up to align a difference",
    needs=["orders_of_others", "unclaimed_orders", "unrecordable"],
)
async def test_nothing_is_made_up_where_it_is_not_to_be(
    traders: Traders,
    venue: Venue,
    market: Market,
    wire: Wire,
    faults: Faults,
    user_stream: UserStream,
    by: By,
) -> None:
    """A trader that is to make up no orders MUST keep what it holds {by}, of trades that the venue tells no more."""
    trader = await traders.start(exec_engine={"generate_missing_orders": False, **by.engine})
    passes_over_what_is_free(trader)
    trader.may_differ("the trader's position is not the venue's", why="the configuration asks for it")
    own = await _has_its_own(trader, market)
    heard = hears_no_more(trader, faults)
    for question in ("trades", "all orders"):
        faults.rewrite_answer(question, lambda _: [], times=None, optional=True)
    await venue.places(market_order("BUY", "0.004").named("FOREIGN-1"))

    await by.asks(Asking(trader, wire, user_stream, heard))

    await _has_kept(trader, own)


async def _has_its_own(trader: Trader, market: Market) -> Order:
    """Let the trader buy 0.010 and leave an order, which is returned."""
    entry = await trader.submit(market_order("BUY", "0.010").named("ENTRY-1"))
    await entry.reaches("FILLED")
    own = await trader.submit(limit("BUY", "0.010", market.below_last("4%")).named("OWN-1"))
    await own.reaches("ACCEPTED")
    await trader.holds("0.010")
    await trader.settles()
    return own


async def _has_kept(trader: Trader, own: Order) -> None:
    await trader.settles()
    await trader.holds("0.010", within_s=1.0)
    await trader.has_open(own.id, within_s=1.0)
