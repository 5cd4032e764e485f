"""Turns the protocol's order into NautilusTrader's, built by the strategy's own order factory."""

from decimal import Decimal
from typing import Any

from .blame import Misuse, Refusal, answered_natively
from .installed import (
    ClientOrderId,
    ContingencyType,
    ExecAlgorithmId,
    InstrumentId,
    LimitOrder,
    OrderSide,
    OrderType,
    Price,
    Quantity,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    expiry,
    list_of,
)

_PRICED = {"LIMIT", "STOP_LIMIT", "LIMIT_IF_TOUCHED"}
_TRIGGERED = {"STOP_MARKET", "STOP_LIMIT", "MARKET_IF_TOUCHED", "LIMIT_IF_TOUCHED"}
_PAIRED = ("OTO", "OUO")
_TRAILING = {"TRAILING_STOP_MARKET", "TRAILING_STOP_LIMIT"}
_TYPES = {"MARKET", "MARKET_TO_LIMIT"} | _PRICED | _TRIGGERED | _TRAILING


def instrument_id(symbol: str) -> Any:
    """Return the perpetual's instrument id for the venue's symbol, "BTCUSDT" → BTCUSDT-PERP.BINANCE."""
    return InstrumentId.from_str(f"{symbol}-PERP.BINANCE")


def build(order_factory: Any, terms: dict[str, Any]) -> Any:
    """Return the order that the protocol's terms describe; raises `Misuse` for a type it does not know."""
    kind = terms["type"]
    if kind not in _TYPES:
        raise Misuse(f"order type {kind!r} is not one of {', '.join(sorted(_TYPES))}")
    arguments: dict[str, Any] = {
        "instrument_id": instrument_id(terms["symbol"]),
        "order_side": getattr(OrderSide, terms["side"]),
        "quantity": Quantity.from_str(terms["quantity"]),
        "client_order_id": ClientOrderId(terms["client_order_id"]),
        "reduce_only": bool(terms.get("reduce_only", False)),
        "time_in_force": getattr(TimeInForce, terms.get("time_in_force", "GTC")),
    }
    if kind in _PRICED:
        arguments["price"] = Price.from_str(terms["price"])
        arguments["post_only"] = bool(terms.get("post_only", False))
    if kind in _TRIGGERED:
        arguments["trigger_price"] = Price.from_str(terms["trigger_price"])
    if kind in _TRAILING:
        arguments |= _trailing(terms)
    if "trigger_type" in terms and kind not in {"MARKET", "LIMIT"}:
        arguments["trigger_type"] = getattr(TriggerType, terms["trigger_type"])
    if terms.get("quote_quantity"):
        arguments["quote_quantity"] = True
    if "expire_time_ms" in terms:
        arguments["expire_time"] = expiry(int(terms["expire_time_ms"]))
    if "display_qty" in terms:
        arguments["display_qty"] = Quantity.from_str(terms["display_qty"])
    if "emulation_trigger" in terms:
        arguments["emulation_trigger"] = getattr(TriggerType, terms["emulation_trigger"])
    if "trigger_symbol" in terms:
        arguments["trigger_instrument_id"] = instrument_id(terms["trigger_symbol"])
    arguments |= _of_an_algorithm(terms)
    if "tags" in terms:
        arguments["tags"] = list(terms["tags"])
    with answered_natively():
        return getattr(order_factory, kind.lower())(**arguments)


