"""NautilusTrader's vocabulary where both generations have it: the names are the same, only the homes differ."""

import importlib
from datetime import UTC, datetime
from typing import Any

from nautilus_trader import model

GENERATION = 2 if hasattr(model, "OrderSide") else 1
"""1 for the Cython generation, whose enums have a module of their own, 2 for the Rust one."""

_orders: Any = model if GENERATION == 2 else importlib.import_module("nautilus_trader.model.orders")
_enums: Any = model if GENERATION == 2 else importlib.import_module("nautilus_trader.model.enums")

ClientId: Any = model.ClientId
ClientOrderId: Any = model.ClientOrderId
ExecAlgorithmId: Any = model.ExecAlgorithmId
InstrumentId: Any = model.InstrumentId
PositionId: Any = model.PositionId
Price: Any = model.Price
Quantity: Any = model.Quantity
Venue: Any = model.Venue

ContingencyType: Any = _enums.ContingencyType
LimitOrder: Any = _orders.LimitOrder
LiquiditySide: Any = _enums.LiquiditySide
OrderSide: Any = _enums.OrderSide
OrderStatus: Any = _enums.OrderStatus
OrderType: Any = _enums.OrderType
PositionSide: Any = _enums.PositionSide
TimeInForce: Any = _enums.TimeInForce
TrailingOffsetType: Any = _enums.TrailingOffsetType
TriggerType: Any = _enums.TriggerType

BINANCE: Any = Venue("BINANCE")


def name_of(enumeration: Any, value: Any) -> str | None:
    """Return the name of an enum's member, which 1.x hands out as a bare number."""
    if value is None:
        return None
    return str(value.name if hasattr(value, "name") else enumeration(value).name)


def expiry(ms: int) -> datetime | int:
    """Return an expiry in Unix ms as an order factory takes it: 1.x a datetime, 2.x Unix ns."""
    return ms * 1_000_000 if GENERATION == 2 else datetime.fromtimestamp(ms / 1000, tz=UTC)


def list_of(orders: list[Any]) -> Any:
    """Return the orders of one list as a strategy submits them: 2.x takes them as they are."""
    return orders if GENERATION == 2 else _orders.OrderList(order_list_id=orders[0].order_list_id, orders=orders)
