"""One symbol's living state: prices, book, funding, recent trades."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from conformance.simulator.books.book import Book
from conformance.simulator.market.candles import Candles
from conformance.simulator.model.order import Order
from conformance.simulator.model.symbol import Bracket, Symbol
from conformance.simulator.model.trade import PublicTrade


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
    candles: Candles
    """Of the last price."""
    mark_candles: Candles
    now_ms: Callable[[], int]
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

    def number_trades_from(self, trade_id: int) -> None:
        """Let the next trade have this id."""
        self.next_trade_id = trade_id - 1

    def traded(self, trade: PublicTrade) -> None:
        """Note a trade: the last price and the statistics follow."""
        self.trades.append(trade)
        self.candles.traded(trade)
        self.set_last(trade.price)
        self.volume_24h += trade.quantity
        self.quote_volume_24h += trade.quantity * trade.price

    def set_last(self, price: Decimal) -> None:
        """Note the price of the latest trade."""
        if price != self.last:
            self.last = price
            self.candles.moved(self.now_ms(), price)
            self.moved.add(self.symbol.name)
        self.high_24h = max(self.high_24h, price)
        self.low_24h = min(self.low_24h, price)

    def set_mark(self, price: Decimal) -> None:
        """Set the mark price; the index follows it."""
        if price != self.mark:
            self.mark = price
            self.mark_candles.moved(self.now_ms(), price)
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