def _trailing(terms: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an order whose trigger follows the price."""
    arguments: dict[str, Any] = {}
    if "trailing_offset" in terms:
        arguments["trailing_offset"] = Decimal(terms["trailing_offset"])
        arguments["trailing_offset_type"] = getattr(TrailingOffsetType, terms["trailing_offset_type"])
    else:
        # The venue's callback rate is in percent, the adapter's offset in basis points.
        arguments["trailing_offset"] = Decimal(terms["callback_rate"]) * 100
        arguments["trailing_offset_type"] = TrailingOffsetType.BASIS_POINTS
    if "activation_price" in terms:
        arguments["activation_price"] = Price.from_str(terms["activation_price"])
    if terms["type"] == "TRAILING_STOP_LIMIT":
        arguments["limit_offset"] = Decimal(terms["limit_offset"])
        # 2.x has no default for the price that follows.
        arguments["price"] = Price.from_str(terms["price"]) if "price" in terms else None
    return arguments


def _of_an_algorithm(terms: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an order that an execution algorithm is to carry out; none of any other."""
    if "exec_algorithm_id" not in terms:
        return {}
    params = dict(terms.get("exec_algorithm_params", {}))
    return {"exec_algorithm_id": ExecAlgorithmId(terms["exec_algorithm_id"]), "exec_algorithm_params": params}


def bracket(
    order_factory: Any,
    entry: dict[str, Any],
    take_profit: dict[str, Any],
    stop_loss: dict[str, Any],
    *,
    contingency: str,
    emulation_trigger: str | None,
    hold_entry: bool,
    hold_take_profit: bool,
) -> Any:
    """Return an entry with its take-profit and its stop-loss, linked by NautilusTrader's own order factory.

    The entry has the symbol, side and quantity of all three; each has its type, prices and client order id. Unless
    `hold_entry` and `hold_take_profit`, these two are not emulated with the stop-loss if they are LIMIT orders, for
    which the factory has no word.
    """
    arguments: dict[str, Any] = {
        "instrument_id": instrument_id(entry["symbol"]),
        "order_side": getattr(OrderSide, entry["side"]),
        "quantity": Quantity.from_str(entry["quantity"]),
        "contingency_type": getattr(ContingencyType, contingency),
    }
    if emulation_trigger is not None:
        arguments["emulation_trigger"] = getattr(TriggerType, emulation_trigger)
    for prefix, leg in (("entry", entry), ("tp", take_profit), ("sl", stop_loss)):
        arguments[f"{prefix}_client_order_id"] = ClientOrderId(leg["client_order_id"])
        if "type" in leg:
            arguments[f"{prefix}_order_type"] = getattr(OrderType, leg["type"])
        for name in ("price", "trigger_price"):
            if name in leg:
                arguments[f"{prefix}_{name}"] = Price.from_str(leg[name])
        if prefix != "sl" and "post_only" in leg:
            arguments[f"{prefix}_post_only"] = bool(leg["post_only"])
        arguments |= {f"{prefix}_{name}": value for name, value in _of_an_algorithm(leg).items()}
    with answered_natively():
        made = order_factory.bracket(**arguments)
        free = [
            leg["client_order_id"] for leg in (*[entry] * (not hold_entry), *[take_profit] * (not hold_take_profit))
        ]
        if not free:
            return made
        return list_of([_freed(order, free) for order in getattr(made, "orders", made)])


def _freed(order: Any, free: list[str]) -> Any:
    """Return the order as one that goes to the venue at once, if it is a LIMIT order and one of `free`."""
    if str(order.client_order_id) not in free or order.order_type != OrderType.LIMIT:
        return order
    return _unheld(order, parent_order_id=order.parent_order_id)


def pair(order_factory: Any, order: dict[str, Any], other: dict[str, Any], contingency: str) -> list[Any]:
    """Return two LIMIT orders, for which the factory has no word, as it has one for brackets only.

    The first triggers the second (`OTO`), or each is for what is left of the other (`OUO`).
    """
    if contingency not in _PAIRED:
        raise Misuse(f"pair: contingency {contingency!r}; known: {', '.join(_PAIRED)}")
    first, second = build(order_factory, order), build(order_factory, other)

    def linked_to(sibling: Any) -> dict[str, Any]:
        return {
            "contingency_type": getattr(ContingencyType, contingency),
            "linked_order_ids": [sibling.client_order_id],
        }

    back = {"parent_order_id": first.client_order_id} if contingency == "OTO" else linked_to(first)
    with answered_natively():
        return [_unheld(first, **linked_to(second)), _unheld(second, **back)]


def _unheld(order: Any, **links: Any) -> Any:
    """Return the LIMIT order as one that goes to the venue at once, with other links if any are given."""
    linked = {
        "contingency_type": order.contingency_type,
        "order_list_id": order.order_list_id,
        "linked_order_ids": order.linked_order_ids,
        **links,
    }
    return LimitOrder(
        trader_id=order.trader_id,
        strategy_id=order.strategy_id,
        instrument_id=order.instrument_id,
        client_order_id=order.client_order_id,
        order_side=order.side,
        quantity=order.quantity,
        price=order.price,
        time_in_force=order.time_in_force,
        post_only=order.is_post_only,
        reduce_only=order.is_reduce_only,
        quote_quantity=order.is_quote_quantity,
        init_id=order.init_id,
        ts_init=order.ts_init,
        tags=order.tags,
        **linked,
    )


def change(quantity: str | None, price: str | None, trigger_price: str | None) -> dict[str, Any]:
    """Return a modification's values as NautilusTrader's; what does not change is None."""
    return {
        "quantity": quantity and Quantity.from_str(quantity),
        "price": price and Price.from_str(price),
        "trigger_price": trigger_price and Price.from_str(trigger_price),
    }


def known(cache: Any, client_order_id: str) -> Any:
    """Return the order that the cache has under this id; raises `Refusal` that names the ones it has."""
    order = cache.order(ClientOrderId(client_order_id))
    if order is None:
        ids = ", ".join(sorted(str(each.client_order_id) for each in cache.orders())) or "none"
        raise Refusal(f"the trader knows no order {client_order_id!r}; known: {ids}")
    return order
