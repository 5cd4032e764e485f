"""Routes: one route, an operation over either transport, or a list of them."""

import pytest

from conformance.binance.route import Route, RouteError, Routes


@pytest.mark.parametrize("text", ["POST /fapi/v1/order", "WS order.place"])
def test_route_is_itself(text: str) -> None:
    """It is written as it is read."""
    assert str(Route.parse(text)) == text
    assert tuple(text.split()) in Routes.parse(text)


@pytest.mark.parametrize(
    "text", ["", "POST", "FETCH /x", "POST /x?y=1", "WS /ws", "POST /a b", "fetch", "place thing", "batch query", []]
)
def test_what_matches_nothing_is_refused(text: str | list[str]) -> None:
    """The error shows the valid forms."""
    with pytest.raises(RouteError, match=r"route|routes"):
        Routes.parse(text)


@pytest.mark.parametrize(
    ("operation", "routes"),
    [
        ("place", "POST /fapi/v1/order,POST /fapi/v1/algoOrder,WS order.place,WS algoOrder.place"),
        ("place stop", "POST /fapi/v1/algoOrder,WS algoOrder.place"),
        ("place order", "POST /fapi/v1/order,WS order.place"),
        ("batch cancel", "DELETE /fapi/v1/batchOrders"),
        ("cancel all", "DELETE /fapi/v1/allOpenOrders,DELETE /fapi/v1/algoOpenOrders"),
        ("cancel all order", "DELETE /fapi/v1/allOpenOrders"),
        ("open orders", "GET /fapi/v1/openOrders,GET /fapi/v1/openAlgoOrders"),
        ("open orders stop", "GET /fapi/v1/openAlgoOrders"),
    ],
)
def test_operation_is_meant_over_either_transport(operation: str, routes: str) -> None:
    """What a version uses is its own affair."""
    assert {str(route) for route in Routes.parse(operation).routes} == set(routes.split(","))


def test_any_of_several() -> None:
    """A list of routes and operations."""
    routes = Routes.parse(["GET /fapi/v1/order", "place stop"])
    assert ("GET", "/fapi/v1/order") in routes
    assert ("WS", "algoOrder.place") in routes
    assert ("POST", "/fapi/v1/order") not in routes
    assert str(routes) == "GET /fapi/v1/order or place stop"
    assert Routes.parse(routes) is routes
