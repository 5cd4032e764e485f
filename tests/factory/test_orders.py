"""Order helpers: the native order when it is valid, and a refusal with rule, value and nearest when it is not."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from factory import (
    limit_order,
    market_order,
    order_rules,
    orders,
    stop_limit_order,
    stop_market_order,
    take_profit_market_order,
    trailing_stop_market_order,
)
from tests.factory.ordering import ALL, MARKET_LIKE, TRIGGERED, refused


@pytest.mark.parametrize(
    ("helper", "order_type"),
    list(
        zip(
            ALL,
            ["MARKET", "LIMIT", "STOP_MARKET", "STOP_LIMIT", "MARKET_IF_TOUCHED", "TRAILING_STOP_MARKET"],
            strict=True,
        )
    ),
)
@pytest.mark.parametrize("reduce_only", [False, True])
def test_a_valid_order_is_built_natively(
    helper: Callable[..., Any], order_type: str, reduce_only: bool, make: Callable[..., Any], native: SimpleNamespace
) -> None:
    """Each helper returns NautilusTrader's order of its type, with side, quantity, id and reduce-only as given."""
    order = make(helper, client_order_id="D-1", reduce_only=reduce_only)

    assert order.order_type == getattr(native.OrderType, order_type)
    assert order.side == native.OrderSide.SELL
    assert str(order.quantity) == "0.010"
    assert str(order.client_order_id) == "D-1"
    assert str(order.instrument_id) == "BTCUSDT-PERP.BINANCE"
    assert order.is_reduce_only is reduce_only


def test_limit_price_time_in_force_and_post_only(make: Callable[..., Any], native: SimpleNamespace) -> None:
    """A limit order carries price, time in force and post-only."""
    resting = make(limit_order, post_only=True)
    immediate = make(limit_order, time_in_force="IOC", price=49000)

    assert (str(resting.price), resting.is_post_only) == ("49000.0", True)
    assert resting.time_in_force == native.TimeInForce.GTC
    assert (str(immediate.price), immediate.time_in_force) == ("49000.0", native.TimeInForce.IOC)


@pytest.mark.parametrize("helper", TRIGGERED)
@pytest.mark.parametrize("trigger_type", ["LAST_PRICE", "MARK_PRICE"])
def test_trigger_price_and_type(
    helper: Callable[..., Any], trigger_type: str, make: Callable[..., Any], native: SimpleNamespace
) -> None:
    """Trigger price and the price that triggers are in the order."""
    order = make(helper, trigger_type=trigger_type)

    assert str(order.trigger_price) in ("49000.0", "51000.0")
    assert order.trigger_type == getattr(native.TriggerType, trigger_type)


def test_stop_limit_has_both_prices(make: Callable[..., Any]) -> None:
    """The limit price is the order's, beside the trigger."""
    order = make(stop_limit_order, price="48900.5")

    assert (str(order.price), str(order.trigger_price)) == ("48900.5", "49000.0")


@pytest.mark.parametrize(("side", "activation"), [("SELL", "51000.0"), ("BUY", "49000.0"), ("BUY", None)])
def test_trailing_stop_speaks_in_basis_points(
    side: str, activation: str | None, make: Callable[..., Any], native: SimpleNamespace
) -> None:
    """A callback rate of 1.5 % is an offset of 150 basis points, which is what the adapter divides by 100."""
    order = make(trailing_stop_market_order, side=side, callback_rate="1.5", activation_price=activation)

    assert Decimal(str(order.trailing_offset)) == 150
    assert order.trailing_offset_type == native.TrailingOffsetType.BASIS_POINTS
    assert (None if order.activation_price is None else str(order.activation_price)) == activation


@pytest.mark.parametrize("spelling", ["0.01", Decimal("0.01"), "0.0100"])
def test_numbers_may_be_written_in_any_exact_way(spelling: Any, make: Callable[..., Any]) -> None:
    """Text, Decimal and trailing zeros are the same number; the order has the instrument's precision."""
    assert str(make(market_order, quantity=spelling).quantity) == "0.010"


