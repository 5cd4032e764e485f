"""The venue's order rules, checked against an instrument before anything is sent.

Sources: Binance USDⓈ-M futures, `exchangeInfo` filters (PRICE_FILTER, LOT_SIZE, MARKET_LOT_SIZE, MIN_NOTIONAL) and the
New Order and New Algo Order pages. Filters arrive through NautilusTrader's instrument, which both generations build
alike; MARKET_LOT_SIZE only in its `info`, the venue's own record. The error codes in the rules' names are those with
which the venue would refuse the same order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, Decimal, InvalidOperation
from typing import Any, Literal, Self

Number = Decimal | str | int
"""A number given exactly. NautilusTrader's `Price` and `Quantity` are taken too; floats are not, being inexact."""

Side = Literal["BUY", "SELL"]

CLIENT_ORDER_ID_LENGTH = 36
_ILLEGAL_IN_CLIENT_ORDER_ID = re.compile(r"[^.A-Z:/a-z0-9_-]")

MIN_CALLBACK_RATE = Decimal("0.1")
MAX_CALLBACK_RATE = Decimal("20")
"""Per cent; the venue's ceiling since 2026-10-23 (10 before)."""

MAX_CALLBACK_RATE_OF_2X = Decimal(10)
"""Per cent; what NautilusTrader 2.0.0rc3 … rc7 lets through. 1.x says its own ceiling, and is asked for it."""


class OrderRefusedError(ValueError):
    """An order that the venue would refuse. Nothing was sent.

    rule     the venue's rule, with the code of its rejection
    given    the value that breaks it
    nearest  the nearest value that the rule allows, or None where there is none
    """

    def __init__(self, rule: str, given: object, nearest: object | None, explanation: str) -> None:
        hint = "" if nearest is None else f"; the nearest valid one is {nearest}"
        super().__init__(f"{rule}: {explanation}{hint}")
        self.rule = rule
        self.given = given
        self.nearest = nearest


@dataclass(frozen=True, kw_only=True)
class Filters:
    """An instrument's limits as exact numbers. None or zero means that the venue sets no such limit."""

    tick: Decimal
    min_price: Decimal | None
    max_price: Decimal | None
    step: Decimal
    min_quantity: Decimal | None
    max_quantity: Decimal | None
    max_market_quantity: Decimal | None
    min_notional: Decimal | None

    @classmethod
    def of(cls, instrument: Any) -> Self:
        """Read the limits of a native instrument of either generation."""
        max_quantity = _limit(instrument.max_quantity)
        return cls(
            tick=exact(instrument.price_increment, "price_increment"),
            min_price=_limit(instrument.min_price),
            max_price=_limit(instrument.max_price),
            step=exact(instrument.size_increment, "size_increment"),
            min_quantity=_limit(instrument.min_quantity),
            max_quantity=max_quantity,
            max_market_quantity=_market_max(instrument) or max_quantity,
            min_notional=_limit(instrument.min_notional),
        )


def exact(value: Any, name: str) -> Decimal:
    """Return a number as the Decimal it was written as; `OrderRefusedError` for floats and for what is no number."""
    if isinstance(value, float):
        raise OrderRefusedError(
            "exact numbers", value, f"Decimal({str(value)!r})", f"{name} {value!r} is a float, which is inexact"
        )
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or isinstance(value, bool):
        raise OrderRefusedError("exact numbers", value, None, f"{name} {value!r} is not a finite number")
    return number


def check_quantity(filters: Filters, quantity: Decimal, *, market: bool) -> None:
    """LOT_SIZE, and MARKET_LOT_SIZE for orders that execute as market orders."""
    most = filters.max_market_quantity if market else filters.max_quantity
    least = filters.min_quantity or filters.step
    if quantity <= 0 or quantity < least:
        raise OrderRefusedError("minimum quantity (-4003, -4004)", quantity, least, f"{quantity} is below {least}")
    if most is not None and quantity > most:
        name = "maximum market quantity (-4005)" if market else "maximum quantity (-4005)"
        raise OrderRefusedError(name, quantity, most, f"{quantity} is above {most}")
    nearest = _on_grid(quantity, filters.step, filters.min_quantity, most)
    if nearest != quantity:
        raise OrderRefusedError(
            "quantity step (-4023, -1111)", quantity, nearest, f"{quantity} is not a multiple of {filters.step}"
        )


