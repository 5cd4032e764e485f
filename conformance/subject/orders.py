"""Orders as a case asks for them: one immutable request each, in the subject protocol's own words.

Quantities and prices are decimal strings or `Decimal`; they reach the trader as strings, so that nothing is rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, Self

from conformance.binance.order_types import CONDITIONAL, VENUE_TYPE

Side = Literal["BUY", "SELL"]
Number = str | Decimal


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order to submit. `client_order_id` is given by the trader when empty: the same in every run of a case."""

    type: str
    side: Side
    quantity: str
    symbol: str = "BTCUSDT"
    client_order_id: str = ""
    price: str | None = None
    trigger_price: str | None = None
    activation_price: str | None = None
    trigger_type: str | None = None
    callback_rate: str | None = None
    trailing_offset: str | None = None
    """How far a trailing stop follows the price, in place of a `callback_rate`, and in `trailing_offset_type`."""
    trailing_offset_type: str | None = None
    """What the offset is in: `PRICE`, `TICKS`, or `BASIS_POINTS`, which alone the venue has a word for."""
    limit_offset: str | None = None
    """How far the price of a trailing stop limit order is from its trigger."""
    time_in_force: str | None = None
    expire_time_ms: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    close_position: bool = False
    """Close the whole position when triggered (`closePosition`), whatever the quantity; conditional orders only."""
    price_match: str | None = None
    """Let the venue price the order, such as `QUEUE_5` (`priceMatch`)."""
    quote_quantity: bool = False
    """Whether the quantity is an amount of the quote currency, which the venue's orders cannot say."""
    display_qty: str | None = None
    emulation_trigger: str | None = None
    """Hold the order locally until the price of this kind, `LAST_PRICE` or `BID_ASK`, triggers it."""
    trigger_symbol: str | None = None
    """Whose price triggers an order that is held locally, where it is not that of its own `symbol`."""
    position_id: str | None = None
    """Which of a symbol's two positions it is for, in hedge mode: `BTCUSDT-PERP.BINANCE-LONG` or `-SHORT`."""
    exec_algorithm_id: str | None = None
    """The execution algorithm of the trader's that carries it out, `TWAP`; it makes further orders of it."""
    exec_algorithm_params: Mapping[str, Any] | None = None
    tags: tuple[str, ...] | None = None
    params: Mapping[str, Any] | None = None
    """Further native params of the Binance client."""

    @property
    def conditional(self) -> bool:
        """Whether the order waits for a trigger, and so belongs to the Algo service."""
        return VENUE_TYPE.get(self.type) in CONDITIONAL

    def named(self, client_order_id: str) -> Self:
        """Return the same order under an explicit client order id (at most 36 characters, the venue's limit)."""
        if not 0 < len(client_order_id) <= 36:
            raise ValueError(
                f"client order id {client_order_id!r}: {len(client_order_id)} characters, allowed: 1 to 36"
            )
        return replace(self, client_order_id=client_order_id)

    def but(self, **terms: Any) -> Self:
        """Return the same order with other terms, such as `display_qty="0.005"`; a `Decimal` becomes its figures."""
        figures: dict[str, Any] = {name: str(term) for name, term in terms.items() if isinstance(term, Decimal)}
        return replace(self, **{**terms, **figures})

    def to_command(self) -> dict[str, Any]:
        """Return the `order` object of the subject protocol's `submit`."""
        return {
            name: value
            for name in self.__slots__
            if (value := getattr(self, name)) is not None and value is not False and value != ""
        }


def market(side: Side, quantity: Number, *, reduce_only: bool = False) -> OrderRequest:
    """A market order."""
    return OrderRequest("MARKET", side, str(quantity), reduce_only=reduce_only)


def limit(
    side: Side,
    quantity: Number,
    price: Number,
    *,
    time_in_force: str = "GTC",
    post_only: bool = False,
    reduce_only: bool = False,
    expire_time_ms: int | None = None,
) -> OrderRequest:
    """A limit order; `post_only` becomes GTX at the venue, GTD needs `expire_time_ms`."""
    return OrderRequest(
        "LIMIT",
        side,
        str(quantity),
        price=str(price),
        time_in_force=time_in_force,
        expire_time_ms=expire_time_ms,
        post_only=post_only,
        reduce_only=reduce_only,
    )


def stop_market(
    side: Side, quantity: Number, *, trigger: Number, reduce_only: bool = False, trigger_type: str | None = None
) -> OrderRequest:
    """A stop market order: a market order once the last (or, `MARK_PRICE`, the mark) price has crossed `trigger`."""
    return OrderRequest(
        "STOP_MARKET",
        side,
        str(quantity),
        trigger_price=str(trigger),
        trigger_type=trigger_type,
        reduce_only=reduce_only,
    )


def stop_limit(
    side: Side,
    quantity: Number,
    *,
    trigger: Number,
    price: Number,
    reduce_only: bool = False,
    time_in_force: str = "GTC",
    trigger_type: str | None = None,
) -> OrderRequest:
    """A stop limit order: a limit order at `price` once the last (or the mark) price has crossed `trigger`."""
    return OrderRequest(
        "STOP_LIMIT",
        side,
        str(quantity),
        price=str(price),
        trigger_price=str(trigger),
        time_in_force=time_in_force,
        trigger_type=trigger_type,
        reduce_only=reduce_only,
    )


def take_profit_market(side: Side, quantity: Number, *, trigger: Number, reduce_only: bool = False) -> OrderRequest:
    """A take-profit market order (market if touched): a market order once the price has come to `trigger`."""
    return OrderRequest("MARKET_IF_TOUCHED", side, str(quantity), trigger_price=str(trigger), reduce_only=reduce_only)


def take_profit_limit(
    side: Side, quantity: Number, *, trigger: Number, price: Number, reduce_only: bool = False
) -> OrderRequest:
    """A take-profit limit order (limit if touched): a limit order at `price` once the price has come to `trigger`."""
    return OrderRequest(
        "LIMIT_IF_TOUCHED",
        side,
        str(quantity),
        price=str(price),
        trigger_price=str(trigger),
        time_in_force="GTC",
        reduce_only=reduce_only,
    )


def trailing_stop_market(
    side: Side,
    quantity: Number,
    *,
    callback_rate: Number,
    activation: Number | None = None,
    reduce_only: bool = False,
) -> OrderRequest:
    """A trailing stop market order; `callback_rate` is in percent (0.1 to 20)."""
    return OrderRequest(
        "TRAILING_STOP_MARKET",
        side,
        str(quantity),
        callback_rate=str(callback_rate),
        activation_price=None if activation is None else str(activation),
        reduce_only=reduce_only,
    )