def test_native_numbers_and_sides_are_taken(make: Callable[..., Any], native: SimpleNamespace) -> None:
    """Price, Quantity and OrderSide of NautilusTrader can be passed as they are."""
    order = make(
        limit_order,
        side=native.OrderSide.BUY,
        quantity=native.Quantity.from_str("0.002"),
        price=native.Price.from_str("50000.1"),
    )

    assert order.side == native.OrderSide.BUY
    assert (str(order.quantity), str(order.price)) == ("0.002", "50000.1")


@pytest.mark.parametrize("helper", ALL)
@pytest.mark.parametrize(
    ("quantity", "rule", "nearest"),
    [
        ("0.0105", "quantity step", "0.010"),
        ("0.0119", "quantity step", "0.012"),
        ("0.0004", "minimum quantity", "0.001"),
        ("0", "minimum quantity", "0.001"),
        ("-1", "minimum quantity", "0.001"),
    ],
)
def test_quantity_is_on_the_step_and_not_below_the_minimum(
    helper: Callable[..., Any], quantity: str, rule: str, nearest: str, make: Callable[..., Any]
) -> None:
    """LOT_SIZE holds for every order."""
    error = refused(helper, make, quantity=quantity)

    assert error.rule.startswith(rule)
    assert error.given == Decimal(quantity)
    assert error.nearest == Decimal(nearest)


@pytest.mark.parametrize("helper", ALL)
def test_quantity_is_not_above_the_maximum_of_its_kind(helper: Callable[..., Any], make: Callable[..., Any]) -> None:
    """Orders that execute at market have a lower maximum (MARKET_LOT_SIZE)."""
    most = Decimal(120 if helper in MARKET_LIKE else 1000)

    make(helper, quantity=most)
    error = refused(helper, make, quantity=most + Decimal("0.001"))

    assert error.nearest == most
    assert error.rule.startswith("maximum market quantity" if helper in MARKET_LIKE else "maximum quantity")


def test_without_a_market_maximum_the_general_one_holds(
    make: Callable[..., Any], make_instrument: Callable[..., Any]
) -> None:
    """An instrument without the venue's own record still has LOT_SIZE."""
    for info in ({}, {"filters": [{"filterType": "LOT_SIZE"}]}, {"filters": ["?"]}):
        error = refused(market_order, make, instrument=make_instrument(info=info), quantity="1000.001")
        assert error.nearest == Decimal(1000)


def test_an_instrument_without_limits_limits_nothing(
    make: Callable[..., Any], make_instrument: Callable[..., Any]
) -> None:
    """What the venue does not limit is not limited here; step and tick still hold."""
    free = make_instrument(
        min_price=None, max_price=None, min_quantity=None, max_quantity=None, min_notional=None, info={}
    )

    make(limit_order, instrument=free, quantity="0.001", price="0.1")
    make(limit_order, instrument=free, quantity="99999.000", price="9999999.0")
    assert refused(limit_order, make, instrument=free, quantity="0.0015").rule.startswith("quantity step")
    assert refused(limit_order, make, instrument=free, price="0.05").rule.startswith("minimum price")


@pytest.mark.parametrize(
    ("helper", "field"),
    [
        (limit_order, "price"),
        (stop_limit_order, "price"),
        (stop_limit_order, "trigger_price"),
        (stop_market_order, "trigger_price"),
        (take_profit_market_order, "trigger_price"),
        (trailing_stop_market_order, "activation_price"),
    ],
)
@pytest.mark.parametrize(
    ("price", "broken"),
    [
        ("51000.04", ("price tick", "51000.0")),
        ("51000.06", ("price tick", "51000.1")),
        ("500.0", ("minimum price", "556.8")),
        ("-1", ("minimum price", "556.8")),
        ("4529764.1", ("maximum price", "4529764.0")),
        ("4529763.96", ("price tick", "4529764.0")),
    ],
)
def test_every_price_is_on_the_tick_and_within_its_limits(
    helper: Callable[..., Any], field: str, price: str, broken: tuple[str, str], make: Callable[..., Any]
) -> None:
    """PRICE_FILTER holds for prices, trigger prices and activation prices, and the refusal names which."""
    rule, nearest = broken
    error = refused(helper, make, **{field: price})

    assert error.rule.startswith(rule)
    assert error.given == Decimal(price)
    assert error.nearest == Decimal(nearest)
    assert f"{field} {price}" in str(error)


