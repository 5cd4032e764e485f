"""Stops of symbols whose prices and quantities have other decimals than those of BTCUSDT."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.coins import COINS, NEEDS, QUANTITY, RULE, Coin, starts_with
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Side,
    Traders,
    Venue,
    case,
    equal,
    market_order,
    stop_limit,
    stop_market,
    take_profit_limit,
    take_profit_market,
    trailing_stop_market,
)


@dataclass(frozen=True, kw_only=True)
class Symbol(AxisValue):
    """A symbol and an amount of it, both with all the decimals that the venue takes."""

    symbol: str
    quantity: str


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """A stop that leaves a position: given symbol, side, and the prices around the market by percent, + for a gain."""

    make: Callable[[Symbol, Side, Callable[[str], Decimal]], OrderRequest]
    triggered_by: str = "-2%"
    """Where the market has to go to set it off."""


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """Which way a stop trades."""

    side: Side


SYMBOLS = (
    Symbol(name="eth", words="ETHUSDT", symbol="ETHUSDT", quantity="0.123"),
    Symbol(name="doge", words="DOGEUSDT", symbol="DOGEUSDT", quantity="12345"),
)
STOPS = (
    Kind(
        name="stop",
        words="a STOP_MARKET order",
        make=lambda s, side, at: stop_market(side, s.quantity, trigger=at("-1.37%")),
    ),
    Kind(
        name="stop-limit",
        words="a STOP_LIMIT order",
        make=lambda s, side, at: stop_limit(side, s.quantity, trigger=at("-1.37%"), price=at("-3.19%")),
    ),
    Kind(
        name="take",
        words="a MARKET_IF_TOUCHED order",
        make=lambda s, side, at: take_profit_market(side, s.quantity, trigger=at("+1.37%")),
        triggered_by="+2%",
    ),
    Kind(
        name="take-limit",
        words="a LIMIT_IF_TOUCHED order",
        make=lambda s, side, at: take_profit_limit(side, s.quantity, trigger=at("+1.37%"), price=at("+0.91%")),
        triggered_by="+2%",
    ),
)
TRAILING = Kind(
    name="trailing",
    words="a TRAILING_STOP_MARKET order",
    make=lambda s, side, at: trailing_stop_market(side, s.quantity, callback_rate="0.7", activation=at("+1.37%")),
)
KINDS = (*STOPS, TRAILING)
SIDES = (Way(name="sell", words="sell", side="SELL"), Way(name="buy", words="buy", side="BUY"))


def _at(market: Market, side: Side, percent: str) -> Decimal:
    """Return the price by so many percent from the last one, + where a position that the side leaves gains."""
    rises = percent.startswith("+") is (side == "SELL")
    return market.above_last(percent[1:]) if rises else market.below_last(percent[1:])


def _request(kind: Kind, symbol: Symbol, market: Market, side: Side) -> OrderRequest:
    """Return the stop, its prices measured from the market as it is."""
    return kind.make(symbol, side, lambda percent: _at(market, side, percent)).but(symbol=symbol.symbol)


@case.each(
    "SYM-010",
    axes={"kind": KINDS, "symbol": SYMBOLS},
    tier="full",
    core=["stop.eth", "stop-limit.doge", "take.eth", "take-limit.doge", "trailing.doge"],
    rule="New Algo Order: triggerPrice, price, activatePrice and quantity are DECIMAL, by the filters of the symbol",
    card="TC-E20",
    needs=["other_symbols", "unrecordable"],
)
async def test_stop_of_any_symbol_is_sent_as_asked(
    traders: Traders, market: Market, venue: Venue, kind: Kind, symbol: Symbol
) -> None:
    """{kind} of {symbol} MUST be sent with all decimals of its figures, and stand in the trader as at the venue.

    What was sent is judged by invariant 13, how it stands by invariant 8.
    """
    trader = await traders.start(symbols=[symbol.symbol])
    its_market, its_venue = await market.of(symbol.symbol), venue.of(symbol.symbol)

    order = await trader.submit(_request(kind, symbol, its_market, "SELL"))

    await order.reaches("ACCEPTED")
    await trader.has_open(order.id)
    await its_venue.confirms(order)


@case.each(
    "SYM-020",
    axes={"kind": KINDS, "symbol": SYMBOLS},
    tier="full",
    core=["stop-limit.eth", "take.doge"],
    rule="Current All Algo Open Orders: what a stop of the symbol is",
    card="TC-E84",
    needs=["other_symbols", "unrecordable", "orders_of_others"],
)
async def test_stop_of_any_symbol_is_read_back_as_it_is(
    traders: Traders, market: Market, venue: Venue, kind: Kind, symbol: Symbol
) -> None:
    """A trader that starts while {kind} of {symbol} rests MUST have it with every figure that the venue has.

    The figures are judged by invariant 8, which compares the books.
    """
    its_market, its_venue = await market.of(symbol.symbol), venue.of(symbol.symbol)
    await its_venue.places(_request(kind, symbol, its_market, "SELL").named("EARLIER-1"))

    trader = await traders.start(symbols=[symbol.symbol])

    await trader.has_open("EARLIER-1")


@case.each(
    "SYM-030",
    axes={"kind": STOPS, "symbol": SYMBOLS, "side": SIDES},
    tier="full",
    core=["stop.eth.sell", "take-limit.doge.buy"],
    rule="Event: Algo Order Update, TRIGGERED, FINISHED; Event: Order Update, x TRADE",
    needs=["other_symbols", "market_moves", "unrecordable"],
)
async def test_stop_of_any_symbol_fills(
    traders: Traders, market: Market, venue: Venue, faults: Faults, kind: Kind, symbol: Symbol, side: Way
) -> None:
    """{kind} to {side} {symbol} MUST, once triggered, be filled in full, and its position be held."""
    trader = await traders.start(symbols=[symbol.symbol])
    passes_over_what_is_free(trader)
    its_market, its_venue = await market.of(symbol.symbol), venue.of(symbol.symbol)
    order = await trader.submit(_request(kind, symbol, its_market, side.side))
    await order.reaches("ACCEPTED")
    # Else it is chance which of trade and end is dealt with first: ALGO-100 has every order of them.
    is_filled = asyncio.Event()
    faults.delay_frame("ALGO_UPDATE", until=is_filled, X="FINISHED")

    await its_market.moves_to(_at(its_market, side.side, kind.triggered_by))

    await order.reaches("FILLED")
    is_filled.set()
    await order.stands("FILLED")
    await trader.has_booked(order.id, await its_venue.trades())
    await trader.holds(symbol.quantity if side.side == "BUY" else f"-{symbol.quantity}", symbol.symbol)


@case.each(
    {f"SYM-05{number}": {"coin": coin} for number, coin in enumerate(COINS)},
    tier="full",
    core=["SYM-052"],
    rule=f"{RULE}; Position Information V3",
    needs=[*NEEDS, "close_position"],
)
async def test_position_in_any_coin_is_held_and_closed(traders: Traders, venue: Venue, coin: Coin) -> None:
    """An order for a symbol {coin} MUST, once filled, be a position, and the position be closed by its command."""
    trader = await starts_with(traders, venue, coin)
    its_venue = venue.of(coin.symbol)

    entry = await trader.submit(market_order("BUY", QUANTITY).but(symbol=coin.symbol))
    await entry.reaches("FILLED")
    await trader.holds(QUANTITY, coin.symbol)
    await trader.close_all_positions(coin.symbol)

    await trader.holds("0", coin.symbol)
    equal("position at the venue", Decimal(await its_venue.position()), Decimal(0))
