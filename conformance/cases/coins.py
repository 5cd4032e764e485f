"""Symbols in coins of every sort, which the venue lists for a case: NautilusTrader has no word for most of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Trader, Traders, Venue
from conformance.kit.needs import Need

RULE = "Exchange Information: baseAsset, quoteAsset, contractType: whatever the venue lists"
NEEDS: tuple[Need, ...] = ("other_symbols", "venue_acts", "unrecordable")
QUANTITY = "1000"
"""What a case trades of it."""


@dataclass(frozen=True, kw_only=True)
class Coin(AxisValue):
    """A symbol that the venue lists: like DOGEUSDT, but for fields of its `row`."""

    symbol: str
    row: Mapping[str, str] = field(default_factory=dict)


def _coin(name: str, words: str, base: str, **row: str) -> Coin:
    quote = row.get("quoteAsset", "USDT")
    return Coin(name=name, words=words, symbol=f"{base}{quote}", row={"baseAsset": base, **row})


COINS = (
    _coin("young", "of a young coin", "ATOM"),
    _coin("thousand", "of a thousand coins", "1000SHIB"),
    _coin("chinese", "of a coin with a Chinese name", "币安人生"),
    _coin("stock", "of a stock", "TSLA", contractType="TRADIFI_PERPETUAL", underlyingType="EQUITY"),
    _coin("quote", "quoted in U", "DOGE", quoteAsset="U", marginAsset="U"),
)


async def starts_with(traders: Traders, venue: Venue, coin: Coin) -> Trader:
    """List the symbol, with something of the currency that it is quoted in, and start a trader of it."""
    await venue.lists(coin.symbol, **coin.row)
    if quote := coin.row.get("quoteAsset"):
        await venue.transfers("10000", asset=quote)
    trader = await traders.start(symbols=[coin.symbol])
    passes_over_what_is_free(trader)
    return trader
