"""Order helpers: check an order against its instrument, then let the strategy's own order factory build it.

Each returns NautilusTrader's order, for `strategy.submit_order(order)`; none sends anything. Each raises
`OrderRefusedError`, a `ValueError`, that says the rule, the value given and the nearest valid one.

Arguments that several of them share:

strategy         a registered strategy; its `order_factory` builds the order
instrument       the native instrument, from `strategy.cache.instrument(...)`
side             "BUY" or "SELL", or NautilusTrader's `OrderSide`
quantity, price, trigger_price, …  exact: Decimal, str, int, `Price` or `Quantity`; in units of the instrument
last_price       the latest price of the kind that triggers (`trigger_type`), or for market orders the mark price, by
                 which the venue values them
trigger_type     "LAST_PRICE" or "MARK_PRICE"
time_in_force    "GTC", "IOC" or "FOK"
client_order_id  1 to 36 characters; without one the order factory makes it
"""

from decimal import Decimal
from typing import Any

from . import installed
from .order_rules import (
    MAX_CALLBACK_RATE,
    MAX_CALLBACK_RATE_OF_2X,
    Filters,
    Number,
    OrderRefusedError,
    Side,
    check_callback_rate,
    check_client_order_id,
    check_notional,
    check_price,
    check_quantity,
    check_trigger_side,
    exact,
)

_TIMES_IN_FORCE = ("GTC", "IOC", "FOK")
_TRIGGER_TYPES = ("LAST_PRICE", "MARK_PRICE")


def market_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    *,
    last_price: Number,
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a market order. Its notional is estimated at `last_price`."""
    draft = _Draft(strategy, instrument, side, quantity, market=True, reduce_only=reduce_only, named=client_order_id)
    draft.check_notional(exact(last_price, "last_price"))
    return draft.build("market")


def limit_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    price: Number,
    *,
    time_in_force: str = "GTC",
    post_only: bool = False,
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a limit order; with `post_only` one that the venue refuses rather than lets it take (GTX)."""
    draft = _Draft(strategy, instrument, side, quantity, market=False, reduce_only=reduce_only, named=client_order_id)
    limit = draft.price(price, "price")
    draft.check_notional(limit)
    return draft.build("limit", price=draft.native_price(limit), **_resting(time_in_force, post_only=post_only))


def stop_market_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    trigger_price: Number,
    *,
    last_price: Number,
    trigger_type: str = "LAST_PRICE",
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a stop market order: a BUY triggers at or above its trigger, a SELL at or below. Algo service, GTC."""
    draft = _Draft(strategy, instrument, side, quantity, market=True, reduce_only=reduce_only, named=client_order_id)
    trigger = draft.trigger(trigger_price, last_price, above=draft.buys)
    draft.check_notional(exact(last_price, "last_price"))
    return draft.build(
        "stop_market", trigger_price=draft.native_price(trigger), trigger_type=_trigger_type(trigger_type)
    )


def stop_limit_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    *,
    price: Number,
    trigger_price: Number,
    last_price: Number,
    trigger_type: str = "LAST_PRICE",
    time_in_force: str = "GTC",
    post_only: bool = False,
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a stop limit order, which places a limit order at `price` when triggered. Algo service."""
    draft = _Draft(strategy, instrument, side, quantity, market=False, reduce_only=reduce_only, named=client_order_id)
    limit = draft.price(price, "price")
    trigger = draft.trigger(trigger_price, last_price, above=draft.buys)
    draft.check_notional(limit)
    return draft.build(
        "stop_limit",
        price=draft.native_price(limit),
        trigger_price=draft.native_price(trigger),
        trigger_type=_trigger_type(trigger_type),
        **_resting(time_in_force, post_only=post_only),
    )