def check_price(filters: Filters, price: Decimal, name: str) -> None:
    """PRICE_FILTER, for a price, a trigger price or an activation price."""
    least = filters.min_price or filters.tick
    if price < least:
        raise OrderRefusedError("minimum price (-4001, -4013)", price, least, f"{name} {price} is below {least}")
    if filters.max_price is not None and price > filters.max_price:
        raise OrderRefusedError(
            "maximum price (-4002)", price, filters.max_price, f"{name} {price} is above {filters.max_price}"
        )
    nearest = _on_grid(price, filters.tick, filters.min_price, filters.max_price)
    if nearest != price:
        raise OrderRefusedError(
            "price tick (-4014, -1111)", price, nearest, f"{name} {price} is not a multiple of {filters.tick}"
        )


def check_notional(filters: Filters, quantity: Decimal, price: Decimal, *, reduce_only: bool, market: bool) -> None:
    """MIN_NOTIONAL. The venue takes the mark price for orders without one; reduce-only orders are exempt."""
    notional = quantity * price
    if filters.min_notional is None or reduce_only or notional >= filters.min_notional:
        return
    steps = (filters.min_notional / price / filters.step).to_integral_value(ROUND_CEILING)
    nearest: Decimal | None = steps * filters.step
    most = filters.max_market_quantity if market else filters.max_quantity
    if nearest is not None and most is not None and nearest > most:
        nearest = None
    raise OrderRefusedError(
        "minimum notional (-4164)",
        quantity,
        nearest,
        f"a quantity of {quantity} at {price} is worth {_plain(notional)}, below {_plain(filters.min_notional)}",
    )


def check_trigger_side(filters: Filters, name: str, trigger: Decimal, last: Decimal, *, above: bool) -> None:
    """An algo order whose trigger the last price has already reached is refused by the venue."""
    if trigger > last if above else trigger < last:
        return
    raise OrderRefusedError(
        "trigger side (-2021)",
        trigger,
        _beyond(last, filters.tick, above=above),
        f"{name} {trigger} would trigger at once: it must be {'above' if above else 'below'} the last price, {last}",
    )


def check_callback_rate(rate: Decimal, ceiling: Decimal) -> None:
    """The distance of a trailing stop, in per cent, in steps of the basis point that NautilusTrader speaks in."""
    nearest = min(max(rate, MIN_CALLBACK_RATE), ceiling).quantize(Decimal("0.01"), ROUND_HALF_DOWN)
    if nearest != rate:
        raise OrderRefusedError(
            "callback rate (-2007)",
            rate,
            _plain(nearest),
            f"{rate} % is not from {MIN_CALLBACK_RATE} to {ceiling} in steps of 0.01",
        )


def check_client_order_id(client_order_id: str) -> None:
    """Binance: `^[\\.A-Z\\:/a-z0-9_-]{1,36}$`, for orders and algo orders alike."""
    legal = _ILLEGAL_IN_CLIENT_ORDER_ID.sub("", client_order_id)[:CLIENT_ORDER_ID_LENGTH]
    if legal == client_order_id and legal:
        return
    raise OrderRefusedError(
        "client order id (-4015)",
        client_order_id,
        repr(legal) if legal else None,
        f"{client_order_id!r} ({len(client_order_id)} characters) is not 1 to {CLIENT_ORDER_ID_LENGTH} characters of "
        "letters, digits and . : / _ -",
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _limit(value: Any) -> Decimal | None:
    """The amount of a native Price, Quantity or Money, whose text is a number, with a currency for Money."""
    return None if value is None else exact(str(value).split(" ")[0], "limit") or None


def _market_max(instrument: Any) -> Decimal | None:
    info = getattr(instrument, "info", None)
    for each in (info or {}).get("filters", ()):
        if isinstance(each, Mapping) and each.get("filterType") == "MARKET_LOT_SIZE":
            return _limit(each.get("maxQty"))
    return None


def _on_grid(value: Decimal, increment: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    """The value nearest to `value` for which (value − least) is a multiple of `increment`, within the limits."""
    if not increment:
        return value
    origin = least or Decimal(0)
    nearest = origin + ((value - origin) / increment).to_integral_value(ROUND_HALF_DOWN) * increment
    if nearest == value:
        return value
    if most is not None and nearest > most:
        nearest -= increment
    return nearest or increment


def _beyond(last: Decimal, tick: Decimal, *, above: bool) -> Decimal:
    """The first price on the grid strictly above or below `last`."""
    if above:
        return ((last / tick).to_integral_value(ROUND_FLOOR) + 1) * tick
    return ((last / tick).to_integral_value(ROUND_CEILING) - 1) * tick
