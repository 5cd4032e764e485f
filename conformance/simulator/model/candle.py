"""Candles: what a price did in one interval."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from conformance.simulator.numbers import ZERO

MINUTE_MS = 60_000
DAY_MS = 86_400_000
INTERVALS_MS = {
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": 60 * MINUTE_MS,
    "2h": 120 * MINUTE_MS,
    "4h": 240 * MINUTE_MS,
    "6h": 360 * MINUTE_MS,
    "8h": 480 * MINUTE_MS,
    "12h": 720 * MINUTE_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": 7 * DAY_MS,
    "1M": 0,
}
"""Every interval with its length in ms; a month (0) is as long as the calendar says."""
INTERVALS = tuple(INTERVALS_MS)
_MONDAY_MS = 4 * DAY_MS
"""The first Monday of the epoch: weeks begin there."""


def opening(interval: str, ms: int) -> int:
    """Return when the candle of an interval that contains the time `ms` opens."""
    if interval == "1M":
        day = datetime.fromtimestamp(ms // 1000, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) * 1000
    length = INTERVALS_MS[interval]
    offset = _MONDAY_MS if interval == "1w" else 0
    return (ms - offset) // length * length + offset


def following(interval: str, opens_ms: int) -> int:
    """Return when the next candle opens."""
    if interval == "1M":
        return opening(interval, opens_ms + 31 * DAY_MS)
    return opens_ms + INTERVALS_MS[interval]


@dataclass(slots=True)
class Candle:
    """One interval's prices and volume; `taker_*` is what takers bought."""

    opens_ms: int
    closes_ms: int
    """The first ms that is no longer in it."""
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote: Decimal = ZERO
    taker_volume: Decimal = ZERO
    taker_quote: Decimal = ZERO
    count: int = 0
    first_id: int = -1
    last_id: int = -1

    def reach(self, price: Decimal) -> None:
        """Let the price go there."""
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price

    def add(self, price: Decimal, quantity: Decimal, trade_id: int, *, taker_bought: bool) -> None:
        """Take a trade in."""
        self.reach(price)
        self.volume += quantity
        self.quote += price * quantity
        if taker_bought:
            self.taker_volume += quantity
            self.taker_quote += price * quantity
        self.count += 1
        self.first_id = trade_id if self.first_id < 0 else self.first_id
        self.last_id = trade_id

    def merge(self, later: "Candle") -> None:
        """Take a later, shorter candle in."""
        self.high, self.low, self.close = max(self.high, later.high), min(self.low, later.low), later.close
        self.volume += later.volume
        self.quote += later.quote
        self.taker_volume += later.taker_volume
        self.taker_quote += later.taker_quote
        self.count += later.count
        if later.first_id >= 0:
            self.first_id = later.first_id if self.first_id < 0 else self.first_id
            self.last_id = later.last_id
