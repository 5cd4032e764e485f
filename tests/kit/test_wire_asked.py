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


async def test_answers_have_come_once_the_trader_has_asked_and_every_request_is_answered() -> None:
    """Neither a question that was never asked nor one of several that is still open counts as answered."""
    script = Scripted()
    wire = Wire(script.history)
    assert not await wire.answers("positions", within_s=0.01)

    script.request("GET /fapi/v3/positionRisk").answer(200, [])
    assert await wire.answers("positions", within_s=0.01)

    script.request("GET /fapi/v3/positionRisk")
    assert not await wire.answers("positions", within_s=0.01)
