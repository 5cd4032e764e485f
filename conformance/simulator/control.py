"""The control: what a test does to the venue that no client of Binance can do.

No control ever fakes a result: it acts on the venue's state, and the events follow from that.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from conformance.simulator.errors import Refusal
from conformance.simulator.events.bus import Event
from conformance.simulator.exchange import Exchange
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.numbers import money, parse_decimal, trimmed
from conformance.simulator.params import Params
from conformance.simulator.rest import algo as algo_calls
from conformance.simulator.rest import algo_shapes, order_shapes
from conformance.simulator.rest import orders as order_calls

Number = Decimal | int | str
Levels = Iterable[tuple[Number, Number]]


class ControlError(ValueError):
    """A control that makes no sense; the message says what was given and what is possible."""


def _decimal(value: Number, what: str) -> Decimal:
    number = parse_decimal(str(value))
    if number is None:
        raise ControlError(f"{what}: expected a decimal number, got {str(value)[:60]!r}")
    return number


def _positive(value: Number, what: str) -> Decimal:
    number = _decimal(value, what)
    if number <= 0:
        raise ControlError(f"{what}: expected a number above 0, got {value}")
    return number


class Control:
    """Acts on a venue in-process. The same acts are served at /_control."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._venue = exchange.venue

    def _instrument(self, symbol: str) -> Instrument:
        try:
            return self._venue.market.find(symbol)
        except Refusal:
            known = ", ".join(list(self._venue.market.instruments)[:8])
            raise ControlError(f"no symbol {symbol!r}; this venue has {known}") from None

    # --- the market

    def price(self, symbol: str) -> Decimal:
        """Return the last price."""
        return self._instrument(symbol).last

    def tick(self, symbol: str) -> Decimal:
        """Return the tick size: the step of every price."""
        return self._instrument(symbol).symbol.tick

    def mark(self, symbol: str) -> Decimal:
        """Return the mark price."""
        return self._instrument(symbol).mark

    def move_price(self, symbol: str, *path: Number) -> None:
        """Let the market trade along these prices, one after the other.

        At each: resting orders that it reaches fill as makers at their own price, the last and mark price follow, the
        default book forms around it, and algo orders trigger.
        """
        instrument = self._instrument(symbol)
        for step in [_positive(price, "price") for price in path]:
            self._venue.move_price(instrument, step)

    def set_mark(self, symbol: str, price: Number) -> None:
        """Move the mark (and index) price alone."""
        self._instrument(symbol).set_mark(_positive(price, "mark price"))
        self._venue.conclude()

    def set_book(self, symbol: str, bids: Levels, asks: Levels) -> None:
        """Let other traders offer exactly these (price, quantity) levels until the price is moved again.

        Where the levels cross the account's resting orders they trade with them. They are used up by trades.
        """
        sides = [
            [(_positive(price, "price"), _positive(quantity, "quantity")) for price, quantity in levels]
            for levels in (bids, asks)
        ]
        if sides[0] and sides[1] and max(sides[0])[0] >= min(sides[1])[0]:
            raise ControlError(f"the best bid {max(sides[0])[0]} is not below the best ask {min(sides[1])[0]}")
        self._venue.set_book(self._instrument(symbol), sides[0], sides[1])

    def fill(
        self,
        symbol: str,
        order_id: int | str,
        quantity: Number | None = None,
        price: Number | None = None,
    ) -> dict[str, Any]:
        """Let another trader take `quantity` (default: all) of a resting order, at its own price unless told.

        `order_id` is the venue's id or the client order id. Returns the order as GET /order would.
        """
        order = self._find(symbol, order_id)
        if not order.is_open:
            raise ControlError(f"order {order_id} is {order.status}: only an open order can be filled")
        wanted = order.remaining if quantity is None else _positive(quantity, "quantity")
        if wanted > order.remaining:
            raise ControlError(f"order {order_id} has {order.remaining} left, {wanted} was asked for")
        at = order.price if price is None else _positive(price, "price")
        if (at - order.price) * order.direction > 0:
            raise ControlError(f"a {order.side} at {order.price} cannot fill at the worse price {at}")
        self._venue.desk.trade_with(order, wanted, at)
        self._venue.conclude()
        return order_shapes.queried(order)

    def _find(self, symbol: str, order_id: int | str) -> Any:
        self._instrument(symbol)
        register = self._venue.register
        order = (
            register.by_id(symbol, order_id) if isinstance(order_id, int) else register.by_client_id(symbol, order_id)
        )
        if order is None and isinstance(order_id, str) and order_id.isdigit():
            order = register.by_id(symbol, int(order_id))
        if order is None:
            known = [o.client_id for o in register.open_orders(symbol)][:8]
            raise ControlError(f"no order {order_id!r} on {symbol}; open there: {', '.join(known) or 'none'}")
        return order

    # --- another client of the same account

    def place_as_other(self, **params: object) -> dict[str, Any]:
        """Place an order as another client of the account would: the parameters of POST /order, or of POST /algoOrder
        where `algoType` is given. Returns the answer; raises `Refusal` as the venue would refuse.
        """
        values = Params({name: str(value) for name, value in params.items() if value is not None})
        place = algo_calls.place if values.has("algoType") else order_calls.place
        try:
            return place(self._exchange, values)
        finally:
            self._venue.conclude()

    def cancel_as_other(self, symbol: str, order_id: int | str) -> dict[str, Any]:
        """Cancel an order as another client of the account would."""
        order = self._find(symbol, order_id)
        try:
            return order_shapes.placed(self._venue.changes.cancel(symbol, order.id, None))
        finally:
            self._venue.conclude()

    def open_position(self, symbol: str, side: str, quantity: Number, price: Number | None = None) -> None:
        """Open (or add to) a position by a market order of another client that fills at `price`, default the last.

        `side` is LONG or SHORT (BUY and SELL mean the same).
        """
        direction = {"LONG": "BUY", "BUY": "BUY", "SHORT": "SELL", "SELL": "SELL"}.get(side.upper())
        if direction is None:
            raise ControlError(f"side: expected LONG or SHORT, got {side!r}")
        instrument = self._instrument(symbol)
        at = instrument.last if price is None else _positive(price, "price")
        self._venue.trade_at(instrument, direction, _positive(quantity, "quantity"), at)

    # --- streams and time

    def expire_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        self._exchange.listen_keys.expire()

    def advance(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""
        if ms < 0:
            raise ControlError(f"the venue's clock cannot go back by {-ms} ms")
        self._venue.clock.advance(ms)
        self._venue.conclude()

    def now_ms(self) -> int:
        """Return the venue's time."""
        return self._venue.clock.now_ms()

    # --- what the venue knows

    @property
    def events(self) -> list[Event]:
        """The latest events as the venue emitted them, oldest first (`Options.events_kept` of them)."""
        return list(self._venue.bus.recent)

    def observe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event as it is emitted; returns what ends that."""
        return self._venue.bus.observe(listener)

    def books(self) -> dict[str, Any]:
        """Return the venue's truth, all numbers as strings.

        `orders` and `algo_orders` are the open ones as queries show them, `positions` those with an amount, `balances` by
        asset, `ledger` by asset the sums that make each balance.
        """
        venue = self._venue
        margins = venue.margin.assets()
        return {
            "orders": [order_shapes.queried(order) for order in venue.register.open_orders()],
            "algo_orders": [algo_shapes.queried(algo) for algo in venue.algo.open.values()],
            "positions": [
                {
                    "symbol": position.symbol,
                    "positionSide": position.side,
                    "positionAmt": trimmed(position.amount),
                    "entryPrice": trimmed(position.entry),
                    "isolatedWallet": trimmed(position.isolated_wallet),
                    "realised": trimmed(position.realised),
                }
                for position in venue.account.positions.values()
                if position.amount
            ],
            "balances": [
                {
                    "asset": wallet.asset,
                    "walletBalance": money(wallet.balance),
                    "availableBalance": money(margins[wallet.asset].available),
                }
                for wallet in venue.account.wallets.values()
            ],
            "ledger": {
                wallet.asset: {name: money(amount) for name, amount in wallet.sums.items()}
                for wallet in venue.account.wallets.values()
            },
        }
