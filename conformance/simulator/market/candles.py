"""The candles of one price: those of the simulator's life from what happened, those before it made up.

A bot that asks for its first candles needs a past. It is a gentle wave that ends at the starting price, a function of
the time alone: asked twice, it is the same.
"""

import math
from bisect import bisect_left
from decimal import Decimal

from conformance.simulator.model.candle import MINUTE_MS, Candle, following, opening
from conformance.simulator.model.trade import PublicTrade

MOST = 1500
_SAMPLES = 8
"""Points between open and close at which a candle of the past looks for its high and low."""
_VOLUME_STEPS_A_MINUTE = 1000


def _wave(ms: int) -> float:
    """Return how far the past's price is from its middle, as a fraction."""
    minutes = ms / MINUTE_MS
    return 0.002 * math.sin(minutes * math.tau / 360) + 0.0005 * math.sin(minutes * math.tau / 17)


class Candles:
    """Minutes as they were traded, and every longer interval folded from them."""

    def __init__(self, start: Decimal, tick: Decimal, step: Decimal, opened_ms: int) -> None:
        self._start = start
        self._tick = tick
        self._step = step
        """The quantity of which the past traded so many a minute; 0 for a price that is not traded."""
        self._opened_ms = opened_ms
        self._minutes: list[Candle] = []
        self._opens: list[int] = []

    def _minute(self, ms: int) -> Candle:
        opens_ms = ms - ms % MINUTE_MS
        if not self._minutes or self._opens[-1] < opens_ms:
            price = self._minutes[-1].close if self._minutes else self._start
            self._minutes.append(Candle(opens_ms, opens_ms + MINUTE_MS, price, price, price, price))
            self._opens.append(opens_ms)
        return self._minutes[-1]

    def traded(self, trade: PublicTrade) -> None:
        """Note a trade."""
        minute = self._minute(trade.time_ms)
        minute.add(trade.price, trade.quantity, trade.id, taker_bought=not trade.buyer_is_maker)

    def moved(self, ms: int, price: Decimal) -> None:
        """Note that the price went somewhere without a trade."""
        self._minute(ms).reach(price)

    def price_at(self, ms: int) -> Decimal:
        """Return the price with which a candle that opens at `ms` opens."""
        if ms <= self._opened_ms:
            distance = Decimal(repr(_wave(ms) - _wave(self._opened_ms)))
            ticks = (self._start * (1 + distance) / self._tick).to_integral_value()
            return max(ticks, Decimal(1)) * self._tick if ms != self._opened_ms else self._start
        before = bisect_left(self._opens, ms)
        return self._minutes[before - 1].close if before else self._start

    def at(self, interval: str, ms: int) -> Candle:
        """Return the candle of an interval that contains the time `ms`, as far as it has come."""
        opens_ms = opening(interval, ms)
        closes_ms = following(interval, opens_ms)
        price = self.price_at(opens_ms)
        candle = Candle(opens_ms, closes_ms, price, price, price, price)
        past_ms = min(closes_ms, self._opened_ms)
        if opens_ms < past_ms:
            self._add_past(candle, past_ms)
        for minute in self._minutes[bisect_left(self._opens, opens_ms) : bisect_left(self._opens, closes_ms)]:
            candle.merge(minute)
        return candle

    def _add_past(self, candle: Candle, until_ms: int) -> None:
        length = until_ms - candle.opens_ms
        for number in range(1, _SAMPLES + 1):
            candle.reach(self.price_at(candle.opens_ms + length * number // _SAMPLES))
        minutes = max(1, length // MINUTE_MS)
        candle.volume = self._step * _VOLUME_STEPS_A_MINUTE * minutes
        candle.quote = candle.volume * (candle.high + candle.low) / 2
        candle.taker_volume, candle.taker_quote = candle.volume / 2, candle.quote / 2
        candle.count = 10 * minutes

    def rows(self, interval: str, start_ms: int | None, end_ms: int | None, limit: int, now_ms: int) -> list[Candle]:
        """Return up to `limit` candles that open between two times, both inclusive, oldest first.

        Without a start the latest ones; none opens after now.
        """
        last_ms = min(now_ms, now_ms if end_ms is None else end_ms)
        found: list[Candle] = []
        if start_ms is None:
            opens_ms = opening(interval, last_ms)
            while len(found) < limit and opens_ms > 0:
                found.append(self.at(interval, opens_ms))
                opens_ms = opening(interval, opens_ms - 1)
            return found[::-1]
        opens_ms = opening(interval, start_ms)
        opens_ms = opens_ms if opens_ms == start_ms else following(interval, opens_ms)
        while len(found) < limit and opens_ms <= last_ms:
            found.append(self.at(interval, opens_ms))
            opens_ms = following(interval, opens_ms)
        return found
