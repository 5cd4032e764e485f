"""Inherited orders and positions in coins of every sort: the venue lists many that NautilusTrader has no word for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from conformance.cases.inherited import NAME, REMEMBERED, Estate, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Trader, Traders, Venue, case, equal, limit, market_order, require
from conformance.kit.needs import Need

_RULE = "Exchange Information: baseAsset, quoteAsset, contractType: whatever the venue lists"
_NEEDS: tuple[Need, ...] = ("other_symbols", "venue_acts", "orders_of_others", "unrecordable")
_QUANTITY = "1000"


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


async def _starts(traders: Traders, venue: Venue, coin: Coin) -> Trader:
    await venue.lists(coin.symbol, **coin.row)
    if quote := coin.row.get("quoteAsset"):
        await venue.transfers("10000", asset=quote)
    trader = await traders.start(symbols=[coin.symbol])
    passes_over_what_is_free(trader)
    return trader


@case.each(
    "INH-510",
    axes={"coin": COINS, "memory": REMEMBERED},
    tier="full",
    core=["young.warm", "chinese.crash"],
    rule=f"{_RULE}; Position Information V3",
    needs=(*_NEEDS, "close_position"),
)
async def test_position_in_any_coin_is_the_strategys_own_after_a_restart(
    traders: Traders, venue: Venue, market: Market, coin: Coin, memory: Memory
) -> None:
    """A position {coin}, left {memory}, MUST be the strategy's own in the next one, and be closed by its command."""
    trader = await _starts(traders, venue, coin)
    its_venue = venue.of(coin.symbol)
    entry = await trader.submit(market_order("BUY", _QUANTITY).but(symbol=coin.symbol))
    filled = await entry.reaches("FILLED")
    await traders.have_time_to_keep(filled["trade_id"])
    await Estate(traders, venue, market).ends(trader, memory)

    again = await traders.start_again()

    passes_over_what_is_free(again)
    await again.holds(_QUANTITY, coin.symbol)
    held = [row for row in (await again.books())["positions"] if row["symbol"] == coin.symbol]
    require(len(held) == 1, "one position", seen=held)
    await again.close_all_positions(coin.symbol)
    await again.holds("0", coin.symbol)
    equal("position at the venue", Decimal(await its_venue.position()), Decimal(0))


@case.each(
    "INH-520",
    axes={"coin": COINS, "memory": REMEMBERED},
    tier="full",
    core=["young.warm"],
    rule=f"{_RULE}; Current All Open Orders",
    needs=_NEEDS,
)
async def test_order_in_any_coin_is_the_strategys_own_after_a_restart(
    traders: Traders, venue: Venue, market: Market, coin: Coin, memory: Memory
) -> None:
    """An order {coin}, left {memory}, MUST be the strategy's own in the next one, and be CANCELED by its command."""
    trader = await _starts(traders, venue, coin)
    its_venue, its_market = venue.of(coin.symbol), await market.of(coin.symbol)
    asked = limit("BUY", _QUANTITY, its_market.below_last("2%")).but(symbol=coin.symbol)
    order = await trader.submit(asked.named(NAME))
    accepted = await order.reaches("ACCEPTED")
    await traders.have_time_to_keep(accepted["venue_order_id"])
    await Estate(traders, venue, market).ends(trader, memory)

    again = await traders.start_again()

    passes_over_what_is_free(again)
    await again.has_open(NAME)
    kept = again.order(NAME)
    equal("its strategy", (await kept.row())["strategy"], "CASE-001")
    await again.cancel_all(coin.symbol)
    await kept.reaches("CANCELED")
    await its_venue.confirms(kept)