@pytest.mark.parametrize(
    ("value", "increment", "least", "most", "nearest"),
    [
        ("7", "0", None, None, "7"),
        ("9.1", "2", "1", "10", "9"),
        ("9.9", "2", None, "9.95", "8.0"),
        ("0.4", "1", None, None, "1"),
        ("5", "2", "1", None, "5"),
    ],
)
def test_the_grid_starts_at_the_minimum_and_ends_at_the_maximum(
    value: str, increment: str, least: str | None, most: str | None, nearest: str
) -> None:
    """The venue counts steps from the minimum; the nearest is within the limits; a step of zero is none."""
    limits = [None if each is None else Decimal(each) for each in (least, most)]

    assert order_rules._on_grid(Decimal(value), Decimal(increment), *limits) == Decimal(nearest)


@pytest.mark.parametrize("helper", ALL)
def test_notional_is_not_below_the_minimum(
    helper: Callable[..., Any], make: Callable[..., Any], native: SimpleNamespace, make_instrument: Callable[..., Any]
) -> None:
    """An order worth less than MIN_NOTIONAL is refused with the quantity that would do, unless it only reduces."""
    costly = make_instrument(min_notional=native.Money.from_str("100 USDT"))

    error = refused(helper, make, instrument=costly, quantity="0.001")

    assert error.rule.startswith("minimum notional")
    assert error.nearest == Decimal("0.003" if helper in (limit_order, stop_limit_order) else "0.002")
    assert "is worth" in str(error)
    make(helper, instrument=costly, quantity="0.001", reduce_only=True)
    make(helper, instrument=costly, quantity=error.nearest)


def test_no_quantity_is_named_where_none_would_do(
    make: Callable[..., Any], native: SimpleNamespace, make_instrument: Callable[..., Any]
) -> None:
    """If even the largest order is worth too little, there is no nearest one."""
    huge = make_instrument(min_notional=native.Money.from_str("999999999 USDT"))

    assert refused(market_order, make, instrument=huge).nearest is None


@pytest.mark.parametrize(
    ("helper", "side", "above"),
    [
        (stop_market_order, "BUY", True),
        (stop_market_order, "SELL", False),
        (stop_limit_order, "BUY", True),
        (stop_limit_order, "SELL", False),
        (take_profit_market_order, "BUY", False),
        (take_profit_market_order, "SELL", True),
        (trailing_stop_market_order, "BUY", False),
        (trailing_stop_market_order, "SELL", True),
    ],
)
@pytest.mark.parametrize("last", ["50000.0", "50000.05"])
def test_a_trigger_is_on_its_side_of_the_last_price(
    helper: Callable[..., Any], side: str, above: bool, last: str, make: Callable[..., Any]
) -> None:
    """A trigger that the last price has reached is refused, with the first price on the right side as the nearest."""
    field = "activation_price" if helper is trailing_stop_market_order else "trigger_price"
    right, wrong = ("50000.1", "50000.0") if above else ("50000.0", "50000.1")
    if last == "50000.0" and not above:
        right, wrong = "49999.9", "50000.0"

    make(helper, side=side, last_price=last, **{field: right})
    error = refused(helper, make, side=side, last_price=last, **{field: wrong})

    assert error.rule.startswith("trigger side")
    assert error.given == Decimal(wrong)
    assert error.nearest == Decimal(right)
    assert f"{field} {wrong} would trigger at once" in str(error)


