"""Placing, amending and cancelling orders (section 6, Appendix A.1)."""

import json
from collections.abc import Callable
from typing import Any

from conformance.simulator.errors import (
    BATCH_CANCEL_SIZE,
    BATCH_SIZE,
    EITHER,
    INVALID_PARAMETER,
    INVALID_SIDE,
    MANDATORY,
    NOT_REQUIRED,
    THROTTLED,
    Refusal,
)
from conformance.simulator.exchange import Exchange
from conformance.simulator.model.words import SIDES
from conformance.simulator.orders.request import read_new_order, read_price_match
from conformance.simulator.params import Params
from conformance.simulator.rest import order_shapes

DONE = {"code": 200, "msg": "The operation of cancel all open order is done."}
LARGEST_BATCH = 5
LARGEST_CANCEL = 10


def either_id(params: Params) -> tuple[int | None, str | None]:
    """Return order id and client order id, of which one must have been sent."""
    order_id, client_id = params.long("orderId"), params.text("origClientOrderId")
    if order_id is None and client_id is None:
        raise Refusal(EITHER, "orderId", "origClientOrderId")
    return order_id, client_id


def place(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /order, order.place."""
    venue = exchange.venue
    new = read_new_order(params, venue.market, venue.account, venue.options, venue.clock.now_ms())
    if exchange.throttled and not new.closing:
        raise Refusal(THROTTLED)
    order = venue.desk.place(new)
    # ACK tells of the acceptance only, whatever the order has become since; RESULT waits for MARKET, IOC and FOK.
    waited = new.response == "RESULT" and (order.type == "MARKET" or order.tif in ("IOC", "FOK"))
    return order_shapes.placed(order, ack=not waited)


def test(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /order/test: everything but the matching engine."""
    venue = exchange.venue
    new = read_new_order(params, venue.market, venue.account, venue.options, venue.clock.now_ms())
    if exchange.throttled and not new.closing:
        raise Refusal(THROTTLED)
    return order_shapes.tested(venue.desk.prepare(new).order)


def amend(exchange: Exchange, params: Params, *, with_pair: bool = True) -> dict[str, Any]:
    """PUT /order, order.modify."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    side = params.required_choice("side", SIDES, INVALID_SIDE)
    quantity = params.required_decimal("quantity")
    order_id, client_id = either_id(params)
    price_match = read_price_match(params, "LIMIT")
    price = None if price_match != "NONE" else params.required_decimal("price")
    modify_id = params.long("modifyId")
    order = venue.changes.amend(
        symbol,
        order_id,
        client_id,
        side=side,
        quantity=quantity,
        price=price,
        price_match=price_match,
        modify_id=modify_id,
        reduce_only=params.flag("reduceOnly"),
    )
    return order_shapes.amended(order, modify_id, with_pair=with_pair)


def cancel(exchange: Exchange, params: Params) -> dict[str, Any]:
    """DELETE /order, order.cancel."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    return order_shapes.placed(venue.changes.cancel(symbol, *either_id(params)))


def cancel_all(exchange: Exchange, params: Params) -> dict[str, Any]:
    """DELETE /allOpenOrders."""
    venue = exchange.venue
    venue.changes.cancel_all(venue.market.find(params.required("symbol")).symbol.name)
    return DONE


def _list_param(params: Params, name: str) -> list[Any] | None:
    text = params.text(name)
    if text is None:
        return None
    try:
        value = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise Refusal(INVALID_PARAMETER, name) from None
    if not isinstance(value, list):
        raise Refusal(INVALID_PARAMETER, name)
    return value


def _each(items: list[Any], act: Callable[[Params], dict[str, Any]], exchange: Exchange) -> list[dict[str, Any]]:
    """Return an answer per item, in order; a refused item does not stop the others."""
    answers: list[dict[str, Any]] = []
    for item in items:
        try:
            if not isinstance(item, dict):
                raise Refusal(INVALID_PARAMETER, "batchOrders")
            answers.append(act(Params({str(k): _as_text(v) for k, v in item.items()})))
        except Refusal as refusal:
            answers.append(refusal.body())
        exchange.venue.conclude()
    return answers


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _batch(params: Params) -> list[Any]:
    items = _list_param(params, "batchOrders")
    if items is None:
        raise Refusal(MANDATORY, "batchOrders")
    if not 1 <= len(items) <= LARGEST_BATCH:
        raise Refusal(BATCH_SIZE, len(items))
    return items


def place_batch(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """POST /batchOrders: up to five, each with its own fate, answers in the order of the list."""
    return _each(_batch(params), lambda item: place(exchange, item), exchange)


def amend_batch(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """PUT /batchOrders."""
    return _each(_batch(params), lambda item: amend(exchange, item), exchange)


def cancel_batch(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """DELETE /batchOrders: up to ten, by order id or client order id.

    The venue also takes the name `orderidlist`, by which ccxt sends them [COMM ccxt#22890, with a testnet's answer].
    """
    symbol = params.required("symbol")
    ids = _list_param(params, "orderIdList") or _list_param(params, "orderidlist")
    client_ids = _list_param(params, "origClientOrderIdList")
    if not ids and not client_ids:
        raise Refusal(EITHER, "orderIdList", "origClientOrderIdList")
    name, items = ("orderId", ids) if ids else ("origClientOrderId", client_ids or [])
    if ids and client_ids:
        raise Refusal(NOT_REQUIRED, "origClientOrderIdList")
    if len(items) > LARGEST_CANCEL:
        raise Refusal(BATCH_CANCEL_SIZE)
    rows = [{"symbol": symbol, name: item} for item in items]
    exchange.venue.market.find(symbol)
    return _each(rows, lambda item: cancel(exchange, item), exchange)


def countdown(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /countdownCancelAll: a dead man's switch by symbol, in ms; 0 switches it off."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    after_ms = params.required_long("countdownTime")
    if after_ms < 0:
        raise Refusal(INVALID_PARAMETER, "countdownTime")
    venue.count_down(symbol, after_ms)
    return {"symbol": symbol, "countdownTime": str(after_ms)}
