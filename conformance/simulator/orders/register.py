"""Every order, trade and amendment of the account, indexed so that no lookup grows with the history."""

import itertools
import string
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from conformance.simulator.model.exposure import Exposure, Exposures
from conformance.simulator.model.order import Amendment, Order
from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.trade import Trade

FIRST_ORDER_ID = 8_389_766_079_988_521_101
"""19 digits, above 2**53 and near the end of a signed 64-bit integer, as captured in 2026."""
IDS_OF_A_SYMBOL = 1_000_000_000_000
_ALPHABET = string.ascii_letters + string.digits


class ClientIds:
    """Makes client order ids for those who send none: 22 letters and digits, different each time (10.9)."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = itertools.count(1)

    def take(self) -> str:
        """Return a fresh id."""
        number, digits = next(self._count), ""
        while number:
            number, digit = divmod(number, len(_ALPHABET))
            digits = _ALPHABET[digit] + digits
        return self._prefix + digits.rjust(22 - len(self._prefix), "0")


class Register:
    """The orders of the account, open and finished."""

    def __init__(self, exposures: Exposures) -> None:
        self.orders: dict[str, dict[int, Order]] = defaultdict(dict)
        """By symbol and id, oldest first."""
        self.open: dict[str, dict[int, Order]] = defaultdict(dict)
        """The open ones, by symbol and id, oldest first."""
        self.reducing: dict[str, dict[int, Order]] = defaultdict(dict)
        """The open ones that may only reduce, by symbol and id."""
        self.trades: dict[str, list[Trade]] = defaultdict(list)
        self.trades_of: dict[int, list[Trade]] = {}
        self.amendments: dict[int, list[Amendment]] = {}
        self._by_client: dict[str, dict[str, Order]] = defaultdict(dict)
        self.exposures = exposures
        self._next_id: dict[str, int] = {}
        self._next_amendment = itertools.count(5001)
        self.client_ids = ClientIds("sim")

    def take_id(self, symbol: Symbol) -> int:
        """Return the next order id; they increase per symbol (10.10)."""
        last = self._next_id.get(symbol.name)
        if last is None:
            last = FIRST_ORDER_ID + len(self._next_id) * IDS_OF_A_SYMBOL
        self._next_id[symbol.name] = last + 1
        return last + 1

    def add(self, order: Order) -> None:
        """Register an accepted order as open."""
        name = order.symbol.name
        self.orders[name][order.id] = order
        self.open[name][order.id] = order
        if order.closing:
            self.reducing[name][order.id] = order
        self._by_client[name][order.client_id] = order
        self.weigh(order)

    def adopt(self, order: Order) -> None:
        """Register an order of a saved account; later ids come after its own."""
        self._next_id[order.symbol.name] = max(self._next_id.get(order.symbol.name, 0), order.id)
        order.client_id = order.client_id or self.client_ids.take()
        self.add(order)

    def close(self, order: Order) -> None:
        """Note that an order has ended; it stays in the history."""
        self.open[order.symbol.name].pop(order.id, None)
        if order.closing:
            self.reducing[order.symbol.name].pop(order.id, None)
        self.weigh(order)

    def weigh(self, order: Order) -> None:
        """Bring the open notional of the order's side up to date after any change of the order."""
        self.exposures.weigh(order)

    def exposure(self, order: Order) -> Exposure:
        """Return the open notional of the order's symbol and position side."""
        return self.exposures.of(order.symbol.name, order.position_side)

    def reducing_quantity(self, symbol: str, position_side: str, side: str) -> Decimal:
        """Return how much the open reduce-only orders of a side could still take off a position."""
        rows = self.reducing[symbol].values()
        return sum((o.remaining for o in rows if (o.position_side, o.side) == (position_side, side)), Decimal(0))

    def note_trade(self, trade: Trade) -> None:
        """Keep a trade."""
        self.trades[trade.order.symbol.name].append(trade)
        self.trades_of.setdefault(trade.order.id, []).append(trade)

    def note_amendment(
        self, order: Order, now_ms: int, price: Decimal, quantity: Decimal, modify_id: int | None
    ) -> None:
        """Keep that the order's price and quantity became these."""
        order.amendments += 1
        self.amendments.setdefault(order.id, []).append(
            Amendment(
                next(self._next_amendment),
                order,
                now_ms,
                order.price,
                price,
                order.quantity,
                quantity,
                order.amendments,
                modify_id,
            )
        )

    def forget(self, symbol: str, *, orders: bool, trades: bool) -> None:
        """Drop the finished orders, or the trades, of a symbol from the history, as the venue does after months."""
        if trades:
            for trade in self.trades.pop(symbol, []):
                self.trades_of.pop(trade.order.id, None)
        if not orders:
            return
        kept = self.open[symbol]
        self.orders[symbol] = dict(kept)
        self._by_client[symbol] = {order.client_id: order for order in kept.values()}

    def age(self, ms: int) -> None:
        """Let every order and trade be older by `ms`."""
        for symbol in self.orders.values():
            for order in symbol.values():
                order.time_ms -= ms
                order.update_ms -= ms
        for name, trades in self.trades.items():
            self.trades[name] = [replace(trade, time_ms=trade.time_ms - ms) for trade in trades]
        self.trades_of = {}
        for trades in self.trades.values():
            for trade in trades:
                self.trades_of.setdefault(trade.order.id, []).append(trade)

    def by_id(self, symbol: str, order_id: int) -> Order | None:
        """Return the order of that id on that symbol."""
        return self.orders[symbol].get(order_id) if symbol in self.orders else None

    def by_client_id(self, symbol: str, client_id: str) -> Order | None:
        """Return the newest order of that client order id on that symbol ([INF] 10.9)."""
        return self._by_client[symbol].get(client_id) if symbol in self._by_client else None

    def has_open_client_id(self, symbol: str, client_id: str) -> bool:
        """Return whether an open order has that client order id."""
        order = self.by_client_id(symbol, client_id)
        return order is not None and order.is_open

    def open_orders(self, symbol: str | None = None) -> list[Order]:
        """Return the open orders, of one symbol or of all, oldest first."""
        if symbol is not None:
            return list(self.open[symbol].values()) if symbol in self.open else []
        return [order for orders in self.open.values() for order in orders.values()]
