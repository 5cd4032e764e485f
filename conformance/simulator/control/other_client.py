"""Another client of the same account: its orders and positions."""

from typing import Any

from conformance.simulator.control.acts import Acts, ControlError, Number, flag, positive
from conformance.simulator.model.words import Side
from conformance.simulator.params import Params
from conformance.simulator.rest import algo as algo_calls
from conformance.simulator.rest import algo_shapes, order_shapes
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
        """Cancel an order as another client of the account would; a waiting algo order too, by either of its ids."""
        algo = self._algo(order_id)
        try:
            if algo is not None and algo.symbol.name == symbol and algo.is_open:
                return algo_shapes.cancelled(self._venue.algo.cancel(algo.id, None))
            return order_shapes.placed(self._venue.changes.cancel(symbol, self._find(symbol, order_id).id, None))
        finally:
            self._venue.conclude()

    def amend_as_other(
        self, symbol: str, order_id: int | str, *, quantity: Number | None = None, price: Number | None = None
    ) -> dict[str, Any]:
        """Amend a LIMIT order as another client would; what is not given stays. Raises `Refusal` as the venue would."""
        order = self._find(symbol, order_id)
        try:
            amended = self._venue.changes.amend(
                symbol,
                order.id,
                None,
                side=order.side,
                quantity=order.quantity if quantity is None else positive(quantity, "quantity"),
                price=order.price if price is None else positive(price, "price"),
            )
            return order_shapes.amended(amended, None)
        finally:
            self._venue.conclude()

    def cancel_all_as_other(self, symbol: str) -> None:
        """Cancel every open order of a symbol as another client would, waiting algo orders too."""
        name = self._instrument(symbol).symbol.name
        self._venue.changes.cancel_all(name)
        self._venue.algo.cancel_all(name)
        self._venue.conclude()

    def open_position(self, symbol: str, side: str, quantity: Number, price: Number | None = None) -> None:
        """Open (or add to) a position by a market order of another client that fills at `price`, default the last.

        `side` is LONG or SHORT (BUY and SELL mean the same); in hedge mode it is the position side too.
        """
        directions: dict[str, Side] = {"LONG": "BUY", "BUY": "BUY", "SHORT": "SELL", "SELL": "SELL"}
        direction = directions.get(side.upper())
        if direction is None:
            raise ControlError(f"side: expected LONG or SHORT, got {side!r}")
        instrument = self._instrument(symbol)
        at = instrument.last if price is None else positive(price, "price")
        self._venue.trade_at(instrument, direction, positive(quantity, "quantity"), at)

    def close_position(
        self,
        symbol: str,
        quantity: Number | None = None,
        price: Number | None = None,
        position_side: str = "BOTH",
    ) -> None:
        """Close (`quantity` of) a position by another client's market order that fills at `price`, default the last.

        In hedge mode `position_side` says which.
        """
        position = self._held(symbol, position_side)
        amount = abs(position.amount) if quantity is None else positive(quantity, "quantity")
        if amount > abs(position.amount):
            raise ControlError(f"quantity: the position has {abs(position.amount)}, {amount} was asked for")
        instrument = self._instrument(symbol)
        at = instrument.last if price is None else positive(price, "price")
        self._venue.trade_at(instrument, "SELL" if position.amount > 0 else "BUY", amount, at, position.side)

    # --- settings

    def set_position_mode(self, *, hedged: bool) -> None:
        """Switch hedge mode on or off; refused as the venue would with open orders or positions. Emits no event."""
        self._exchange.settings.position_mode(hedged=flag(hedged, "hedged"))

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose a symbol's leverage as another client would; emits ACCOUNT_CONFIG_UPDATE."""
        self._exchange.settings.leverage(self._instrument(symbol), int(leverage))

    def set_margin_type(self, symbol: str, *, isolated: bool) -> None:
        """Choose isolated or cross margin as another client would; emits ACCOUNT_UPDATE."""
        self._exchange.settings.margin_type(self._instrument(symbol), isolated=flag(isolated, "isolated"))
