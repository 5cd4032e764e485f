"""Market streams: bookTicker, depth, aggTrade, trade, markPrice, kline, tickers. Enough to trade on.

Frames go out after every act of the venue that changed what a stream shows, and once when a stream is subscribed,
because a quiet simulator would otherwise leave a client without a first price.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.simulator.clock import Timer
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.shapes import day_row, levels
from conformance.simulator.numbers import compact, padded
from conformance.simulator.streams.connection import Connection
from conformance.simulator.streams.hub import Hub
from conformance.simulator.venue import Venue

INTERVALS_MS = {
    "1m": 60_000,
    "3m": 180_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "4h": 14_400_000,
    "6h": 21_600_000,
    "8h": 28_800_000,
    "12h": 43_200_000,
    "1d": 86_400_000,
    "3d": 259_200_000,
    "1w": 604_800_000,
}
_DEPTH = re.compile(r"depth(5|10|20)?(@(100|250|500)ms)?")
DIFF_LEVELS = 1000
UM = 1
"""`st` since the integration of coin-margined futures: 1 says that the symbol is USD-margined."""


@dataclass(slots=True)
class Candle:
    """One interval's prices and volume."""

    start_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)
    quote: Decimal = Decimal(0)
    count: int = 0
    first_id: int = -1
    last_id: int = -1

    def add(self, price: Decimal, quantity: Decimal, trade_id: int) -> None:
        """Take a trade in."""
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price
        self.volume += quantity
        self.quote += price * quantity
        self.count += 1
        self.first_id = trade_id if self.first_id < 0 else self.first_id
        self.last_id = trade_id


@dataclass(slots=True)
class Seen:
    """What the streams of one symbol have shown so far."""

    version: int = 0
    trade_id: int = 0
    best: tuple[Any, ...] = ()
    depth: dict[str, dict[Decimal, Decimal]] = field(default_factory=dict)
    depth_version: int = 0
    candles: dict[str, Candle] = field(default_factory=dict)


