"""The filters of exchangeInfo (section 15): what a symbol allows of quantity, price and notional."""

from decimal import Decimal

from conformance.simulator.errors import (
    MIN_NOTIONAL,
    PRECISION,
    PRICE_ABOVE_MAX,
    PRICE_BELOW_MIN,
    PRICE_NEGATIVE,
    PRICE_TICK,
    PRICE_TOO_HIGH,
    PRICE_TOO_LOW,
    QUANTITY_ABOVE_MAX,
    QUANTITY_BELOW_MIN,
    QUANTITY_STEP,
    QUANTITY_ZERO,
    Refusal,
    Rule,
)
from conformance.simulator.model.symbol import Symbol
from conformance.simulator.numbers import UNITS, is_multiple, padded, trimmed


def check_quantity(symbol: Symbol, quantity: Decimal, *, market: bool) -> None:
    """Refuse a quantity that LOT_SIZE, or MARKET_LOT_SIZE too for a market order, does not allow."""
    if quantity <= 0:
        raise Refusal(QUANTITY_ZERO)
    if not is_multiple(quantity, UNITS[symbol.quantity_precision]):
        raise Refusal(PRECISION)
    if quantity < symbol.min_quantity or (market and quantity < symbol.market_min_quantity):
        raise Refusal(QUANTITY_BELOW_MIN)
    if quantity > (symbol.market_max_quantity if market else symbol.max_quantity):
        raise Refusal(QUANTITY_ABOVE_MAX)
    least, step = (symbol.market_min_quantity, symbol.market_step) if market else (symbol.min_quantity, symbol.step)
    if not is_multiple(quantity - least, step):
        raise Refusal(QUANTITY_STEP)


def check_price(
    symbol: Symbol, price: Decimal, *, tick: bool = True, negative: Rule = PRICE_NEGATIVE, above: Rule = PRICE_ABOVE_MAX
) -> None:
    """Refuse a price outside PRICE_FILTER; a maximum or minimum of 0 switches that bound off.

    Without `tick` it need not be a multiple of the tick, but still must not have more decimals than the symbol shows.
    """
    if price <= 0:
        raise Refusal(negative)
    if not is_multiple(price, UNITS[symbol.price_precision]):
        raise Refusal(PRECISION)
    if symbol.max_price and price > symbol.max_price:
        raise Refusal(above)
    if price < symbol.min_price:
        raise Refusal(PRICE_BELOW_MIN)
    if tick and not is_multiple(price - symbol.min_price, symbol.tick):
        raise Refusal(PRICE_TICK)


def check_percent_price(symbol: Symbol, side: str, price: Decimal, mark: Decimal) -> None:
    """Refuse a buy too far above the mark price and a sell too far below it (PERCENT_PRICE is one-sided)."""
    if side == "BUY" and symbol.multiplier_up:
        cap = mark * symbol.multiplier_up
        if price > cap:
            raise Refusal(PRICE_TOO_HIGH, padded(cap, symbol.price_precision))
    if side == "SELL" and symbol.multiplier_down:
        floor = mark * symbol.multiplier_down
        if price < floor:
            raise Refusal(PRICE_TOO_LOW, padded(floor, symbol.price_precision))


def check_notional(symbol: Symbol, price: Decimal, quantity: Decimal, rule: Rule = MIN_NOTIONAL) -> None:
    """Refuse an order worth less than MIN_NOTIONAL."""
    if price * quantity < symbol.min_notional:
        raise Refusal(rule, trimmed(symbol.min_notional))
