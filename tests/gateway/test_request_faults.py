"""Faults on requests: applied exactly as often as told, visible in the history, and real on the wire."""

import asyncio
import json

import aiohttp
import pytest

from conformance.binance.route import RouteError
from conformance.gateway.server import Gateway
from conformance.history.entries import Answer, FaultApplied
from conformance.history.history import History
from tests.gateway.client import hear, order, place, send, signed
from tests.gateway.conftest import ACCOUNT, TinyVenue

ORDER = "POST /fapi/v1/order"


def target(client_order_id: str) -> str:
    """Return the target of a signed order."""
    return f"/fapi/v1/order?{signed(order(client_order_id))}"


@pytest.mark.parametrize("processed", [False, True])
async def test_answer_stands_in_for_the_venues(
    gateway: Gateway, venue: TinyVenue, history: History, trader, processed: bool
) -> None:
    """The scripted answer arrives the number of times told; the venue sees the request only where it is `processed`."""
    body = {"code": -1003, "msg": "Too many requests"}
    gateway.faults.answer(ORDER, 429, body, times=2, processed=processed, headers={"Retry-After": "1"})

    seen = [await send(trader, gateway, "POST", target(f"F-{number}")) for number in range(3)]

    assert [status for status, _, _ in seen] == [429, 429, 200]
    assert json.loads(seen[0][1]) == body
    assert seen[0][2]["Retry-After"] == "1"
    assert len(venue.received) == (3 if processed else 1)
    assert [record.what for record in history.of(FaultApplied)] == ["answer", "answer"]
    assert [record.source for record in history.of(Answer)] == ["fault", "fault", "venue"]
    assert history.of(Answer)[0].headers == {"retry-after": "1"}
    assert gateway.faults.unused == []


async def test_skip_and_parameters_choose_the_request(gateway: Gateway, history: History, trader) -> None:
    """`skip` passes over the first ones; a client order id matches with the broker prefix of 2.x, too."""
    gateway.faults.answer(ORDER, 503, "Service Unavailable", skip=1, newClientOrderId="STOP-1")

    for name in ("OTHER-1", "x-aHRE4BCj-RSTOP-1", "x-aHRE4BCj-RSTOP-1", "STOP-1"):
        await send(trader, gateway, "POST", target(name))

    assert [record.status for record in history.of(Answer)] == [200, 200, 503, 200]


async def test_faults_of_one_route_apply_in_the_order_they_were_armed(
    gateway: Gateway, history: History, trader
) -> None:
    """Different kinds on one route follow one another, whatever does the answering."""
    gateway.faults.answer(ORDER, 503, {"code": -1008, "msg": "throttled"})
    gateway.faults.drop(ORDER, processed=False)
    gateway.faults.answer(ORDER, 418, {"code": -1003, "msg": "banned"})

    await send(trader, gateway, "POST", target("A-1"))
    with pytest.raises(aiohttp.ClientError):
        await send(trader, gateway, "POST", target("A-1"))
    await send(trader, gateway, "POST", target("A-1"))

    assert [record.status or record.ended for record in history.of(Answer)] == [503, "dropped", 418]


@pytest.mark.parametrize("processed", [False, True])
async def test_dropped_request_reached_the_venue_only_if_processed(
    gateway: Gateway, venue: TinyVenue, history: History, trader, processed: bool
) -> None:
    """The trader sees a reset; the venue has the order, or has never heard of it."""
    gateway.faults.drop(ORDER, processed=processed)

    with pytest.raises(aiohttp.ClientError):
        await send(trader, gateway, "POST", target("D-1"))

    assert len(venue.received) == int(processed)
    (fault,), (answer,) = history.of(FaultApplied), history.of(Answer)
    assert (fault.what, fault.processed, answer.ended) == ("drop", processed, "dropped")
    assert (fault.venue or {}).get("orderId") == (1000 if processed else None)


async def test_drop_is_a_reset_and_no_orderly_end(gateway: Gateway) -> None:
    """The trader's socket fails with ECONNRESET, as when a proxy dies; an empty answer would be another fault."""
    gateway.faults.drop(ORDER, processed=False)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(f"POST {target('R-1')} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n".encode())

    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


