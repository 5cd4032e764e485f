"""Market streams: who listens to what of which symbol, and what is therefore sent when.

Frames go out after every act of the venue that changed what a stream shows, and once when a stream is subscribed,
because a quiet simulator would otherwise leave a client without a first price. Tickers, mark prices and the streams of
all symbols, which are arrays, also come by the clock.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.simulator.clock import Timer
from conformance.simulator.events.bus import Event
from conformance.simulator.market.asset_index import asset_indexes
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.candle import INTERVALS_MS, opening
from conformance.simulator.numbers import compact
from conformance.simulator.streams import frames
from conformance.simulator.streams.connection import Connection
from conformance.simulator.streams.hub import Hub
from conformance.simulator.venue import Venue

_DEPTH = re.compile(r"depth(5|10|20)?(@(100|250|500)ms)?")
_KLINE = re.compile(r"(kline|continuousKline)_(.+)")
_OF_ALL = re.compile(r"!(markPrice|ticker|miniTicker|assetIndex)@arr(@1s)?")
DIFF_LEVELS = 1000
DIFFS = ("rpiDepth", "rpiDepth@500ms")
"""Diff streams that no pattern names; RPI orders of others are not modelled."""


@dataclass(slots=True)
class Seen:
    """What the streams of one symbol have shown so far."""

    version: int = 0
    trade_id: int = 0
    best: tuple[Any, ...] = ()
    depth: dict[str, dict[Decimal, Decimal]] = field(default_factory=dict)
    depth_version: int = 0
    opened: dict[str, int] = field(default_factory=dict)
    """When the candle opened that was shown last, by stream kind."""


class MarketData:
    """Sends market frames to the connections that listen."""

    def __init__(self, venue: Venue, hub: Hub) -> None:
        self._venue = venue
        self._hub = hub
        self._wanted: dict[str, dict[str, set[str]]] = {}
        """Names of streams, by symbol and kind."""
        self._seen: dict[str, Seen] = {}
        self._second: Timer | None = None
        hub.on_market_change = self.refresh
        hub.on_market_subscribe = self.greet
        venue.on_settled = self.pulse
        venue.bus.observe(self._liquidated)

    @property
    def _now_ms(self) -> int:
        return self._venue.clock.now_ms()

    def refresh(self) -> None:
        """Look anew at what is wanted."""
        wanted: dict[str, dict[str, set[str]]] = {}
        heard = False
        for _, name in self._hub.listening():
            heard = True
            for symbol, kind in self._parse(name):
                wanted.setdefault(symbol, {}).setdefault(kind, set()).add(name)
        for symbol in wanted.keys() - self._wanted.keys():
            self._start(symbol)
        self._wanted = wanted
        if heard and self._second is None:
            self._second = self._venue.clock.at(self._now_ms + 1000, self._tick)

    def _start(self, symbol: str) -> None:
        instrument = self._venue.market.instruments[symbol]
        seen = Seen(version=instrument.book.version, trade_id=instrument.next_trade_id)
        self._note_depth(instrument, seen)
        self._seen[symbol] = seen

    def _parse(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield symbol and kind of a stream of single frames; nothing for a stream of arrays."""
        if name == "!bookTicker":
            yield from ((symbol, "bookTicker") for symbol in self._venue.market.instruments)
        elif not name.startswith("!"):
            symbol, _, kind = name.partition("@")
            symbol = symbol.upper()
            if kind.startswith("continuousKline_"):
                symbol = self._contract(symbol)
            if symbol in self._venue.market.instruments:
                yield symbol, kind

    def _contract(self, name: str) -> str:
        """Return the symbol that is a pair's contract, given as PAIR_CONTRACTTYPE; empty where there is none."""
        pair, _, contract_type = name.partition("_")
        for item in self._venue.market.instruments.values():
            if (item.symbol.pair, item.symbol.contract_type) == (pair, contract_type):
                return item.symbol.name
        return ""

    # --- what a stream shows at present

    def greet(self, connection: Connection, name: str) -> None:
        """Send what a stream shows at present to a connection that has just subscribed."""
        if _OF_ALL.fullmatch(name):
            connection.push(name, compact(self._array(name)))
            return
        for symbol, kind in self._parse(name):
            instrument = self._venue.market.instruments[symbol]
            if symbol not in self._seen:
                self._start(symbol)
            frame = self._snapshot(instrument, kind)
            if frame is not None:
                connection.push(name, compact(frame))

    def _snapshot(self, instrument: Instrument, kind: str) -> dict[str, Any] | None:
        if kind == "bookTicker":
            return frames.book_ticker(instrument, self._now_ms)
        if kind.startswith("markPrice"):
            return frames.mark_price(instrument, self._now_ms, self._venue.funding.next_ms(self._now_ms))
        if kind in ("ticker", "miniTicker"):
            return frames.day_ticker(instrument, self._now_ms, mini=kind == "miniTicker")
        depth = _DEPTH.fullmatch(kind)
        if depth is not None and depth.group(1):
            return self._partial_depth(instrument, int(depth.group(1)))
        return self._kline(instrument, kind, self._now_ms)

    def _array(self, name: str) -> list[dict[str, Any]]:
        kind = name[1:].partition("@")[0]
        if kind == "assetIndex":
            rows = asset_indexes(self._venue.market, self._now_ms)
            return [frames.asset_index(row, self._now_ms) for row in rows]
        shown = (self._snapshot(item, kind) for item in self._venue.market.instruments.values())
        return [frame for frame in shown if frame is not None]

    def _kline(self, instrument: Instrument, kind: str, at_ms: int) -> dict[str, Any] | None:
        found = _KLINE.fullmatch(kind)
        if found is None or found.group(2) not in INTERVALS_MS:
            return None
        make = frames.kline if found.group(1) == "kline" else frames.continuous_kline
        return make(instrument, instrument.candles.at(found.group(2), at_ms), found.group(2), self._now_ms)

    def _partial_depth(self, instrument: Instrument, count: int) -> dict[str, Any]:
        book = instrument.book
        bids, asks = book.depth("BUY", count), book.depth("SELL", count)
        return frames.depth(instrument, self._now_ms, (book.version, book.version - 1), bids, asks)

    # --- what has changed

    def pulse(self) -> None:
        """Send what has changed since the last pulse."""
        for symbol, kinds in self._wanted.items():
            instrument, seen = self._venue.market.instruments[symbol], self._seen[symbol]
            if seen.trade_id != instrument.next_trade_id:
                self._trades(instrument, seen, kinds)
            if seen.version != instrument.book.version:
                seen.version = instrument.book.version
                self._book(instrument, seen, kinds)

    def _trades(self, instrument: Instrument, seen: Seen, kinds: dict[str, set[str]]) -> None:
        fresh = [trade for trade in instrument.trades if trade.id > seen.trade_id]
        seen.trade_id = instrument.next_trade_id
        for trade in fresh:
            if "aggTrade" in kinds:
                self._send(kinds["aggTrade"], frames.agg_trade(trade, instrument))
            if "trade" in kinds:
                self._send(kinds["trade"], frames.single_trade(trade, instrument))
        if fresh:
            self._klines(instrument, seen, kinds, traded=True)

    def _klines(self, instrument: Instrument, seen: Seen, kinds: dict[str, set[str]], *, traded: bool) -> None:
        """Send the candles that have closed since they were shown, and, after a trade, those that are open."""
        for kind, names in kinds.items():
            found = _KLINE.fullmatch(kind)
            if found is None or found.group(2) not in INTERVALS_MS:
                continue
            opens_ms = opening(found.group(2), self._now_ms)
            before_ms = seen.opened.setdefault(kind, opens_ms)
            if before_ms != opens_ms:
                seen.opened[kind] = opens_ms
                self._send(names, self._kline(instrument, kind, before_ms))
            if traded or before_ms != opens_ms:
                self._send(names, self._kline(instrument, kind, self._now_ms))

    def _book(self, instrument: Instrument, seen: Seen, kinds: dict[str, set[str]]) -> None:
        if "bookTicker" in kinds:
            best = (instrument.book.best_level("BUY"), instrument.book.best_level("SELL"))
            if best != seen.best:
                seen.best = best
                self._send(kinds["bookTicker"], frames.book_ticker(instrument, self._now_ms))
        diffs: set[str] = set()
        for kind, names in kinds.items():
            depth = _DEPTH.fullmatch(kind)
            if depth is not None and depth.group(1):
                self._send(names, self._partial_depth(instrument, int(depth.group(1))))
            elif depth is not None or kind in DIFFS:
                diffs |= names
        if diffs:
            self._send(diffs, self._diff_depth(instrument, seen))

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
        return frames.depth(instrument, self._now_ms, (previous + 1, previous), changes["BUY"], changes["SELL"])

    def _liquidated(self, event: Event) -> None:
        """Tell everyone of a liquidation of the account, as forceOrder."""
        order = event.get("o", {})
        if event["e"] == "ORDER_TRADE_UPDATE" and order["o"] == "LIQUIDATION" and order["x"] != "NEW":
            names = {f"{order['s'].lower()}@forceOrder", "!forceOrder@arr"}
            self._send(names, frames.liquidation(order, self._now_ms))

    def _send(self, names: set[str], frame: dict[str, Any] | None) -> None:
        if frame is None:
            return
        text = compact(frame)
        for connection, name in self._hub.listening():
            if name in names:
                connection.push(name, text)

    # --- what goes out by the clock

    def _tick(self) -> None:
        self._second = None
        arrays: dict[str, str] = {}
        heard = False
        for connection, name in self._hub.listening():
            heard = True
            if _OF_ALL.fullmatch(name):
                if name not in arrays:
                    arrays[name] = compact(self._array(name))
                connection.push(name, arrays[name])
        if not heard:
            return
        for symbol, kinds in self._wanted.items():
            instrument = self._venue.market.instruments[symbol]
            for kind, names in kinds.items():
                if kind.startswith("markPrice") or kind in ("ticker", "miniTicker"):
                    self._send(names, self._snapshot(instrument, kind))
            self._klines(instrument, self._seen[symbol], kinds, traded=False)
        self._second = self._venue.clock.at(self._now_ms + 1000, self._tick)
