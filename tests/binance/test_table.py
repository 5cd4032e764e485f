"""The table of endpoints: each stands once, agrees with what the simulator serves, and knows its twin."""

import pytest

from conformance.binance import usdm
from conformance.binance.endpoint import WS, Endpoint
from conformance.binance.table import Table
from conformance.binance.usdm import USDM, is_plumbing, writes
from conformance.simulator.params import Params
from conformance.simulator.rest.route import Route, routes
from conformance.simulator.rest.table import BY_PATH
from conformance.simulator.wsapi import BY_METHOD, SESSION_METHODS

SERVED = (*BY_PATH.values(), *BY_METHOD.values())


@pytest.mark.parametrize(
    ("route", "given", "weight"),
    [
        (BY_PATH["POST", "/fapi/v1/order"], {}, 0),
        (BY_PATH["GET", "/fapi/v1/openOrders"], {"symbol": "BTCUSDT"}, 1),
        (BY_PATH["GET", "/fapi/v1/openOrders"], {}, 40),
        (BY_PATH["GET", "/fapi/v1/depth"], {"limit": "1000"}, 20),
        (BY_PATH["GET", "/fapi/v1/klines"], {"limit": "1000"}, 5),
        (BY_METHOD["ticker.book"], {}, 5),
    ],
    ids=lambda value: value.endpoint.route if isinstance(value, Route) else None,
)
def test_a_request_weighs_what_the_table_says(route: Route, given: dict[str, str], weight: int) -> None:
    """A fixed weight, one that depends on the symbol, one that depends on the limit."""
    assert route.weighs(Params(given)) == weight


def test_the_simulator_serves_nothing_that_the_table_lacks() -> None:
    """Costs and permissions stand in the table: a handler of another endpoint is refused when it is written down."""
    with pytest.raises(ValueError, match="GET /fapi/v1/nothing has a handler"):
        routes({"GET /fapi/v1/nothing": lambda *_: None})


def test_simulator_serves_the_whole_table() -> None:
    """A trader finds every endpoint of the table."""
    served = {(route.endpoint.method, route.endpoint.path) for route in SERVED} | {
        (WS, method) for method in SESSION_METHODS
    }
    assert [each.route for each in USDM if (each.method, each.path) not in served] == []


def test_endpoint_stands_once() -> None:
    """A second entry of a route would hide the first."""
    again = Endpoint("POST", "/fapi/v1/order", "place", "TRADE", 0)
    with pytest.raises(ValueError, match="POST /fapi/v1/order twice"):
        Table(usdm.PLACE, again)


def test_ws_method_has_its_http_twin() -> None:
    """Only what is done to one order has a counterpart; an HTTP endpoint is its own."""
    twins = {each.path: USDM.over_http(each) for each in USDM if each.method == WS}
    found = {path: twin.route for path, twin in twins.items() if twin is not None}
    assert found == {
        "order.place": "POST /fapi/v1/order",
        "order.modify": "PUT /fapi/v1/order",
        "order.cancel": "DELETE /fapi/v1/order",
        "order.status": "GET /fapi/v1/order",
        "algoOrder.place": "POST /fapi/v1/algoOrder",
        "algoOrder.cancel": "DELETE /fapi/v1/algoOrder",
    }
    assert USDM.over_http(usdm.CANCEL_BATCH) is usdm.CANCEL_BATCH


def test_what_changes_something_is_known() -> None:
    """Reads and what keeps a session alive change nothing; what the table does not have is judged by its method."""
    for method, path in (("POST", "/fapi/v1/order"), (WS, "order.cancel"), ("POST", "/fapi/v1/new"), ("DELETE", "/x")):
        assert writes(method, path)
    for method, path in (("GET", "/x"), (WS, "order.status"), ("PUT", "/fapi/v1/listenKey"), (WS, "new.method")):
        assert not writes(method, path)
    assert is_plumbing("POST", "/fapi/v1/listenKey")
    assert is_plumbing(WS, "session.logon")
    assert not is_plumbing("GET", "/fapi/v1/order")