async def test_truncated_answer_is_shorter_than_it_says(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """The trader gets a payload error, not half a body that looks whole; the venue has the order."""
    gateway.faults.truncate(ORDER)

    with pytest.raises(aiohttp.ClientPayloadError):
        await send(trader, gateway, "POST", target("T-1"))

    assert len(venue.open_orders) == 1
    assert history.of(Answer)[0].source == "fault"


async def test_garbled_answer_is_not_json(gateway: Gateway, venue: TinyVenue, trader) -> None:
    """A 200 with HTML, after the venue processed the order."""
    gateway.faults.garble(ORDER)

    status, text, headers = await send(trader, gateway, "POST", target("G-1"))

    assert (status, headers["Content-Type"], len(venue.open_orders)) == (200, "text/html", 1)
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(text)


@pytest.mark.parametrize("processed", [False, True])
async def test_delay_holds_the_request_or_its_answer(
    gateway: Gateway, venue: TinyVenue, history: History, trader, processed: bool
) -> None:
    """Until its event is set the trader has no answer, and the venue no request unless it is `processed`."""
    release = asyncio.Event()
    gateway.faults.delay(ORDER, until=release, processed=processed)

    under_way = asyncio.create_task(send(trader, gateway, "POST", target("W-1")))
    await history.wait(lambda record: isinstance(record, FaultApplied), what="the delay")

    assert len(venue.received) == int(processed)
    assert not under_way.done()
    release.set()
    assert (await under_way)[0] == 200


async def test_fault_that_never_applied_is_visible(gateway: Gateway, trader) -> None:
    """A case whose fault did not happen cannot pass silently."""
    gateway.faults.drop("DELETE /fapi/v1/order", processed=True, origClientOrderId="X-1")
    gateway.faults.lose("ALGO_UPDATE", X="NEW")
    await place(trader, gateway, "A-1")

    assert gateway.faults.unused == [
        "drop on DELETE /fapi/v1/order origClientOrderId=X-1",
        "lose of ALGO_UPDATE X=NEW",
    ]


async def test_requests_of_the_suite_meet_no_fault(gateway: Gateway) -> None:
    """The suite looks at the venue through the same client, but never at its own faults."""
    gateway.faults.answer("GET /fapi/v2/account", 500, {}, times=None)
    assert (await gateway.ask("GET", "/fapi/v2/account", signer=ACCOUNT)).status == 200


@pytest.mark.parametrize("route", ["/fapi/v1/order", "PATCH /fapi/v1/order", "WS /fapi", "POST fapi", "GET /a?b=1"])
async def test_malformed_route_is_refused(gateway: Gateway, route: str) -> None:
    """A route that no request can match is an error when armed, and shows the two forms."""
    with pytest.raises(RouteError, match="'POST /fapi/v1/order'"):
        gateway.faults.answer(route, 500, {})


async def test_delay_needs_exactly_one_bound(gateway: Gateway) -> None:
    """Seconds or an event: neither, or both, is refused."""
    with pytest.raises(ValueError, match="exactly one"):
        gateway.faults.delay(ORDER)
    with pytest.raises(ValueError, match="exactly one"):
        gateway.faults.delay_frame("*", 1.0, until=asyncio.Event())
    with pytest.raises(ValueError, match="times"):
        gateway.faults.answer(ORDER, 500, {}, times=0)


async def test_ws_api_answers_are_faulted_by_method(
    gateway: Gateway, venue: TinyVenue, history: History, trader
) -> None:
    """The same faults work on the WS API: error, answer after processing, garbled, truncated, dropped, delayed."""
    route, release = "WS order.place", asyncio.Event()
    gateway.faults.answer(route, 400, {"code": -2019, "msg": "Margin is insufficient."}, newClientOrderId="W-0")
    gateway.faults.answer(route, 408, {"code": -1007, "msg": "Timeout"}, processed=True, newClientOrderId="W-1")
    gateway.faults.garble(route, newClientOrderId="W-2")
    gateway.faults.truncate(route, newClientOrderId="W-3")
    gateway.faults.delay(route, until=release, newClientOrderId="W-4")
    gateway.faults.delay(route, until=release, processed=True, newClientOrderId="W-5")
    gateway.faults.drop(route, processed=True, newClientOrderId="W-7")

    async with trader.ws_connect(gateway.ws_api_url) as socket:
        for number in range(7):
            params = order(f"W-{number}")
            await socket.send_json({"id": number, "method": "order.place", "params": params})
        heard = [await socket.receive_str() for _ in range(5)]
        release.set()
        late = {(await hear(socket))["id"] for _ in range(2)}
        await socket.send_json({"id": 7, "method": "order.place", "params": order("W-7")})
        assert await hear(socket) in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)

    parsed = {message["id"]: message for message in (json.loads(text) for text in heard if text.endswith("}"))}
    assert {number: message["status"] for number, message in parsed.items()} == {0: 400, 1: 408, 6: 200}
    assert parsed[0]["error"]["code"] == -2019
    assert late == {4, 5}
    assert {order_["clientOrderId"] for order_ in venue.open_orders} == {f"W-{number}" for number in range(1, 8)}
    assert gateway.faults.unused == []
    assert len(history.of(FaultApplied)) == 7
