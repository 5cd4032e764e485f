"""The table of endpoints: each stands once, agrees with what the simulator serves, and knows its twin."""

import pytest

from conformance.binance import usdm
from conformance.binance.endpoint import WS, Endpoint
from conformance.binance.table import Table
from conformance.binance.usdm import USDM, is_plumbing, writes
from conformance.simulator.params import Params
from conformance.simulator.rest.route import Route
from conformance.simulator.rest.table import ROUTES
from conformance.simulator.wsapi import ROUTES as WS_ROUTES
from conformance.simulator.wsapi import SESSION_METHODS

SERVED = (*ROUTES, *WS_ROUTES)


@pytest.mark.parametrize("served", SERVED, ids=lambda served: f"{served.method} {served.path}")
def test_simulator_and_table_agree(served: Route) -> None:
    """Security, weight and order counts of every endpoint that the simulator serves are those of the table."""
    endpoint = USDM.of(served.method, served.path)
    if endpoint is None:
        pytest.skip("market data that no execution client asks for")
    assert (endpoint.security, endpoint.orders) == (served.security, served.orders)
    if endpoint.weight != "by limit":
        one, all_ = endpoint.weight if isinstance(endpoint.weight, tuple) else (endpoint.weight, endpoint.weight)
        assert served.weighs(Params({"symbol": "BTCUSDT"})) == one
        assert served.weighs(Params({})) == all_


def test_simulator_serves_the_whole_table() -> None:
    """A trader finds every endpoint of the table."""
    served = {(route.method, route.path) for route in SERVED} | {(WS, method) for method in SESSION_METHODS}
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
