"""Plain orders that leave a position, or turn it around, while little is free: what closes binds no margin."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Side,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    stop_market,
)

_RULE = (
    "New Order: an order's initial margin is that of what position and open orders can come to together, "
    "so that what closes binds none, whatever reduce-only orders rest beside it"
)
_LEVERAGE = 10
"""At this one 2.x has the venue's margin of an order, so that a denial has another reason than a wrong margin."""


@dataclass(frozen=True, kw_only=True)
class Rests(AxisValue):
    """What rests beside the order that closes a long position of 0.010."""

    is_placed: Callable[[Trader, Market], Awaitable[None]]


async def _nothing(trader: Trader, market: Market) -> None:
    pass


async def _stop(trader: Trader, market: Market) -> None:
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%"), reduce_only=True))
    await stop.reaches("ACCEPTED")


async def _take(trader: Trader, market: Market) -> None:
    take = await trader.submit(limit("SELL", "0.010", market.above_last("4%"), reduce_only=True))
    await take.reaches("ACCEPTED")


RESTS = (
    Rests(name="nothing", words="nothing", is_placed=_nothing),
    Rests(name="stop", words="its own reduce-only stop", is_placed=_stop),
    Rests(name="take", words="its own reduce-only LIMIT order", is_placed=_take),
)


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """A plain order, of a side and a quantity, and what it comes to."""

    make: Callable[[Side, str, Market], OrderRequest]
    state: str = "ACCEPTED"


def _gain(side: Side, market: Market) -> str:
    return str(market.above_last("2%") if side == "SELL" else market.below_last("2%"))


def _loss(side: Side, market: Market) -> str:
    return str(market.below_last("2%") if side == "SELL" else market.above_last("2%"))


KINDS = (
    Kind(name="market", words="MARKET order", make=lambda side, q, _: market_order(side, q), state="FILLED"),
    Kind(name="limit", words="LIMIT order", make=lambda side, q, m: limit(side, q, _gain(side, m))),
    Kind(name="stop", words="STOP_MARKET order", make=lambda side, q, m: stop_market(side, q, trigger=_loss(side, m))),
)
SIDES: Mapping[str, tuple[Side, Side]] = {"long": ("BUY", "SELL"), "short": ("SELL", "BUY")}


async def _holds(traders: Traders, venue: Venue, opens: Side, *, free: str) -> Trader:
    """Start a trader that opens a position of 0.010, of 50 USDT of margin, and knows that little more is free."""
    await venue.changes_leverage(_LEVERAGE)
    trader = await traders.start()
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order(opens, "0.010"))
    await entry.reaches("FILLED")
    await venue.transfers(f"-{10_000 - 50 - int(free)}")
    await trader.settles()
    # By events alone it takes all of the wallet for free (ACC-210).
    await trader.query_account()
    await trader.has_its_answers()
    return trader


@case.each(
    "RISK-260",
    axes={"kind": KINDS, "rests": RESTS},
    tier="full",
    core=["market.stop"],
    rule=_RULE,
    needs=["account_leverage", "query_account", "risk_engine", "unrecordable", "venue_acts"],
)
async def test_what_closes_is_sent_beside_what_may_close(
    traders: Traders, venue: Venue, market: Market, kind: Kind, rests: Rests
) -> None:
    """A plain {kind} that closes the position MUST be sent beside {rests}, though little is free."""
    trader = await _holds(traders, venue, "BUY", free="20")
    await rests.is_placed(trader, market)

    order = await trader.submit(kind.make("SELL", "0.010", market))

    await order.reaches(kind.state)


@case.each(
    "RISK-270",
    axes={"kind": KINDS, "held": tuple(SIDES)},
    tier="full",
    core=["market.long"],
    rule=_RULE,
    needs=["account_leverage", "query_account", "risk_engine", "unrecordable", "venue_acts"],
)
async def test_what_turns_a_position_is_paid_by_what_it_opens(
    traders: Traders, venue: Venue, market: Market, kind: Kind, held: str
) -> None:
    """A {kind} that turns a {held} position around MUST be sent where what it opens, half of it, can be paid."""
    opens, turns = SIDES[held]
    trader = await _holds(traders, venue, opens, free="70")

    order = await trader.submit(kind.make(turns, "0.020", market))

    await order.reaches(kind.state)
