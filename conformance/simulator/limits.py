"""Rate limits (section 4): request weight by address, orders by account, and the way from 429 to 418."""

import re
from dataclasses import dataclass, field
from typing import Any

from conformance.simulator.clock import Clock
from conformance.simulator.errors import BANNED, TOO_MANY_ORDERS, TOO_MANY_REQUESTS, Refusal
from conformance.simulator.options import Options

_INTERVALS_MS = {"SECOND": 1_000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}


@dataclass(slots=True)
class Window:
    """A count that starts anew at every whole multiple of its interval."""

    type: str
    interval: str
    number: int
    limit: int
    start_ms: int = 0
    count: int = 0
    length_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.length_ms = _INTERVALS_MS[self.interval] * self.number

    def roll(self, now_ms: int) -> None:
        """Start anew where the interval is over."""
        start = now_ms - now_ms % self.length_ms
        if start != self.start_ms:
            self.start_ms = start
            self.count = 0

    def age(self, ms: int) -> None:
        """Let what is counted be so much older: it is of an earlier interval where it is older than one."""
        if ms >= self.length_ms:
            self.count = 0

    def retry_after_s(self, now_ms: int) -> int:
        """Return the whole seconds until the count starts anew."""
        return max(1, -(-(self.start_ms + self.length_ms - now_ms) // 1000))

    def described(self, *, count: bool = True) -> dict[str, Any]:
        """Return the limit as the WS API and exchangeInfo write it."""
        row: dict[str, Any] = {
            "rateLimitType": self.type,
            "interval": self.interval,
            "intervalNum": self.number,
            "limit": self.limit,
        }
        return row | {"count": self.count} if count else row


@dataclass(slots=True)
class _Address:
    weight: Window
    refused: int = 0
    bans: int = 0
    banned_until_ms: int = 0
    window_ms: int = field(default=0)


class Limits:
    """Counts, and refuses with 429 or 418."""

    def __init__(self, clock: Clock, options: Options, rows: list[dict[str, Any]]) -> None:
        self._clock = clock
        self._options = options
        weight = next((r for r in rows if r.get("rateLimitType") == "REQUEST_WEIGHT"), None)
        self._weight_row = weight or {"interval": "MINUTE", "intervalNum": 1, "limit": 2400}
        self._addresses: dict[str, _Address] = {}
        self.orders = [
            Window("ORDERS", row["interval"], row["intervalNum"], row["limit"])
            for row in sorted(rows, key=lambda r: _INTERVALS_MS.get(str(r.get("interval")), 0))
            if row.get("rateLimitType") == "ORDERS"
        ]

    def _address(self, ip: str) -> _Address:
        found = self._addresses.get(ip)
        if found is None:
            row = self._weight_row
            window = Window("REQUEST_WEIGHT", row["interval"], row["intervalNum"], row["limit"])
            found = self._addresses[ip] = _Address(window)
        return found

    def charge(self, ip: str, weight: int) -> None:
        """Count a request; refuses with 429 over the limit, with 418 when that is ignored for long."""
        now_ms = self._clock.now_ms()
        address = self._address(ip)
        address.weight.roll(now_ms)
        if address.window_ms != address.weight.start_ms:
            address.window_ms, address.refused = address.weight.start_ms, 0
        if now_ms < address.banned_until_ms:
            raise self._ban(ip, address, now_ms)
        address.weight.count += weight
        if not self._options.enforce_weight_limit or address.weight.count <= address.weight.limit:
            return
        address.refused += 1
        if address.refused > self._options.requests_over_limit_before_ban:
            length = min(self._options.ban_ms * 2**address.bans, self._options.ban_max_ms)
            address.bans += 1
            address.banned_until_ms = now_ms + length
            raise self._ban(ip, address, now_ms)
        raise Refusal(
            TOO_MANY_REQUESTS,
            ip,
            address.weight.limit,
            headers={"Retry-After": str(address.weight.retry_after_s(now_ms))},
        )

    @staticmethod
    def _ban(ip: str, address: _Address, now_ms: int) -> Refusal:
        seconds = -(-(address.banned_until_ms - now_ms) // 1000)
        return Refusal(BANNED, ip, address.banned_until_ms, headers={"Retry-After": str(seconds)})

    def check_orders(self, short: int, long: int) -> None:
        """Refuse with 429 and -1015 orders beyond the account's limits; `short` counts in the shortest window."""
        now_ms = self._clock.now_ms()
        for number, window in enumerate(self.orders):
            window.roll(now_ms)
            if self._options.enforce_order_limits and window.count + (long if number else short) > window.limit:
                name = "TEN_SECONDS" if window.interval == "SECOND" else window.interval
                raise Refusal(
                    TOO_MANY_ORDERS,
                    window.limit,
                    name,
                    headers={"Retry-After": str(window.retry_after_s(now_ms))},
                )

    def age(self, ms: int) -> None:
        """Let every request and order so far have been so much earlier; a ban stays."""
        for window in (*self.orders, *(address.weight for address in self._addresses.values())):
            window.age(ms)

    def count_orders(self, short: int, long: int) -> None:
        """Count orders that were taken."""
        for number, window in enumerate(self.orders):
            window.count += long if number else short

    def weight_header(self, ip: str) -> dict[str, str]:
        """Return X-MBX-USED-WEIGHT-1M."""
        minus = self._options.used_weight_header == "minus-one"
        return {"X-MBX-USED-WEIGHT-1M": "-1" if minus else str(self._address(ip).weight.count)}

    def order_headers(self) -> dict[str, str]:
        """Return X-MBX-ORDER-COUNT-10S and -1M."""
        return {f"X-MBX-ORDER-COUNT-{window.number}{window.interval[0]}": str(window.count) for window in self.orders}

    def described(self, ip: str, *, orders: bool) -> list[dict[str, Any]]:
        """Return the counts as the WS API lists them."""
        rows = [window.described() for window in self.orders] if orders else []
        return [*rows, self._address(ip).weight.described()]

    def ban(self, ip: str, for_ms: int) -> None:
        """Ban an address now."""
        self._address(ip).banned_until_ms = self._clock.now_ms() + for_ms


WEIGHT_OF_DEPTH = ((50, 2), (100, 5), (500, 10), (1000, 20))
"""Weights of GET /depth by limit."""

_DIGITS = re.compile(r"\d{1,5}")


def weight_of_depth(limit: str | None) -> int:
    """Return the weight of a depth request."""
    asked = int(limit) if limit and _DIGITS.fullmatch(limit) else 500
    return next((weight for most, weight in WEIGHT_OF_DEPTH if asked <= most), 20)
