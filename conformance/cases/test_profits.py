"""What a strategy's portfolio says of a symbol: what its trades have realised, and what is held, is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, market_order, require
from conformance.kit.waiting import comes_true

_RULE = "Account Trade List: realizedPnl and commission of each trade; Position Information V3: positionAmt, entryPrice"
_CENT = Decimal("0.01")
_OTHER: Mapping[Side, Side] = {"BUY": "SELL", "SELL": "BUY"}


@dataclass(frozen=True, kw_only=True)
class _Life(AxisValue):
    """What is traded, each at a price of its own: sides and quantities, as of a position that begins long."""

    trades: tuple[tuple[Side, str], ...]


_LIVES = (
    _Life(name="opened", words="a position that was opened", trades=(("BUY", "0.010"),)),
    _Life(
        name="reduced",
        words="a position that grew and shrank",
        trades=(("BUY", "0.010"), ("BUY", "0.006"), ("SELL", "0.004")),
    ),
    _Life(name="closed", words="a position that was closed", trades=(("BUY", "0.010"), ("SELL", "0.010"))),
    _Life(
        name="renewed",
        words="positions of which two were closed",
        trades=(("BUY", "0.010"), ("SELL", "0.010"), ("BUY", "0.004"), ("SELL", "0.004"), ("BUY", "0.006")),
    ),
    _Life(
        name="turned",
        words="a position that was turned around twice",
        trades=(("BUY", "0.010"), ("SELL", "0.016"), ("BUY", "0.010")),
    ),
)
_BEGUN = (AxisValue(name="long", words="begun long"), AxisValue(name="short", words="begun short"))


async def _trades(trader: Trader, market: Market, life: _Life, begun: AxisValue) -> None:
    for number, (side, quantity) in enumerate(life.trades):
        request = market_order(_OTHER[side] if begun.name == "short" else side, quantity)
        order = await trader.submit(request.named(f"TRADE-{number}"))
        await order.reaches("FILLED")
        await market.moves_to(market.above_last("2%"))
    await trader.settles()


async def _agrees(trader: Trader, venue: Venue, market: Market, *, told_price: bool = True) -> None:
    """Require that the portfolio has come to what the venue's trades and its position make, at the last price.

    It is told that price, or has to know it.
    """
    rows = [row for row in (await venue.books())["positions"] if row["symbol"] == "BTCUSDT"]
    held = sum((Decimal(row["signed_qty"]) for row in rows), Decimal(0))
    entry = Decimal(rows[0]["avg_px_open"]) if rows else market.last
    wanted = {
        "realized": await venue.realised(),
        "unrealized": held * (market.last - entry),
        "net_position": held,
    }
    wanted["total"] = wanted["realized"] + wanted["unrealized"]
    told: dict[str, str | None] = {}

    async def agreed() -> bool:
        told.update(await trader.profits("BTCUSDT", market.last if told_price else None))
        return not _wrong(told, wanted)

    await comes_true(trader.history, agreed, within_s=1.0)
    seen = {name: f"{told[name]}, venue {figure:f}" for name, figure in wanted.items()}
    require(not _wrong(told, wanted), f"{' and '.join(_wrong(told, wanted))} as at the venue", seen=seen)


def _wrong(told: Mapping[str, str | None], wanted: Mapping[str, Decimal]) -> list[str]:
    """Return which figures are not the venue's, to a cent; nothing is told where there is nothing is as good as 0."""
    return [name for name, figure in wanted.items() if abs(Decimal(told.get(name) or 0) - figure) >= _CENT]


@case.each(
    "ACC-397",
    axes={"life": _LIVES, "begun": _BEGUN},
    tier="full",
    core=["renewed.long"],
    rule=_RULE,
    needs=["fresh_account", "market_moves", "unrecordable"],
)
async def test_portfolio_has_what_its_trades_made(
    trader: Trader, venue: Venue, market: Market, life: _Life, begun: AxisValue
) -> None:
    """Of {life}, {begun}, a portfolio MUST have the venue's realised and unrealised profit and its net position."""
    await _trades(trader, market, life, begun)

    await _agrees(trader, venue, market)


FEEDS = (
    AxisValue(name="trades", words="trades"),
    AxisValue(name="quotes", words="quotes"),
    AxisValue(name="both", words="quotes and trades"),
)


@case.each(
    "ACC-400",
    axes={"feed": FEEDS, "begun": _BEGUN},
    tier="full",
    core=["trades.long"],
    rule=f"{_RULE}; Aggregate Trade Streams, Individual Symbol Book Ticker Streams: the price as it moves",
    needs=["fresh_account", "market_moves", "unrecordable"],
)
async def test_portfolio_follows_the_price_that_it_is_told(
    traders: Traders, venue: Venue, market: Market, feed: AxisValue, begun: AxisValue
) -> None:
    """Told of {feed} alone, a portfolio MUST value a position {begun} at each price in turn, and at 0 once closed."""
    trader = await traders.start(subscribe=["quotes", "trades"] if feed.name == "both" else [feed.name])
    side: Side = "BUY" if begun.name == "long" else "SELL"
    entry = await trader.submit(market_order(side, "0.010"))
    await entry.reaches("FILLED")

    for percent in ("1%", "5%"):
        await market.moves_to(market.above_last(percent))
        await trader.settles()
        await _agrees(trader, venue, market, told_price=False)

    leaving = await trader.submit(market_order(_OTHER[side], "0.010", reduce_only=True))
    await leaving.reaches("FILLED")
    await trader.settles()
    await _agrees(trader, venue, market, told_price=False)


@case(
    "ACC-405",
    rule=f"{_RULE}; Mark Price Stream; NautilusTrader, PortfolioConfig: use_mark_prices",
    needs=["fresh_account", "market_moves", "unrecordable"],
    trader={"node": {"portfolio": {"use_mark_prices": True}}, "subscribe": ["quotes", "trades", "mark_prices"]},
)
async def test_portfolio_goes_by_the_mark_price_where_it_is_to(trader: Trader, venue: Venue, market: Market) -> None:
    """A portfolio that is to go by mark prices MUST value a position at the mark price in turn, not at the last one."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    (held,) = [row for row in (await venue.books())["positions"] if row["symbol"] == "BTCUSDT"]

    for percent in ("1%", "5%"):
        mark = market.above_last(percent)
        await market.marks(mark)
        wanted = Decimal("0.010") * (mark - Decimal(held["avg_px_open"]))

        async def agreed(wanted: Decimal = wanted) -> bool:
            return not _wrong(await trader.profits("BTCUSDT"), {"unrealized": wanted})

        valued = await comes_true(trader.history, agreed, within_s=5.0)
        require(valued, "the position valued at the mark price", seen=await trader.profits("BTCUSDT"))
