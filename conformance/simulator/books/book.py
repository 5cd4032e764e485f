"""The book of one symbol: plans what an incoming order would do, and holds the account's resting orders."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from sortedcontainers import SortedDict

from conformance.simulator.books.others import Level, Others
from conformance.simulator.model.words import opposite


class Resting(Protocol):
    """What the matching core needs to know of an order that stands in the book."""

    id: int
    price: Decimal

    @property
    def side(self) -> str:
        """BUY or SELL."""

    @property
    def remaining(self) -> Decimal:
        """What is left to fill."""

    @property
    def hidden(self) -> bool:
        """Whether the order shows in no public book (RPI)."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade with other traders: at their price, for this quantity."""

    price: Decimal
    quantity: Decimal


@dataclass(slots=True)
class Plan[R: Resting]:
    """What would happen to an incoming order, in order: trades, own makers in the way, and the taker's own end."""

    fills: list[Fill] = field(default_factory=list)
    expired_makers: list[R] = field(default_factory=list)
    taker_expired: bool = False
    filled: Decimal = Decimal(0)


def crosses(side: str, price: Decimal, other: Decimal) -> bool:
    """Return whether an order of `side` at `price` trades against an opposite order at `other`."""
    return other <= price if side == "BUY" else other >= price


class Book[R: Resting]:
    """Price-time priority. At one price other traders stand before the account's own orders."""

    def __init__(self, others: Others) -> None:
        self.others = others
        self._own: dict[str, SortedDict[Decimal, dict[int, R]]] = {"BUY": SortedDict(), "SELL": SortedDict()}
        self.version = 1
        """Counts every change: the update id of depth and bookTicker."""

    # --- resting orders of the account

    def add(self, order: R) -> None:
        """Put an order at the end of the queue at its price."""
        side = self._own[order.side]
        level = side.get(order.price)
        if level is None:
            side[order.price] = {order.id: order}
        else:
            level[order.id] = order
        self.version += 1

    def remove(self, order: R) -> None:
        """Take an order out of the queue; nothing happens where it does not stand there."""
        side = self._own[order.side]
        level = side.get(order.price)
        if level is not None and level.pop(order.id, None) is not None:
            self.version += 1
            if not level:
                del side[order.price]

    def touched(self, side: str, price: Decimal, *, through: bool) -> list[R]:
        """Return own orders of `side` that trades at `price` reach, best first; `through`: only prices beyond it."""
        book = self._own[side]
        inclusive = (not through, not through)
        keys = (
            book.irange(maximum=price, inclusive=inclusive)
            if side == "SELL"
            else book.irange(minimum=price, inclusive=inclusive, reverse=True)
        )
        return [order for key in list(keys) for order in book[key].values()]

    # --- incoming orders

    def _queue(self, side: str) -> Iterator[tuple[Decimal, Decimal, R | None]]:
        own = self._own[side]
        if not own:
            for price, quantity in self.others.levels(side):
                yield price, quantity, None
            return
        prices = iter(own) if side == "SELL" else reversed(own)
        next_own = next(prices, None)
        for price, quantity in self.others.levels(side):
            while next_own is not None and (next_own < price if side == "SELL" else next_own > price):
                yield from ((order.price, order.remaining, order) for order in own[next_own].values())
                next_own = next(prices, None)
            yield price, quantity, None
        while next_own is not None:
            yield from ((order.price, order.remaining, order) for order in own[next_own].values())
            next_own = next(prices, None)

    def plan(
        self, side: str, quantity: Decimal, limit: Decimal | None, stp: str | None, ignoring: R | None = None
    ) -> Plan[R]:
        """Return what an order of `side` for `quantity`, no worse than `limit`, would do now. Changes nothing.

        `stp` decides what happens when it meets an own order: EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH, or None to pass
        over it. `ignoring` is an own order that is being replaced.
        """
        plan: Plan[R] = Plan()
        remaining = quantity
        across = opposite(side)
        best = self.best(across, seen_by_account=True)
        if limit is not None and (best is None or not crosses(side, limit, best)):
            return plan
        for price, available, own in self._queue(across):
            if remaining <= 0 or (limit is not None and not crosses(side, limit, price)):
                break
            if own is not None:
                if stp is None or own is ignoring:
                    continue
                if stp != "EXPIRE_TAKER":
                    plan.expired_makers.append(own)
                if stp != "EXPIRE_MAKER":
                    plan.taker_expired = True
                    break
                continue
            quantity_here = min(remaining, available)
            plan.fills.append(Fill(price, quantity_here))
            plan.filled += quantity_here
            remaining -= quantity_here
        return plan

    def consume(self, side: str, plan: Plan[R]) -> None:
        """Take what the plan of an order of `side` traded out of the other traders' liquidity."""
        across = opposite(side)
        for fill in plan.fills:
            self.others.take(across, fill.price, fill.quantity)
        if plan.fills:
            self.version += 1

    # --- what the book shows

    def best(self, side: str, *, seen_by_account: bool = False) -> Decimal | None:
        """Return the best price of `side`, or None for an empty side; hidden orders count where `seen_by_account`."""
        level = self.others.best(side)
        best = level[0] if level else None
        for price in self._own[side] if side == "SELL" else reversed(self._own[side]):
            if best is not None and (price >= best if side == "SELL" else price <= best):
                break
            if seen_by_account or any(not order.hidden for order in self._own[side][price].values()):
                return Decimal(price)
        return best

    def best_level(self, side: str) -> Level | None:
        """Return price and visible quantity at the best price of `side`, or None."""
        levels = self.depth(side, 1)
        return levels[0] if levels else None

    def depth(self, side: str, limit: int) -> list[Level]:
        """Return up to `limit` visible levels of `side`, best first."""
        levels: list[Level] = []
        for price, quantity, own in self._queue(side):
            if own is not None and own.hidden:
                continue
            if levels and levels[-1][0] == price:
                levels[-1] = (price, levels[-1][1] + quantity)
            elif len(levels) == limit:
                break
            else:
                levels.append((price, quantity))
        return levels