def take_profit_market_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    trigger_price: Number,
    *,
    last_price: Number,
    trigger_type: str = "LAST_PRICE",
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a take-profit market order (NautilusTrader: market if touched): a SELL triggers at or above, a BUY below.

    Algo service, GTC.
    """
    draft = _Draft(strategy, instrument, side, quantity, market=True, reduce_only=reduce_only, named=client_order_id)
    trigger = draft.trigger(trigger_price, last_price, above=not draft.buys)
    draft.check_notional(exact(last_price, "last_price"))
    return draft.build(
        "market_if_touched", trigger_price=draft.native_price(trigger), trigger_type=_trigger_type(trigger_type)
    )


def trailing_stop_market_order(
    strategy: Any,
    instrument: Any,
    side: Side,
    quantity: Number,
    callback_rate: Number,
    *,
    last_price: Number,
    activation_price: Number | None = None,
    trigger_type: str = "LAST_PRICE",
    reduce_only: bool = False,
    client_order_id: str | None = None,
) -> Any:
    """Return a trailing stop market order, `callback_rate` per cent (0.1 to 20) behind the best price. Algo service.

    It starts to trail at `activation_price`, or at once. NautilusTrader denies rates above a ceiling of its own, which
    is then the ceiling here.
    """
    draft = _Draft(strategy, instrument, side, quantity, market=True, reduce_only=reduce_only, named=client_order_id)
    rate = exact(callback_rate, "callback_rate")
    check_callback_rate(rate, _callback_ceiling())
    last = exact(last_price, "last_price")
    fields: dict[str, Any] = {}
    if activation_price is not None:
        activation = draft.price(activation_price, "activation_price")
        check_trigger_side(draft.filters, "activation_price", activation, last, above=not draft.buys)
        fields["activation_price"] = draft.native_price(activation)
    draft.check_notional(last)
    return draft.build(
        "trailing_stop_market",
        trailing_offset=(rate * 100).to_integral_value(),  # NautilusTrader takes basis points.
        trailing_offset_type=_enums().TrailingOffsetType.BASIS_POINTS,
        trigger_type=_trigger_type(trigger_type),
        **fields,
    )


class _Draft:
    """What all six orders share: side, quantity, id; checked when made, native when built."""

    def __init__(
        self,
        strategy: Any,
        instrument: Any,
        side: Any,
        quantity: Any,
        *,
        market: bool,
        reduce_only: bool,
        named: str | None,
    ) -> None:
        self._factory = _order_factory(strategy)
        if instrument is None:
            raise OrderRefusedError(
                "instrument",
                None,
                None,
                "there is none: the cache has no instrument of that id, which a data client "
                "puts there when the node connects; look for its id in strategy.cache.instruments()",
            )
        self._instrument = instrument
        self._side = _order_side(side)
        self._quantity = exact(quantity, "quantity")
        self._reduce_only = reduce_only
        self._client_order_id = None if named is None else str(named)
        self._market = market
        self.filters = Filters.of(instrument)
        self.buys = self._side == _enums().OrderSide.BUY
        if self._client_order_id is not None:
            check_client_order_id(self._client_order_id)
        check_quantity(self.filters, self._quantity, market=market)

    def price(self, value: Any, name: str) -> Decimal:
        price = exact(value, name)
        check_price(self.filters, price, name)
        return price

    def trigger(self, value: Any, last_price: Any, *, above: bool) -> Decimal:
        trigger = self.price(value, "trigger_price")
        check_trigger_side(self.filters, "trigger_price", trigger, exact(last_price, "last_price"), above=above)
        return trigger

    def check_notional(self, price: Decimal) -> None:
        if price <= 0:
            raise OrderRefusedError("exact numbers", price, None, f"last_price {price} is not positive")
        check_notional(self.filters, self._quantity, price, reduce_only=self._reduce_only, market=self._market)

    def native_price(self, price: Decimal) -> Any:
        from nautilus_trader.model import Price

        return Price.from_str(f"{price:.{self._instrument.price_precision}f}")

    def build(self, method: str, **fields: Any) -> Any:
        from nautilus_trader.model import ClientOrderId, Quantity

        if self._client_order_id is not None:
            make = getattr(ClientOrderId, "from_str", ClientOrderId)
            fields["client_order_id"] = make(self._client_order_id)
        order = getattr(self._factory, method)(
            instrument_id=self._instrument.id,
            order_side=self._side,
            quantity=Quantity.from_str(f"{self._quantity:.{self._instrument.size_precision}f}"),
            reduce_only=self._reduce_only,
            **fields,
        )
        # Long trader and strategy names can make the order factory's own ids too long for the venue.
        check_client_order_id(str(order.client_order_id))
        return order


def _order_factory(strategy: Any) -> Any:
    try:
        factory = strategy.order_factory
    except RuntimeError:  # 2.x, before registration
        factory = None
    if factory is None:  # 1.x, before registration
        raise OrderRefusedError(
            "strategy", strategy, None, "it is not registered with a node yet; build orders from on_start onwards"
        )
    return factory


def _order_side(side: Any) -> Any:
    sides = _enums().OrderSide
    for name in ("BUY", "SELL"):
        native = getattr(sides, name)
        if side == name if isinstance(side, str) else side == native:
            return native
    nearest = side.upper() if isinstance(side, str) and side.upper() in ("BUY", "SELL") else None
    raise OrderRefusedError("side (-1117)", side, nearest, f"{side!r} is neither BUY nor SELL")


def _resting(time_in_force: str, *, post_only: bool) -> dict[str, Any]:
    if time_in_force not in _TIMES_IN_FORCE:
        raise OrderRefusedError(
            "time in force (-1115)",
            time_in_force,
            "GTC",
            f"{time_in_force!r} is none of {', '.join(_TIMES_IN_FORCE)}; for GTD use the strategy's own order factory",
        )
    if post_only and time_in_force != "GTC":
        raise OrderRefusedError(
            "post only (GTX)", time_in_force, "GTC", f"a post-only order rests, which {time_in_force} forbids"
        )
    return {"time_in_force": getattr(_enums().TimeInForce, time_in_force), "post_only": post_only}


def _trigger_type(trigger_type: str) -> Any:
    if trigger_type not in _TRIGGER_TYPES:
        raise OrderRefusedError(
            "working type (-4031)",
            trigger_type,
            "LAST_PRICE",
            f"{trigger_type!r} is none of {', '.join(_TRIGGER_TYPES)}",
        )
    return getattr(_enums().TriggerType, trigger_type)


def _callback_ceiling() -> Decimal:
    if installed.GENERATION == 2:
        return MAX_CALLBACK_RATE_OF_2X
    from nautilus_trader.adapters.binance.common.constants import BINANCE_MAX_CALLBACK_RATE

    return min(MAX_CALLBACK_RATE, Decimal(BINANCE_MAX_CALLBACK_RATE))


def _enums() -> Any:
    if installed.GENERATION == 2:
        from nautilus_trader import model

        return model
    from nautilus_trader.model import enums

    return enums
