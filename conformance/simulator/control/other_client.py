"""Another client of the same account: its orders and positions."""

from typing import Any

from conformance.simulator.control.acts import Acts, ControlError, Number, positive
from conformance.simulator.model.words import Side
from conformance.simulator.params import Params
from conformance.simulator.rest import algo as algo_calls
from conformance.simulator.rest import order_shapes
from conformance.simulator.rest import orders as order_calls


class OtherClientActs(Acts):
    """Acts of another client, such as the exchange's own app."""

    def place_as_other(self, **params: object) -> dict[str, Any]:
        """Place an order as another client of the account would, by the parameters of POST /order.

        Where `algoType` is given, by those of POST /algoOrder. Returns the answer; raises `Refusal` as the venue would
        refuse.
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
        directions: dict[str, Side] = {"LONG": "BUY", "BUY": "BUY", "SHORT": "SELL", "SELL": "SELL"}
        direction = directions.get(side.upper())
        if direction is None:
            raise ControlError(f"side: expected LONG or SHORT, got {side!r}")
        instrument = self._instrument(symbol)
        at = instrument.last if price is None else positive(price, "price")
        self._venue.trade_at(instrument, direction, positive(quantity, "quantity"), at)
