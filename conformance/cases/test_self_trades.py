"""Self-trade prevention, positions that turn around, and symbols quoted in other money: what is common at the venue."""

from decimal import Decimal
from typing import Any

from conformance.cases.learned import BY_CHECK, BY_QUERY, Learned, Learner
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)

BY_STREAM = Learned(name="stream", words="the stream tells it", happens=lambda learner, order: learner.trader.settles())
FILLED = (
    AxisValue(name="unfilled", words="that has not filled"),
    AxisValue(name="part", words="that has filled in part"),
)


@case.each(
    "LMT-310",
    axes={"filled": FILLED, "learned": (BY_STREAM, BY_QUERY, BY_CHECK)},
    tier="full",
    core=["unfilled.stream", "part.query", "unfilled.query"],
    rule="Self-trade prevention: EXPIRE_MAKER ends the own order that rests as EXPIRED_IN_MATCH, x EXPIRED, er 1",
    needs=["market_moves", "venue_acts", "unrecordable", "orders_of_others"],
)
async def test_own_order_in_the_way_of_another_is_expired(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    filled: AxisValue,
    learned: Learned,
) -> None:
    """An order {filled}, in the way of the account's other order, MUST be ended with its fills once {learned}."""
    trader = await traders.start(**learned.trader)
    passes_over_what_is_free(trader)
    # Nobody else is in between.
    await market.offers(bids=[(market.below_last("1%"), "5")], asks=[(market.above_last("1%"), "5")])
    order = await trader.submit(limit("BUY", "0.010", market.last))
    accepted = await order.reaches("ACCEPTED")
    held = "0"
    if filled.name == "part":
        await market.takes(accepted["venue_order_id"], "0.004")
        await order.reaches("PARTIALLY_FILLED")
        held = "0.004"
    await trader.settles()
    learner = Learner(trader, wire, faults, user_stream)
    heard = None if learned is BY_STREAM else learner.is_deaf()

    await venue.places(limit("SELL", "0.002", market.last, time_in_force="IOC").named("FOREIGN-1"))
    await learned.happens(learner, order)

    standing = await venue.standing(order.id)
    require(standing.status in ("EXPIRED", "CANCELED"), "ended at the venue", seen=str(standing))
    row = await order.row()
    require(row["status"] in ("EXPIRED", "CANCELED"), "EXPIRED or CANCELED in the trader", seen=row["status"])
    equal("filled_qty", row["filled_qty"], Decimal(held))
    if heard is not None:
        heard.set()


@case.each(
    {
        "MKT-110": {"by": "a market order"},
        "MKT-111": {"by": "a limit order that fills in two parts"},
        "MKT-112": {"by": "a stop"},
    },
    tier="full",
    core=["MKT-110", "MKT-111"],
    rule="Position Information V3: one position a symbol in one-way mode, which one order can turn around",
    needs=["market_moves", "venue_acts", "venue_positions", "unrecordable"],
)
async def test_position_is_turned_around_by_one_order(trader: Trader, market: Market, venue: Venue, by: str) -> None:
    """A long position that {by} of more turns around MUST be one short position, at the venue's entry price."""
    passes_over_what_is_free(trader)
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    if by == "a market order":
        order = await trader.submit(market_order("SELL", "0.015"))
    elif by == "a stop":
        order = await trader.submit(stop_market("SELL", "0.015", trigger=market.below_last("2%")))
        await order.reaches("ACCEPTED")
        await market.moves_to(market.below_last("3%"))
    else:
        order = await trader.submit(limit("SELL", "0.015", market.above_last("2%")))
        accepted = await order.reaches("ACCEPTED")
        for quantity in ("0.007", "0.008"):
            await market.takes(accepted["venue_order_id"], quantity)

    await order.stands("FILLED")
    await trader.holds("-0.005")
    positions = (await trader.books())["positions"]
    require(len(positions) == 1, "one position a symbol", seen=positions)


def _renamed(symbol: str, base: str, quote: str) -> Any:
    def change(body: Any) -> Any:
        for row in body["symbols"]:
            if row["symbol"] == "ETHUSDT":
                row.update(symbol=symbol, pair=symbol, baseAsset=base, quoteAsset=quote, marginAsset=quote)
        return body

    return change


@case.each(
    {
        "INST-310": {"symbol": "ETHBTC", "base": "ETH", "quote": "BTC"},
        "INST-320": {"symbol": "BTCU", "base": "BTC", "quote": "U"},
        "INST-970": {"symbol": "BTCUSDC", "base": "BTC", "quote": "USDC"},
    },
    rule="Exchange Information: symbol, baseAsset, quoteAsset; production lists symbols quoted in BTC, U and USDC",
    needs=["other_symbols", "unrecordable"],
    profile="quiet",
    why="the account has none of the money that the symbol is quoted in, for which a risk engine would deny the order",
)
async def test_order_names_the_venues_symbol(
    traders: Traders, wire: Wire, faults: Faults, symbol: str, base: str, quote: str
) -> None:
    """An order for {symbol}, quoted in {quote}, MUST name the symbol as the venue does."""
    faults.rewrite_answer("GET /fapi/v1/exchangeInfo", _renamed(symbol, base, quote), times=None)
    trader = await traders.start()
    known = await trader.instruments(symbol)
    require(symbol in known, "an instrument of this symbol", seen=sorted(await trader.instruments()))

    await trader.submit(limit("BUY", "0.100", "2000.00").but(symbol=symbol))

    # This venue itself does not list it: how it answers is of no matter.
    request = await wire.one("POST /fapi/v1/order")
    equal("symbol", request.params["symbol"], symbol)
