"""Inherited orders and positions in coins of every sort: the venue lists many that NautilusTrader has no word for."""

from decimal import Decimal

from conformance.cases.coins import COINS, NEEDS, QUANTITY, RULE, Coin, starts_with
from conformance.cases.inherited import NAME, REMEMBERED, Estate, Memory
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Traders, Venue, case, equal, limit, market_order, require
from conformance.kit.needs import Need

_NEEDS: tuple[Need, ...] = (*NEEDS, "orders_of_others")


@case.each(
    "INH-510",
    axes={"coin": COINS, "memory": REMEMBERED},
    tier="full",
    core=["young.warm", "chinese.crash"],
    rule=f"{RULE}; Position Information V3",
    needs=(*_NEEDS, "close_position"),
)
async def test_position_in_any_coin_is_the_strategys_own_after_a_restart(
    traders: Traders, venue: Venue, market: Market, coin: Coin, memory: Memory
) -> None:
    """A position {coin}, left {memory}, MUST be the strategy's own in the next one, and be closed by its command."""
    trader = await starts_with(traders, venue, coin)
    its_venue = venue.of(coin.symbol)
    entry = await trader.submit(market_order("BUY", QUANTITY).but(symbol=coin.symbol))
    filled = await entry.reaches("FILLED")
    await traders.have_time_to_keep(filled["trade_id"])
    await Estate(traders, venue, market).ends(trader, memory)

    again = await traders.start_again()

    passes_over_what_is_free(again)
    await again.holds(QUANTITY, coin.symbol)
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
    rule=f"{RULE}; Current All Open Orders",
    needs=_NEEDS,
)
async def test_order_in_any_coin_is_the_strategys_own_after_a_restart(
    traders: Traders, venue: Venue, market: Market, coin: Coin, memory: Memory
) -> None:
    """An order {coin}, left {memory}, MUST be the strategy's own in the next one, and be CANCELED by its command."""
    trader = await starts_with(traders, venue, coin)
    its_venue, its_market = venue.of(coin.symbol), await market.of(coin.symbol)
    asked = limit("BUY", QUANTITY, its_market.below_last("2%")).but(symbol=coin.symbol)
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
