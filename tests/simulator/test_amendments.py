"""Amending orders: section 10.8."""

import json
from typing import Any

import pytest

from conformance.simulator import Options
from tests.simulator.venue_client import ORDER, VenueClient, names


def amend(client: VenueClient, order: Any, price: str, quantity: str = "0.010", **params: Any) -> Any:
    """Amend an order's price and quantity."""
    values = {"symbol": "BTCUSDT", "orderId": order["orderId"], "side": order["side"], **params}
    return client.ask("PUT", ORDER, price=price, quantity=quantity, **values)


def test_amendment__keeps_the_ids_and_tells_the_new_terms(client: VenueClient) -> None:
    """An amendment emits AMENDMENT with the same ids, the new price and quantity, and modifyId as a string."""
    order = client.order(price="49000")
    client.drain()
    body = amend(client, order, "48900", "0.020", modifyId=77)

    assert (body["orderId"], body["price"], body["origQty"], body["modifyId"]) == (
        order["orderId"],
        "48900.00",
        "0.020",
        77,
    )
    assert names(client.events) == ["ORDER_TRADE_UPDATE:AMENDMENT"]
    event = client.events[0]["o"]
    assert (event["i"], event["c"], event["p"], event["q"], event["X"], event["M"]) == (
        order["orderId"],
        order["clientOrderId"],
        "48900",
        "0.02",
        "NEW",
        "77",
    )


def test_amendment__refusals_leave_the_order_as_it_is(client: VenueClient) -> None:
    """What is refused changes nothing: same terms -5027, filters, unknown -2013, wrong side, no reduce-only -5047."""
    order = client.order(price="49000")
    base = {"symbol": "BTCUSDT", "orderId": order["orderId"], "side": "BUY"}

    assert client.refused("PUT", ORDER, **base, price="49000", quantity="0.010") == -5027
    assert client.refused("PUT", ORDER, **base, price="49000.05", quantity="0.010") == -4014
    assert client.refused("PUT", ORDER, **base, price="49000", quantity="0") == -4003
    assert client.refused("PUT", ORDER, **base, price="49000", quantity="0.001") == -5029
    assert client.refused("PUT", ORDER, **base, price="49000", quantity="6") == -2019
    assert client.refused("PUT", ORDER, **base, price="48000", quantity="0.01", reduceOnly="true") == -5047
    assert client.refused("PUT", ORDER, **{**base, "orderId": 5}, price="48000", quantity="0.01") == -2013
    assert client.refused("PUT", ORDER, symbol="BTCUSDT", side="BUY", price="48000", quantity="0.01") == -1102
    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"])["price"] == "49000.00"


def test_amendment__of_a_finished_order_is_unknown(client: VenueClient) -> None:
    """A filled order can no longer be amended."""
    order = client.order()

    assert (
        client.refused("PUT", ORDER, symbol="BTCUSDT", orderId=order["orderId"], side="BUY", price="1", quantity="1")
        == -2013
    )


def test_amendment__below_what_is_filled_cancels(client: VenueClient) -> None:
    """A new quantity not above the executed one cancels a partially filled order."""
    order = client.order(price="49000")
    client.control.fill("BTCUSDT", order["orderId"], "0.005")
    body = amend(client, order, "49000", "0.005")

    assert body["status"] == "CANCELED"
    assert client.events[-1]["o"]["X"] == "CANCELED"


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_amendment__that_makes_a_post_only_order_take_ends_it(status: Any) -> None:
    """A GTX order amended across the book is cancelled (or expired, by option)."""
    client = VenueClient(Options(amended_gtx_crossing=status))
    order = client.order(price="49000", timeInForce="GTX")

    assert amend(client, order, "50100")["status"] == status
    assert client.position() == "0"


def test_amendment__into_the_book_trades(client: VenueClient) -> None:
    """A GTC order amended across the book takes at once."""
    order = client.order(price="49000")
    client.drain()
    amend(client, order, "50100")

    assert names(client.events) == [
        "ORDER_TRADE_UPDATE:AMENDMENT",
        "TRADE_LITE",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE:TRADE",
    ]
    assert client.position() == "0.01"


def test_amendment__loses_priority(client: VenueClient) -> None:
    """An amended order goes to the end of the queue at its price."""
    first = client.order(price="49000")
    second = client.order(price="49000")
    amend(client, first, "49000", "0.011")
    client.control.trade("BTCUSDT", "SELL", "0.010")

    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=second["orderId"])["status"] == "FILLED"
    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=first["orderId"])["status"] == "NEW"


def test_amendments__are_remembered(client: VenueClient) -> None:
    """orderAmendment lists every change, newest first, with before, after and count."""
    order = client.order(price="49000")
    amend(client, order, "48900")
    amend(client, order, "48800", "0.020", modifyId=3)
    rows = client.ask("GET", "/fapi/v1/orderAmendment", symbol="BTCUSDT", orderId=order["orderId"])

    assert [row["amendment"]["count"] for row in rows] == [2, 1]
    assert rows[0]["amendment"]["price"] == {"before": "48900", "after": "48800"}
    assert rows[0]["amendment"]["origQty"] == {"before": "0.01", "after": "0.02"}
    assert rows[0]["amendment"]["modifyId"] == 3
    assert "modifyId" not in rows[1]["amendment"]


def test_amendments__are_limited() -> None:
    """Beyond the largest number of amendments an order cannot be changed."""
    client = VenueClient(Options(max_amendments=1))
    order = client.order(price="49000")
    amend(client, order, "48900")

    values = {"symbol": "BTCUSDT", "orderId": order["orderId"], "side": "BUY", "quantity": "0.01"}
    assert client.refused("PUT", ORDER, **values, price="48800") == -5026


def test_amendments__in_a_batch(client: VenueClient) -> None:
    """PUT batchOrders answers item by item."""
    order = client.order(price="49000")
    item = {"symbol": "BTCUSDT", "orderId": order["orderId"], "side": "BUY", "quantity": "0.010", "price": "48900"}
    body = client.ask("PUT", "/fapi/v1/batchOrders", batchOrders=json.dumps([item, item]))

    assert [row.get("price") or row["code"] for row in body] == ["48900.00", -5027]
