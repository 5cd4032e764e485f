"""What a portfolio says of the profit in several symbols: of each by itself, and of all together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, market_order, require
from conformance.kit.waiting import comes_true

_RULE = "Account Trade List: realizedPnl and commission of each trade; Account Information V3: unrealizedProfit"
_CENT = Decimal("0.01")
_OTHER = "ETHUSDT"
_SYMBOLS = ("BTCUSDT", _OTHER)
_QUANTITY = {"BTCUSDT": "0.010", _OTHER: "0.200"}

type Trade = tuple[str, Side]


@dataclass(frozen=True, kw_only=True)
class _Traded(AxisValue):
    """What is traded, each a whole position of its symbol and at a price of its own."""

    trades: Sequence[Trade]


_BOTH_HELD: Sequence[Trade] = (("BTCUSDT", "BUY"), (_OTHER, "SELL"))
_TRADED = {
    "READ-060": _Traded(name="held", words="a long in one symbol and a short in another", trades=_BOTH_HELD),
    "READ-061": _Traded(
        name="half",
        words="a long that is held, and a short in another symbol that was closed",
        trades=(*_BOTH_HELD, (_OTHER, "BUY")),
    ),
    "READ-062": _Traded(
        name="closed",
        words="positions in two symbols that were closed",
        trades=(*_BOTH_HELD, (_OTHER, "BUY"), ("BTCUSDT", "SELL")),
    ),
}


@case.each(
    {name: {"traded": traded} for name, traded in _TRADED.items()},
    tier="full",
    core=["READ-061"],
    rule=_RULE,
    needs=["fresh_account", "market_moves", "other_symbols", "unrecordable", "venue_positions"],
)
async def test_profits_of_several_symbols(traders: Traders, market: Market, venue: Venue, traded: _Traded) -> None:
    """Of {traded}, a portfolio MUST tell what each symbol has made, realised and not, and of all of them the sum."""
    trader = await traders.start(symbols=list(_SYMBOLS))
    passes_over_what_is_free(trader)
    markets = {"BTCUSDT": market, _OTHER: await market.of(_OTHER)}
    venues = {"BTCUSDT": venue, _OTHER: venue.of(_OTHER)}
    for symbol, side in traded.trades:
        order = await trader.submit(market_order(side, _QUANTITY[symbol]).but(symbol=symbol))
        await order.reaches("FILLED")
        for each in markets.values():
            await each.moves_to(each.above_last("2%"))
    await trader.settles()

    wanted = {symbol: await _made(venues[symbol], markets[symbol]) for symbol in _SYMBOLS}
    for symbol, figures in wanted.items():
        await _tells(trader, symbol, markets[symbol].last, figures)
    sums = {name: sum((figures[name] for figures in wanted.values()), Decimal(0)) for name in ("realized", "total")}
    await _tells(trader, None, None, sums)


async def _made(venue: Venue, market: Market) -> dict[str, Decimal]:
    """Return what a symbol's trades have realised, less what they cost, and that with what the rest would make now."""
    rows = (await venue.books())["positions"]
    held = [row for row in rows if row["symbol"] == market.symbol]
    open_profit = sum(
        (Decimal(row["signed_qty"]) * (market.last - Decimal(row["avg_px_open"])) for row in held), Decimal(0)
    )
    realised = await venue.realised()
    return {"realized": realised, "total": realised + open_profit}


async def _tells(trader: Trader, symbol: str | None, price: Decimal | None, wanted: Mapping[str, Decimal]) -> None:
    """Require figures of a symbol at a price, or the sums of all symbols; of nothing, nothing is as good as 0."""
    told: dict[str, str] = {}

    async def agreed() -> bool:
        told.clear()
        if symbol is None:
            sums = await trader.sums()
            told.update({name: sums[name].get("USDT", "0") for name in wanted})
        else:
            figures = await trader.profits(symbol, price)
            told.update({name: figures[name] or "0" for name in wanted})
        return not _wrong(told, wanted)

    await comes_true(trader.history, agreed, within_s=1.0)
    seen = {name: f"{told[name]}, venue {figure:f}" for name, figure in wanted.items()}
    about = "all symbols" if symbol is None else "a symbol"
    require(not _wrong(told, wanted), f"{' and '.join(_wrong(told, wanted))} of {about} as at the venue", seen=seen)


def _wrong(told: Mapping[str, str], wanted: Mapping[str, Decimal]) -> list[str]:
    return [name for name, figure in wanted.items() if abs(Decimal(told[name]) - figure) >= _CENT * 2]
