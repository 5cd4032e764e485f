"""What every act of the control starts from: the venue, and numbers, symbols, orders and positions as given."""

from collections.abc import Iterable
from decimal import Decimal

from conformance.simulator.errors import Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.model.order import Order
from conformance.simulator.model.position import Position
from conformance.simulator.model.words import POSITION_SIDES, PositionSide
from conformance.simulator.numbers import parse_decimal

Number = Decimal | int | str
Levels = Iterable[tuple[Number, Number]]


class ControlError(ValueError):
    """An act that makes no sense; the message says what was given and what is possible."""


def decimal(value: Number, what: str) -> Decimal:
    """Return a number as given; `what` names it in the error."""
    number = parse_decimal(str(value))
    if number is None:
        raise ControlError(f"{what}: expected a decimal number, got {str(value)[:60]!r}")
    return number


def positive(value: Number, what: str) -> Decimal:
    """Return a number above 0."""
    number = decimal(value, what)
    if number <= 0:
        raise ControlError(f"{what}: expected a number above 0, got {value}")
    return number


def whole(value: int | str, what: str, low: int, high: int) -> int:
    """Return a whole number between two bounds, both of them allowed."""
    given = str(value)[:25]
    if isinstance(value, bool) or not given.removeprefix("-").isdecimal() or not low <= int(given) <= high:
        raise ControlError(f"{what}: expected a whole number from {low} to {high}, got {given!r}")
    return int(given)


def flag(value: bool | str, what: str) -> bool:
    """Return a boolean as given, or as the text "true" or "false", as the control page's queries have it."""
    if isinstance(value, bool):
        return value
    return word(str(value).lower(), ("true", "false"), what) == "true"


def word[T: str](value: str, choices: tuple[T, ...], what: str) -> T:
    """Return `value` where it is one of a closed vocabulary."""
    for choice in choices:
        if choice == value:
            return choice
    raise ControlError(f"{what}: expected one of {', '.join(choices)}, got {value!r}")


class Acts:
    """Acts on one venue. No act fakes a result: it changes the venue's state, and the events follow from that."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._venue = exchange.venue

    def _instrument(self, symbol: str) -> Instrument:
        try:
            return self._venue.market.find(symbol)
        except Refusal:
            known = ", ".join(list(self._venue.market.instruments)[:8])
            raise ControlError(f"no symbol {symbol!r}; this venue has {known}") from None

    def _find(self, symbol: str, order_id: int | str) -> Order:
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

    def _waiting(self, algo_id: int | str) -> AlgoOrder:
        """Return the waiting algo order of that venue id or client id."""
        algo = self._algo(algo_id)
        if algo is None or not algo.is_open:
            known = [waiting.client_id for waiting in self._venue.algo.open.values()][:8]
            state = "no algo order" if algo is None else f"{algo.status} is algo order"
            raise ControlError(f"{state} {algo_id!r}; waiting: {', '.join(known) or 'none'}")
        return algo

    def _algo(self, algo_id: int | str) -> AlgoOrder | None:
        text = str(algo_id)
        try:
            return self._venue.algo.find(None, text)
        except Refusal:
            return self._venue.algo.orders.get(int(text)) if text.isdigit() else None

    def _held(self, symbol: str, position_side: str) -> Position:
        self._instrument(symbol)
        side = self._position_side(position_side)
        position = self._venue.account.positions.get((symbol, side))
        if position is None or position.amount == 0:
            raise ControlError(f"there is no {position_side} position on {symbol}")
        return position

    @staticmethod
    def _position_side(given: str) -> PositionSide:
        return word(given, POSITION_SIDES, "position_side")
