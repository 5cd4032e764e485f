"""The market: all instruments by name."""

from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from conformance.simulator.books.book import Book
from conformance.simulator.books.others import Others
from conformance.simulator.clock import Clock
from conformance.simulator.errors import INVALID_SYMBOL, Refusal
from conformance.simulator.market.candles import Candles
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.loading import (
    DEFAULT_EXCHANGE_INFO,
    MARKET_FIXTURES,
    load_brackets,
    load_exchange_info,
    load_prices,
)
from conformance.simulator.market.symbol_row import ExchangeInfoError, read_symbol
from conformance.simulator.model.symbol import DEFAULT_BRACKETS, Bracket, Symbol
from conformance.simulator.numbers import ONE, ZERO
from conformance.simulator.options import Options


class Market:
    """All instruments by name, loaded from files in Binance's own forms."""

    def __init__(self, options: Options, clock: Clock, exchange_info: Path | None = None) -> None:
        path = exchange_info or DEFAULT_EXCHANGE_INFO
        self.document: dict[str, Any]
        self.document, symbols = load_exchange_info(path, options.generated_symbols, options.generated_seed)
        brackets = load_brackets(path.with_name("leverage-brackets.json"))
        if not brackets:
            brackets = load_brackets(MARKET_FIXTURES / "leverage-brackets.json")
        prices = load_prices(MARKET_FIXTURES / "prices.json")
        prices.update(load_prices(path.with_name("prices.json")))
        prices.update({name: Decimal(price) for name, price in options.prices.items()})
        self.prices = prices
        self.margin_assets = [str(row["asset"]) for row in self.document.get("assets", []) if row.get("asset")]
        """The assets that may back positions, in the order of exchangeInfo."""
        self._options = options
        self._clock = clock
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
            candles=Candles(last, symbol.tick or ONE, symbol.step, self._clock.now_ms()),
            mark_candles=Candles(last, symbol.tick or ONE, ZERO, self._clock.now_ms()),
            now_ms=self._clock.now_ms,
            moved=self.moved,
        )

    def lists(self, raw: dict[str, Any], price: Decimal) -> Instrument:
        """Begin to trade another symbol, by its row of exchangeInfo; raises `ExchangeInfoError`."""
        symbol = read_symbol(raw, "a new symbol")
        if symbol.name in self.instruments:
            raise ExchangeInfoError(f"{symbol.name} is listed already")
        instrument = self._open(symbol, len(self.instruments) + 1, price, DEFAULT_BRACKETS)
        self.instruments[symbol.name] = instrument
        return instrument

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
