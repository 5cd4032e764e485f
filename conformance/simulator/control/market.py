"""The market under control: prices, book, and what other traders do to the account's resting orders."""

from decimal import Decimal
from typing import Any

from conformance.simulator.control.acts import Acts, ControlError, Levels, Number, positive, whole, word
from conformance.simulator.model.words import SIDES
from conformance.simulator.rest import order_shapes

HIGHEST_TRADE_ID = 10**15


class MarketActs(Acts):
    """Acts of the market."""

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
        for step in [positive(price, "price") for price in path]:
            self._venue.move_price(instrument, step)

    def print_trade(self, symbol: str) -> None:
        """Let others trade among themselves at the last price: no resting order of the account is touched."""
        self._venue.print_trade(self._instrument(symbol))

    def number_trades(self, symbol: str, trade_id: int) -> None:
        """Let the symbol's next trade have this id, above those that it has had: each symbol counts its own, from 1."""
        instrument = self._instrument(symbol)
        lowest = instrument.trades[-1].id + 1 if instrument.trades else 1
        instrument.number_trades_from(whole(trade_id, "trade_id", lowest, HIGHEST_TRADE_ID))

    def set_mark(self, symbol: str, price: Number) -> None:
        """Move the mark (and index) price alone."""
        self._instrument(symbol).set_mark(positive(price, "mark price"))
        self._venue.conclude()

    def set_book(self, symbol: str, bids: Levels, asks: Levels) -> None:
        """Let other traders offer exactly these (price, quantity) levels until the price is moved again.

        Where the levels cross the account's resting orders they trade with them. They are used up by trades.
        """
        sides = [
            [(positive(price, "price"), positive(quantity, "quantity")) for price, quantity in levels]
            for levels in (bids, asks)
        ]
        if sides[0] and sides[1] and max(sides[0])[0] >= min(sides[1])[0]:
            raise ControlError(f"the best bid {max(sides[0])[0]} is not below the best ask {min(sides[1])[0]}")
        self._venue.set_book(self._instrument(symbol), sides[0], sides[1])

    def trade(self, symbol: str, side: str, quantity: Number) -> None:
        """Let another trader send a market order of `side` that takes the account's resting orders, best first."""
        self._venue.take(self._instrument(symbol), word(side, SIDES, "side"), positive(quantity, "quantity"))

    def fill(
        self,
        symbol: str,
        order_id: int | str,
        quantity: Number | None = None,
        price: Number | None = None,
    ) -> dict[str, Any]:
        """Let another trader take `quantity` (default: all) of a resting order, at its own price unless one is given.

        `order_id` is the venue's id or the client order id. Returns the order as GET /order would.
        """
        order = self._find(symbol, order_id)
        if not order.is_open:
            raise ControlError(f"order {order_id} is {order.status}: only an open order can be filled")
        wanted = order.remaining if quantity is None else positive(quantity, "quantity")
        if wanted > order.remaining:
            raise ControlError(f"order {order_id} has {order.remaining} left, {wanted} was asked for")
        at = order.price if price is None else positive(price, "price")
        if (at - order.price) * order.direction > 0:
            raise ControlError(f"a {order.side} at {order.price} cannot fill at the worse price {at}")
        self._venue.desk.trade_with(order, wanted, at)
        self._venue.conclude()
        return order_shapes.queried(order)
