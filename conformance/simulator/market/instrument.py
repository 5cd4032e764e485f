"""One symbol's living state: prices, book, funding, recent trades."""

from collections import deque
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from conformance.simulator.books.book import Book
from conformance.simulator.books.others import Others
from conformance.simulator.errors import INVALID_SYMBOL, Refusal
from conformance.simulator.market.loading import (
    DEFAULT_EXCHANGE_INFO,
    MARKET_FIXTURES,
    load_brackets,
    load_exchange_info,
    load_prices,
)
from conformance.simulator.market.symbol import DEFAULT_BRACKETS, Bracket, Symbol
from conformance.simulator.numbers import ONE
from conformance.simulator.options import Options
from conformance.simulator.orders.order import Order


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """A trade that everyone sees. `buyer_is_maker` tells who waited."""

    id: int
    price: Decimal
    quantity: Decimal
    time_ms: int
    buyer_is_maker: bool


@dataclass(slots=True, eq=False)
class Instrument:
    """A symbol with its prices (quote currency) and its book."""

    symbol: Symbol
    brackets: tuple[Bracket, ...]
    last: Decimal
    mark: Decimal
    index: Decimal
    book: Book[Order]
    funding_rate: Decimal
    next_trade_id: int
    open_24h: Decimal
    high_24h: Decimal
    low_24h: Decimal
    volume_24h: Decimal = Decimal(0)
    quote_volume_24h: Decimal = Decimal(0)
    trades: deque[PublicTrade] = field(default_factory=lambda: deque(maxlen=1000))
    max_leverage: int = field(init=False)
    """The highest leverage that any bracket allows."""
    moved: set[str] = field(default_factory=set)
    """The market's set of symbols whose last or mark changed since triggers were looked at."""
    _max_notionals: dict[int, Decimal] = field(default_factory=dict)

    def take_trade_id(self) -> int:
        """Return the next trade id; they increase per symbol."""
        self.next_trade_id += 1
        return self.next_trade_id

    def traded(self, trade: PublicTrade) -> None:
        """Note a trade: the last price and the statistics follow."""
        self.trades.append(trade)
        self.set_last(trade.price)
        self.volume_24h += trade.quantity
        self.quote_volume_24h += trade.quantity * trade.price

    def set_last(self, price: Decimal) -> None:
        """Note the price of the latest trade."""
        if price != self.last:
            self.last = price
            self.moved.add(self.symbol.name)
        self.high_24h = max(self.high_24h, price)
        self.low_24h = min(self.low_24h, price)

    def set_mark(self, price: Decimal) -> None:
        """Set the mark price; the index follows it."""
        if price != self.mark:
            self.mark = price
            self.index = price
            self.moved.add(self.symbol.name)

    def bracket_for(self, notional: Decimal) -> Bracket:
        """Return the leverage bracket of a notional in quote currency; the last one beyond all caps."""
        for bracket in self.brackets:
            if notional <= bracket.cap:
                return bracket
        return self.brackets[-1]

    def max_notional(self, leverage: int) -> Decimal:
        """Return the largest notional that `leverage` may hold (0 where no bracket allows it)."""
        found = self._max_notionals.get(leverage)
        if found is None:
            allowed = [bracket.cap for bracket in self.brackets if bracket.leverage >= leverage]
            found = self._max_notionals[leverage] = max(allowed, default=Decimal(0))
        return found

    def __post_init__(self) -> None:
        self.max_leverage = max(bracket.leverage for bracket in self.brackets)


class Market:
    """All instruments by name, loaded from files in Binance's own forms."""

    def __init__(self, options: Options, exchange_info: Path | None = None) -> None:
        path = exchange_info or DEFAULT_EXCHANGE_INFO
        self.document: dict[str, Any]
        self.document, symbols = load_exchange_info(path)
        brackets = load_brackets(path.with_name("leverage-brackets.json"))
        if not brackets:
            brackets = load_brackets(MARKET_FIXTURES / "leverage-brackets.json")
        prices = load_prices(MARKET_FIXTURES / "prices.json")
        prices.update(load_prices(path.with_name("prices.json")))
        prices.update({name: Decimal(price) for name, price in options.prices.items()})
        self.prices = prices
        self._options = options
        self.moved: set[str] = set()
        """Symbols whose last or mark price changed since triggers were looked at."""
        self.instruments: dict[str, Instrument] = {
            name: self._open(symbol, number, prices.get(name), brackets.get(name, DEFAULT_BRACKETS))
            for number, (name, symbol) in enumerate(symbols.items(), start=1)
        }

    def _open(self, symbol: Symbol, number: int, price: Decimal | None, brackets: tuple[Bracket, ...]) -> Instrument:
        # A dropped-in exchangeInfo names no prices: 10,000 ticks is a price at which every filter can be met.
        last = price or (symbol.tick or ONE) * 10_000
        quantity = (self._options.ladder_notional / last).quantize(symbol.step.normalize(), rounding=ROUND_DOWN)
        others = Others(last, symbol.tick or ONE, max(quantity, symbol.step), self._options.ladder_levels)
        return Instrument(
            symbol=symbol,
            brackets=brackets,
            last=last,
            mark=last,
            index=last,
            book=Book(others),
            funding_rate=self._options.funding_rate,
            next_trade_id=number * 1_000_000,
            open_24h=last,
            high_24h=last,
            low_24h=last,
            moved=self.moved,
        )

    def find(self, name: str) -> Instrument:
        """Return the instrument; refuses an unknown symbol with -1121."""
        instrument = self.instruments.get(name)
        if instrument is None:
            raise Refusal(INVALID_SYMBOL)
        return instrument

    def price_of_asset(self, asset: str, quote: str = "USDT") -> Decimal:
        """Return what one unit of `asset` costs in `quote`: the index of its symbol, or a starting price, or 1."""
        if asset == quote or asset in ("USDT", "USDC"):
            return ONE
        name = asset + quote
        instrument = self.instruments.get(name)
        return instrument.index if instrument else self.prices.get(name, ONE)
