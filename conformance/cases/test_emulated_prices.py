"""Which price releases an emulated order: the one of its own kind, whatever the others do meanwhile."""

from collections.abc import Mapping

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.kit import Faults, Market, Side, Trader, Wire, case, limit, stop_market, trailing_stop_market

_RULE = "Aggregate Trade Streams; Individual Symbol Book Ticker Streams"
_LAST = "LAST_PRICE"


@case.each(
    {"EMU-210": {"company": "alone"}, "EMU-220": {"company": "beside an order that waits for bid and ask"}},
    rule=_RULE,
    needs=NEEDS,
    trader=UNASKED,
)
async def test_quote_does_not_release_what_waits_for_the_last_price(
    trader: Trader, wire: Wire, market: Market, company: str
) -> None:
    """A stop that waits for the last price, {company}, MUST NOT be released by a quote, and MUST be by a trade."""
    deep, far = market.below_last("2%"), market.below_last("20%")
    if company != "alone":
        other = await trader.submit(limit("BUY", "0.010", far).but(emulation_trigger="BID_ASK"))
        await other.reaches("EMULATED")
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%"))
    order = await trader.submit(stop.but(emulation_trigger=_LAST))
    await order.reaches("EMULATED")

    await market.offers(bids=[(deep, "1")], asks=[(deep + market.tick, "1")])
    await trader.settles()
    wire.none("place order")
    await market.moves_to(deep)
    await order.reaches("FILLED")

    await wire.one("place order", newClientOrderId=order.id)


@case.each(
    {"EMU-230": {"side": "SELL"}, "EMU-240": {"side": "BUY"}},
    rule=_RULE,
    upstream=["#3629"],
    tier="full",
    core=["EMU-230"],
    needs=NEEDS,
    trader={**UNASKED, "subscribe": ["trades"]},
)
async def test_trailing_stop_trails_the_last_price(trader: Trader, wire: Wire, market: Market, side: Side) -> None:
    """A trailing stop to {side} of a trader that hears of trades alone MUST trail the last price, and be sent once."""
    away = market.above_last if side == "SELL" else market.below_last
    best, near, beyond = away("4%"), away("3.2%"), away("2.5%")
    stop = trailing_stop_market(side, "0.010", callback_rate="1")
    order = await trader.submit(stop.but(emulation_trigger=_LAST, trigger_type=_LAST))
    await order.reaches("EMULATED")

    await market.moves_to(best, near)
    await trader.settles()
    wire.none("place order")
    await market.moves_to(beyond)
    await order.reaches("FILLED")

    await wire.one("place order", newClientOrderId=order.id)


@case.each(
    {"EMU-250": {"side": "SELL"}, "EMU-260": {"side": "BUY"}},
    rule="Individual Symbol Book Ticker Streams",
    upstream=["#3379"],
    tier="full",
    core=["EMU-250"],
    needs=NEEDS,
    trader={**UNASKED, "subscribe": ["quotes"]},
)
async def test_trailing_stop_of_no_price_trails_bid_and_ask(
    trader: Trader, wire: Wire, market: Market, side: Side
) -> None:
    """A trailing stop to {side} that names no price MUST trail bid and ask, also where no trade is heard of."""
    away = market.above_last if side == "SELL" else market.below_last
    best, near, beyond = away("4%"), away("3.2%"), away("2.5%")
    stop = trailing_stop_market(side, "0.010", callback_rate="1")
    order = await trader.submit(stop.but(emulation_trigger="BID_ASK", trigger_type="DEFAULT"))
    await order.reaches("EMULATED")

    await market.moves_to(best, near)
    await trader.settles()
    wire.none("place order")
    await market.moves_to(beyond)
    await order.reaches("FILLED")

    await wire.one("place order", newClientOrderId=order.id)


# Binance documents no raw stream (`@trade`) of futures, and serves one: unrouted connections had it in April 2026, when
# they had no aggregate trades any more (binance-futures-connector-python#261). What its rows are that no market made
# is told by its users: dev.binance.vision 18342 (INSURANCE_FUND, ADL, off the ticks), Binance.Net#1349, and #2588 (NA).
@case.each(
    {
        "EMU-470": {"row": {"X": "INSURANCE_FUND"}, "away": "5%", "what": "of the insurance fund"},
        "EMU-471": {"row": {"X": "ADL"}, "away": "5%", "what": "of an auto-deleveraging"},
        "EMU-472": {"row": {"X": "NA", "p": "0", "q": "0"}, "away": None, "what": "of nothing (NA, 0 at 0)"},
    },
    rule="Aggregate Trade Streams: only market trades; insurance fund trades and ADL trades are none (X of @trade)",
    tier="full",
    core=["EMU-470"],
    upstream=["#2588"],
    needs=NEEDS,
    trader=UNASKED,
)
async def test_trade_of_no_market_does_not_release(
    trader: Trader,
    wire: Wire,
    market: Market,
    faults: Faults,
    row: Mapping[str, str],
    away: str | None,
    what: str,
) -> None:
    """A trade {what} in the raw stream MUST NOT release a held stop; a trade of the market MUST."""
    order = await trader.submit(
        stop_market("SELL", "0.010", trigger=market.below_last("2%")).but(emulation_trigger=_LAST)
    )
    await order.reaches("EMULATED")
    price = {} if away is None else {"p": str(market.below_last(away))}
    # A trader that hears the aggregate stream, which has market trades alone, is told the market's.
    faults.rewrite("trade", {**price, **row}, optional=True)

    await market.moves_to(market.below_last("0.1%"))
    await trader.settles()
    wire.none("place order")
    await order.stands("EMULATED")

    await market.moves_to(market.below_last("3%"))
    await order.reaches("FILLED")