class MarketData:
    """Sends market frames to the connections that listen."""

    def __init__(self, venue: Venue, hub: Hub) -> None:
        self._venue = venue
        self._hub = hub
        self._wanted: dict[str, set[str]] = {}
        """Stream kinds wanted, by symbol."""
        self._seen: dict[str, Seen] = {}
        self._second: Timer | None = None
        hub.on_market_change = self.refresh
        hub.on_market_subscribe = self.greet
        venue.on_settled = self.pulse

    def refresh(self) -> None:
        """Look anew at what is wanted."""
        wanted: dict[str, set[str]] = {}
        for _, name in self._hub.listening():
            for symbol, kind in self._parse(name):
                wanted.setdefault(symbol, set()).add(kind)
        for symbol in wanted.keys() - self._wanted.keys():
            self._start(symbol)
        self._wanted = wanted
        if wanted and self._second is None:
            self._second = self._venue.clock.at(self._venue.clock.now_ms() + 1000, self._tick)

    def _start(self, symbol: str) -> None:
        instrument = self._venue.market.instruments[symbol]
        seen = Seen(version=instrument.book.version, trade_id=instrument.next_trade_id)
        self._note_depth(instrument, seen)
        self._seen[symbol] = seen

    def _parse(self, name: str) -> Iterator[tuple[str, str]]:
        if name.startswith("!"):
            kind = name[1:].partition("@")[0]
            kind = {"markPrice": "markPrice", "ticker": "ticker", "miniTicker": "miniTicker"}.get(kind, kind)
            for symbol in self._venue.market.instruments:
                yield symbol, kind
            return
        symbol, _, kind = name.partition("@")
        if symbol.upper() in self._venue.market.instruments:
            yield symbol.upper(), kind

    # --- frames

    def greet(self, connection: Connection, name: str) -> None:
        """Send what a stream shows at present to a connection that has just subscribed."""
        for symbol, kind in self._parse(name):
            instrument = self._venue.market.instruments[symbol]
            if symbol not in self._seen:
                self._start(symbol)
            frame = self._snapshot(instrument, kind)
            if frame is not None:
                connection.push(name, compact(frame))

    def _snapshot(self, instrument: Instrument, kind: str) -> Any:
        if kind == "bookTicker":
            return self._book_ticker(instrument)
        if kind.startswith("markPrice"):
            return self._mark_price(instrument)
        depth = _DEPTH.fullmatch(kind)
        if depth is not None and depth.group(1):
            return self._partial_depth(instrument, int(depth.group(1)))
        if kind in ("ticker", "miniTicker"):
            return self._ticker(instrument, kind)
        if kind.startswith("kline_") and kind[6:] in INTERVALS_MS:
            return self._kline(instrument, self._candle(instrument, kind[6:]), kind[6:], closed=False)
        return None

    def pulse(self) -> None:
        """Send what has changed since the last pulse."""
        for symbol, kinds in self._wanted.items():
            instrument, seen = self._venue.market.instruments[symbol], self._seen[symbol]
            if seen.trade_id != instrument.next_trade_id:
                self._trades(instrument, seen, kinds)
            if seen.version != instrument.book.version:
                seen.version = instrument.book.version
                self._book(instrument, seen, kinds)

    def _trades(self, instrument: Instrument, seen: Seen, kinds: set[str]) -> None:
        fresh = [trade for trade in instrument.trades if trade.id > seen.trade_id]
        seen.trade_id = instrument.next_trade_id
        symbol = instrument.symbol
        for trade in fresh:
            price = padded(trade.price, symbol.price_precision)
            quantity = padded(trade.quantity, symbol.quantity_precision)
            body: dict[str, Any] = {"E": trade.time_ms, "T": trade.time_ms, "s": symbol.name, "p": price, "q": quantity}
            body["m"] = trade.buyer_is_maker
            if "aggTrade" in kinds:
                frame = {"e": "aggTrade", **body, "nq": quantity, "a": trade.id, "f": trade.id, "l": trade.id, "st": UM}
                self._send(symbol.name, "aggTrade", frame)
            if "trade" in kinds:
                self._send(symbol.name, "trade", {"e": "trade", **body, "t": trade.id, "X": "MARKET"})
        for kind in kinds:
            if kind.startswith("kline_") and kind[6:] in INTERVALS_MS:
                candle = self._candle(instrument, kind[6:])
                for trade in fresh:
                    candle.add(trade.price, trade.quantity, trade.id)
                self._send(symbol.name, kind, self._kline(instrument, candle, kind[6:], closed=False))

    def _book(self, instrument: Instrument, seen: Seen, kinds: set[str]) -> None:
        name = instrument.symbol.name
        if "bookTicker" in kinds:
            best = (instrument.book.best_level("BUY"), instrument.book.best_level("SELL"))
            if best != seen.best:
                seen.best = best
                self._send(name, "bookTicker", self._book_ticker(instrument))
        for kind in kinds:
            depth = _DEPTH.fullmatch(kind)
            if depth is not None and depth.group(1):
                self._send(name, kind, self._partial_depth(instrument, int(depth.group(1))))
        diffs = [kind for kind in kinds if (m := _DEPTH.fullmatch(kind)) is not None and not m.group(1)]
        if diffs:
            frame = self._diff_depth(instrument, seen)
            for kind in diffs:
                self._send(name, kind, frame)

    def _send(self, symbol: str, kind: str, frame: dict[str, Any]) -> None:
        own, everyone = f"{symbol.lower()}@{kind}", f"!{kind}"
        text = compact(frame)
        for connection, name in self._hub.listening():
            if name.lower() == own.lower() or name == everyone:
                connection.push(name, text)

    def _book_ticker(self, instrument: Instrument) -> dict[str, Any]:
        now_ms, symbol = self._venue.clock.now_ms(), instrument.symbol
        bid, ask = instrument.book.best_level("BUY"), instrument.book.best_level("SELL")
        zero = (Decimal(0), Decimal(0))
        (bid_price, bid_quantity), (ask_price, ask_quantity) = bid or zero, ask or zero
        return {
            "e": "bookTicker",
            "u": instrument.book.version,
            "s": symbol.name,
            "ps": symbol.pair,
            "b": padded(bid_price, symbol.price_precision),
            "B": padded(bid_quantity, symbol.quantity_precision),
            "a": padded(ask_price, symbol.price_precision),
            "A": padded(ask_quantity, symbol.quantity_precision),
            "T": now_ms,
            "E": now_ms,
            "st": UM,
        }

    def _depth_frame(self, instrument: Instrument, first: int, previous: int, bids: Any, asks: Any) -> dict[str, Any]:
        now_ms = self._venue.clock.now_ms()
        return {
            "e": "depthUpdate",
            "E": now_ms,
            "T": now_ms,
            "s": instrument.symbol.name,
            "U": first,
            "u": instrument.book.version,
            "pu": previous,
            "b": levels(bids, instrument),
            "a": levels(asks, instrument),
            "ps": instrument.symbol.pair,
            "st": UM,
        }

    def _partial_depth(self, instrument: Instrument, count: int) -> dict[str, Any]:
        book = instrument.book
        return self._depth_frame(
            instrument, book.version, book.version - 1, book.depth("BUY", count), book.depth("SELL", count)
        )

    def _note_depth(self, instrument: Instrument, seen: Seen) -> None:
        seen.depth = {side: dict(instrument.book.depth(side, DIFF_LEVELS)) for side in ("BUY", "SELL")}
        seen.depth_version = instrument.book.version

    def _diff_depth(self, instrument: Instrument, seen: Seen) -> dict[str, Any]:
        before, previous = seen.depth, seen.depth_version
        self._note_depth(instrument, seen)
        changes = {
            side: [
                (price, quantity) for price, quantity in seen.depth[side].items() if before[side].get(price) != quantity
            ]
            + [(price, Decimal(0)) for price in before[side] if price not in seen.depth[side]]
            for side in ("BUY", "SELL")
        }
        return self._depth_frame(instrument, previous + 1, previous, changes["BUY"], changes["SELL"])

    def _mark_price(self, instrument: Instrument) -> dict[str, Any]:
        now_ms = self._venue.clock.now_ms()
        delivery = instrument.symbol.is_delivery
        return {
            "e": "markPriceUpdate",
            "E": now_ms,
            "s": instrument.symbol.name,
            "p": padded(instrument.mark, 8),
            "ap": padded(instrument.mark, 8),
            "i": padded(instrument.index, 8),
            "P": padded(instrument.index, 8),
            "r": "" if delivery else f"{instrument.funding_rate:.8f}",
            "T": 0 if delivery else self._venue.funding.next_ms(now_ms),
            "st": UM,
        }

    def _ticker(self, instrument: Instrument, kind: str) -> dict[str, Any]:
        now_ms = self._venue.clock.now_ms()
        row = day_row(instrument, now_ms)
        body = {"e": "24hrTicker" if kind == "ticker" else "24hrMiniTicker", "E": now_ms, "s": row["symbol"]}
        full = {"p": "priceChange", "P": "priceChangePercent", "w": "weightedAvgPrice", "Q": "lastQty"}
        short = {
            "c": "lastPrice",
            "o": "openPrice",
            "h": "highPrice",
            "l": "lowPrice",
            "v": "volume",
            "q": "quoteVolume",
        }
        times = {"O": "openTime", "C": "closeTime", "F": "firstId", "L": "lastId", "n": "count"}
        keys = full | short | times if kind == "ticker" else short
        body |= {key: row[name] for key, name in keys.items()}
        return body | {"ps": instrument.symbol.pair, "st": UM}

    def _candle(self, instrument: Instrument, interval: str) -> Candle:
        seen, length = self._seen[instrument.symbol.name], INTERVALS_MS[interval]
        now_ms = self._venue.clock.now_ms()
        start = now_ms - now_ms % length
        candle = seen.candles.get(interval)
        if candle is None or candle.start_ms != start:
            if candle is not None:
                frame = self._kline(instrument, candle, interval, closed=True)
                self._send(instrument.symbol.name, f"kline_{interval}", frame)
            last = instrument.last if candle is None else candle.close
            candle = seen.candles[interval] = Candle(start, last, last, last, last)
        return candle

    def _kline(self, instrument: Instrument, candle: Candle, interval: str, *, closed: bool) -> dict[str, Any]:
        symbol = instrument.symbol
        prices = {
            key: padded(value, symbol.price_precision)
            for key, value in (("o", candle.open), ("c", candle.close), ("h", candle.high), ("l", candle.low))
        }
        body = {
            "t": candle.start_ms,
            "T": candle.start_ms + INTERVALS_MS[interval] - 1,
            "s": symbol.name,
            "i": interval,
            "f": candle.first_id,
            "L": candle.last_id,
            **prices,
            "v": padded(candle.volume, symbol.quantity_precision),
            "n": candle.count,
            "x": closed,
            "q": padded(candle.quote, 2),
            "V": padded(candle.volume / 2, symbol.quantity_precision),
            "Q": padded(candle.quote / 2, 2),
            "B": "0",
        }
        return {"e": "kline", "E": self._venue.clock.now_ms(), "s": symbol.name, "k": body}

    # --- what goes out by the clock

    def _tick(self) -> None:
        self._second = None
        if not self._wanted:
            return
        for symbol, kinds in self._wanted.items():
            instrument = self._venue.market.instruments[symbol]
            for kind in kinds:
                if kind.startswith("markPrice"):
                    self._send(symbol, kind, self._mark_price(instrument))
                elif kind in ("ticker", "miniTicker"):
                    self._send(symbol, kind, self._ticker(instrument, kind))
                elif kind.startswith("kline_") and kind[6:] in INTERVALS_MS:
                    self._candle(instrument, kind[6:])
        self._arrays()
        self._second = self._venue.clock.at(self._venue.clock.now_ms() + 1000, self._tick)

    def _arrays(self) -> None:
        makers: dict[str, Callable[[Instrument], dict[str, Any]]] = {
            "!markPrice@arr": self._mark_price,
            "!ticker@arr": lambda item: self._ticker(item, "ticker"),
            "!miniTicker@arr": lambda item: self._ticker(item, "miniTicker"),
        }
        for connection, name in self._hub.listening():
            make = makers.get(name.removesuffix("@1s"))
            if make is not None:
                frames = [make(item) for item in self._venue.market.instruments.values()]
                connection.push(name, compact(frames))
