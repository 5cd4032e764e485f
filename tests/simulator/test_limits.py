"""Rate limits: section 4."""

import json

import pytest

from conformance.simulator import Options
from tests.simulator.venue_client import ORDER, VenueClient

ORDER_PARAMS = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}


def begin_window(client: VenueClient) -> None:
    """Let a minute begin, so that none ends between two requests that are to count in the same window."""
    client.control.advance(60_000 - client.control.now_ms() % 60_000)


def test_weight__is_told_in_a_header(client: VenueClient) -> None:
    """Every answer carries the weight used in this minute; placing orders costs none, but counts as orders."""
    begin_window(client)
    first = int(client.raw("GET", "/fapi/v1/time").headers["X-MBX-USED-WEIGHT-1M"])
    placed = client.answer("POST", ORDER, **ORDER_PARAMS, price="49000")

    assert int(placed.headers["X-MBX-USED-WEIGHT-1M"]) == first
    assert (placed.headers["X-MBX-ORDER-COUNT-10S"], placed.headers["X-MBX-ORDER-COUNT-1M"]) == ("1", "1")
    assert int(client.answer("GET", "/fapi/v2/account").headers["X-MBX-USED-WEIGHT-1M"]) == first + 5


def test_batch__counts_five_in_ten_seconds_and_one_in_a_minute(client: VenueClient) -> None:
    """batchOrders count 5 in the short window and 1 in the long one."""
    batch = json.dumps([{**ORDER_PARAMS, "price": "49000"}])
    answer = client.answer("POST", "/fapi/v1/batchOrders", batchOrders=batch)

    assert (answer.headers["X-MBX-ORDER-COUNT-10S"], answer.headers["X-MBX-ORDER-COUNT-1M"]) == ("5", "1")


def test_order_limit__is_429_with_retry_after(client: VenueClient) -> None:
    """The 301st order in ten seconds is 429 with -1015 and Retry-After; the next window takes orders again."""
    client.venue.market.find("BTCUSDT").symbol.max_orders = 0
    begin_window(client)
    for number in range(300):
        client.order(price="49000", newClientOrderId=f"n{number}")
    answer = client.answer("POST", ORDER, **ORDER_PARAMS, price="49000")

    assert (answer.status, answer.body["code"]) == (429, -1015)
    assert "300 orders per TEN_SECONDS" in answer.body["msg"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 10
    client.control.advance(10_000)
    client.order(price="49000")


def test_aged_requests__count_in_an_earlier_window(client: VenueClient) -> None:
    """Orders of eleven seconds ago are not of these ten, but of this minute; those of a minute ago are of neither."""
    begin_window(client)
    for _ in range(3):
        client.order(price="49000")
    client.control.age(11_000)
    counted = client.answer("POST", ORDER, **ORDER_PARAMS, price="49000").headers

    assert (counted["X-MBX-ORDER-COUNT-10S"], counted["X-MBX-ORDER-COUNT-1M"]) == ("1", "4")
    client.control.age(60_000)
    counted = client.answer("POST", ORDER, **ORDER_PARAMS, price="49000").headers
    assert (counted["X-MBX-ORDER-COUNT-10S"], counted["X-MBX-ORDER-COUNT-1M"]) == ("1", "1")
    assert int(counted["X-MBX-USED-WEIGHT-1M"]) == 0


def test_weight_limit__is_429_then_418_and_worse() -> None:
    """Beyond the weight limit requests are 429, then the address is banned with 418, longer each time."""
    client = VenueClient(Options(requests_over_limit_before_ban=3))
    begin_window(client)
    for _ in range(480):
        assert client.answer("GET", "/fapi/v2/account").status == 200
    refused = [client.answer("GET", "/fapi/v2/account") for _ in range(5)]

    assert [answer.status for answer in refused] == [429, 429, 429, 418, 418]
    assert all(answer.body["code"] == -1003 for answer in refused)
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert "banned until" in refused[-1].body["msg"]
    client.control.advance(121_000)
    assert client.raw("GET", "/fapi/v1/ping").status == 200


@pytest.mark.parametrize(("limit", "weight"), [(5, 2), (100, 5), (500, 10), (1000, 20)])
def test_depth__weighs_by_its_limit(client: VenueClient, limit: int, weight: int) -> None:
    """Depth costs 2, 5, 10 or 20; other limits than the listed ones are -4021."""
    answer = client.raw("GET", "/fapi/v1/depth", f"symbol=BTCUSDT&limit={limit}")

    assert answer.headers["X-MBX-USED-WEIGHT-1M"] == str(weight)
    assert client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=7").body["code"] == -4021


def test_order_rate_limit__is_listed(client: VenueClient) -> None:
    """GET rateLimit/order lists the two order limits."""
    rows = client.ask("GET", "/fapi/v1/rateLimit/order")

    assert [(row["interval"], row["intervalNum"], row["limit"]) for row in rows] == [
        ("SECOND", 10, 300),
        ("MINUTE", 1, 1200),
    ]


def test_weight_header__may_be_minus_one() -> None:
    """A testnet may send -1 as used weight."""
    client = VenueClient(Options(used_weight_header="minus-one"))

    assert client.raw("GET", "/fapi/v1/ping").headers["X-MBX-USED-WEIGHT-1M"] == "-1"
