"""What was asked on any of several routes, however often."""

from conformance.kit.wire import Wire
from tests.invariants.histories import Scripted


def test_requests_of_an_operation_are_found_over_every_transport() -> None:
    """An operation finds the trader's requests over HTTP and the WS API alike, and none of another operation."""
    script = Scripted().request("POST /fapi/v1/order", newClientOrderId="T-1").answer(200, {})
    script = script.request("WS order.place", newClientOrderId="T-2").answer(200, {})
    script = script.request("DELETE /fapi/v1/order", origClientOrderId="T-1").answer(200, {})
    found = [request.params.get("newClientOrderId") for request in Wire(script.history).asked("place order")]
    assert found == ["T-1", "T-2"]
