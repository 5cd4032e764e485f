"""What a strategy reads of an order and of a position: what was traded, when, at what price, and what it has cost."""

from dataclasses import dataclass

from conformance.cases.inherited import WARM, Memory
from conformance.cases.legs import HEDGED, fills_leg
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.trade_figures import orders_tell_their_trades, positions_tell_their_trades
from conformance.cases.trade_lives import TRADE_LIVES, Dealer, TradeLife
from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, market_order

_RULE = "Account Trade List: id, price, qty, commission, commissionAsset, maker, time of each trade"
_LIVE = AxisValue(name="live", words="in its session")
_AS_OTHERS = "a start reads these back as it does the others"


async def _trades(traders: Traders, market: Market, venue: Venue, life: TradeLife, memory: AxisValue) -> Trader:
    """Return the trader that is to tell of what was traded, by it or by its session before."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await life.happens(Dealer(trader, market, venue))
    await trader.settles()
    if isinstance(memory, Memory):
        await memory.ends(traders)
        trader = await traders.start_again()
        passes_over_what_is_free(trader)
        await trader.settles()
    return trader


@case.each(
    "READ-010",
    axes={"life": TRADE_LIVES, "memory": (_LIVE, WARM)},
    but={
        _AS_OTHERS: {
            "life": ("parts", "levels", "cancelled", "reduced", "closed", "renewed", "turned"),
            "memory": "warm",
        }
    },
    tier="full",
    core=["taker-first.live"],
    rule=_RULE,
    needs=["fresh_account", "market_moves", "unrecordable"],
)
async def test_order_tells_its_trades(
    traders: Traders, market: Market, venue: Venue, life: TradeLife, memory: AxisValue
) -> None:
    """Of {life}, each order MUST tell {memory} what its trades filled, at what price, as what, and what they cost."""
    trader = await _trades(traders, market, venue, life, memory)

    await orders_tell_their_trades(trader, venue)


@case.each(
    "READ-020",
    axes={"life": TRADE_LIVES, "memory": (_LIVE, WARM)},
    but={_AS_OTHERS: {"life": ("parts", "levels", "taker-first", "cancelled", "stop"), "memory": "warm"}},
    tier="full",
    core=["turned.live"],
    rule=_RULE,
    needs=["fresh_account", "market_moves", "unrecordable"],
)
async def test_position_tells_its_trades(
    traders: Traders, market: Market, venue: Venue, life: TradeLife, memory: AxisValue
) -> None:
    """Of {life}, the position MUST tell {memory} what its trades have made: entry, exit, peak, gain, cost and times."""
    trader = await _trades(traders, market, venue, life, memory)

    await positions_tell_their_trades(trader, venue)


@dataclass(frozen=True, kw_only=True)
class _LegLife(AxisValue):
    """What is traded of two legs, each at a price of its own: side, quantity, leg."""

    trades: tuple[tuple[Side, str, str], ...]


_OPENED: tuple[tuple[Side, str, str], ...] = (("BUY", "0.010", "LONG"), ("SELL", "0.006", "SHORT"))
_LEG_LIVES = (
    _LegLife(name="opened", words="a long and a short leg", trades=_OPENED),
    _LegLife(
        name="reduced",
        words="legs of which one shrank and one was closed",
        trades=(*_OPENED, ("SELL", "0.004", "LONG"), ("BUY", "0.006", "SHORT")),
    ),
    _LegLife(
        name="renewed",
        words="legs of which one was closed and opened again",
        trades=(*_OPENED, ("SELL", "0.010", "LONG"), ("BUY", "0.004", "LONG")),
    ),
)


@case.each(
    "READ-025",
    axes={"life": _LEG_LIVES, "memory": (_LIVE, WARM)},
    tier="full",
    core=["reduced.live"],
    rule=f"{_RULE}; positionSide: of which leg it is",
    needs=["fresh_account", "hedge", "market_moves", "unrecordable"],
    trader=HEDGED,
)
async def test_leg_tells_its_trades(
    traders: Traders, market: Market, venue: Venue, life: _LegLife, memory: AxisValue
) -> None:
    """Of {life}, each leg MUST tell {memory} what its own trades have made, and nothing of the other's."""
    await venue.turns_hedge_mode_on()
    trader = await traders.start()
    passes_over_what_is_free(trader)
    for side, quantity, leg in life.trades:
        await market.moves_to(market.above_last("1%"))
        closes = (side == "SELL") is (leg == "LONG")
        await fills_leg(trader, market_order(side, quantity, reduce_only=closes), leg)
    await trader.settles()
    if isinstance(memory, Memory):
        await memory.ends(traders)
        trader = await traders.start_again()
        passes_over_what_is_free(trader)
        await trader.settles()

    await positions_tell_their_trades(trader, venue)