@pytest.mark.parametrize(
    ("rate", "nearest"), [("0.05", "0.1"), ("0", "0.1"), ("-1", "0.1"), ("1.234", "1.23"), ("99", None)]
)
def test_the_callback_rate_is_within_its_range(rate: str, nearest: str | None, make: Callable[..., Any]) -> None:
    """0.1 to the ceiling, in basis points; the ceiling is the venue's or the installed adapter's, the lower one."""
    error = refused(trailing_stop_market_order, make, callback_rate=rate)

    assert error.rule.startswith("callback rate")
    assert error.given == Decimal(rate)
    assert Decimal(str(error.nearest)) == (Decimal(nearest) if nearest else orders._callback_ceiling())


def test_the_callback_rates_limits_are_allowed(make: Callable[..., Any]) -> None:
    """Both ends of the range are valid."""
    for rate in (Decimal("0.1"), orders._callback_ceiling()):
        assert Decimal(str(make(trailing_stop_market_order, callback_rate=rate).trailing_offset)) == rate * 100


@pytest.mark.parametrize(
    ("side", "nearest"), [("buy", "BUY"), ("sell", "SELL"), ("LONG", None), (None, None), (3, None)]
)
def test_a_side_is_buy_or_sell(side: Any, nearest: str | None, make: Callable[..., Any]) -> None:
    """Anything else is refused, with the capitals where only those are wrong."""
    error = refused(market_order, make, side=side)

    assert error.rule.startswith("side")
    assert error.nearest == nearest


@pytest.mark.parametrize("helper", [limit_order, stop_limit_order])
@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"time_in_force": "GTD"}, "time in force"),
        ({"time_in_force": "DAY"}, "time in force"),
        ({"time_in_force": "IOC", "post_only": True}, "post only"),
        ({"time_in_force": "FOK", "post_only": True}, "post only"),
    ],
)
def test_time_in_force_is_one_that_works(
    helper: Callable[..., Any], arguments: dict[str, Any], rule: str, make: Callable[..., Any]
) -> None:
    """Unknown times in force, and post-only orders that must not rest, are refused."""
    error = refused(helper, make, **arguments)

    assert error.rule.startswith(rule)
    assert error.nearest == "GTC"


@pytest.mark.parametrize("helper", [*TRIGGERED, trailing_stop_market_order])
def test_the_trigger_type_is_last_or_mark(helper: Callable[..., Any], make: Callable[..., Any]) -> None:
    """The venue triggers on the last or the mark price only."""
    assert refused(helper, make, trigger_type="INDEX_PRICE").rule.startswith("working type")


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", None, True])
@pytest.mark.parametrize("field", ["quantity", "price"])
def test_what_is_no_number_is_refused(field: str, value: Any, make: Callable[..., Any]) -> None:
    """Not-a-number never reaches the venue."""
    error = refused(limit_order, make, **{field: value})

    assert error.rule == "exact numbers"
    assert f"{field} {value!r} is not a finite number" in str(error)


def test_floats_are_refused_with_the_exact_number(make: Callable[..., Any]) -> None:
    """A float is not the number it looks like; the refusal shows how to write it."""
    error = refused(market_order, make, quantity=0.1)

    assert error.nearest == "Decimal('0.1')"
    assert "inexact" in str(error)


@pytest.mark.parametrize("last_price", ["0", "-5"])
def test_a_last_price_that_is_not_positive_is_refused(last_price: str, make: Callable[..., Any]) -> None:
    """A notional cannot be taken from a price of zero."""
    assert "is not positive" in str(refused(market_order, make, last_price=last_price))


def test_a_strategy_that_is_not_registered_is_refused(make: Callable[..., Any], native: SimpleNamespace) -> None:
    """Before a node knows the strategy there is no order factory; the refusal says when there is."""
    unregistered = native.Strategy(native.StrategyConfig())

    assert "not registered with a node yet" in str(refused(market_order, make, strategy=unregistered))
