"""Faults are the same over HTTP and the WS API: what the trader gets, what the venue got, what the history says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from conformance.gateway.answer import scripted
from conformance.gateway.faults.armed import HTML, Faults
from conformance.gateway.server import Gateway
from conformance.history.entries import Answer, FaultApplied
from conformance.history.history import History
from tests.gateway.client import order, send, signed
from tests.gateway.conftest import ACCOUNT, TinyVenue

Ask = Callable[[str], Awaitable[tuple[int, Any]]]
REFUSED = {"code": -2019, "msg": "Margin is insufficient."}
TRANSPORTS = ("http", "ws-api")
CUT = (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


@asynccontextmanager
async def asking(transport: str, gateway: Gateway, trader: aiohttp.ClientSession) -> AsyncIterator[Ask]:
    """Return how to place an order: status and body of the answer, status 0 for a cut connection."""

    async def over_http(name: str) -> tuple[int, Any]:
        try:
            status, text, _ = await send(trader, gateway, "POST", f"/fapi/v1/order?{signed(order(name))}")
        except aiohttp.ClientError:
            return 0, None
        return status, _parsed(text)

    if transport == "http":
        yield over_http
        return
    async with trader.ws_connect(gateway.ws_api_url, headers={"X-MBX-APIKEY": ACCOUNT.api_key}) as socket:

        async def over_ws(name: str) -> tuple[int, Any]:
            await socket.send_json({"id": name, "method": "order.place", "params": order(name)})
            async with asyncio.timeout(5):
                message = await socket.receive()
            if message.type in CUT:
                return 0, None
            told = _parsed(message.data)
            if not isinstance(told, dict):
                return 200, told
            assert told["id"] == name
            return told["status"], told.get("result", told.get("error"))

        yield over_ws


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("processed", [False, True])
@pytest.mark.parametrize(
    ("arm", "status", "body"),
    [
        (lambda faults, **given: faults.answer("place order", 400, REFUSED, **given), 400, REFUSED),
        (lambda faults, **given: faults.garble("place order", **given), 200, HTML),
        (lambda faults, **given: faults.drop("place order", **given), 0, None),
    ],
)
async def test_fault_stands_in_for_the_venue(
    gateway: Gateway,
    venue: TinyVenue,
    history: History,
    trader: aiohttp.ClientSession,
    transport: str,
    processed: bool,
    arm: Callable[..., Any],
    status: int,
    body: Any,
) -> None:
    """The trader gets what was armed; the venue has the order only where it is `processed`."""
    arm(gateway.faults, processed=processed)
    async with asking(transport, gateway, trader) as ask:
        assert await ask("A-1") == (status, body)
    assert len(venue.open_orders) == int(processed)
    (fault,), (answer,) = history.of(FaultApplied), history.of(Answer)
    assert (fault.to, fault.processed, (fault.venue or {}).get("orderId")) == (
        answer.to,
        processed,
        1000 if processed else None,
    )
    assert answer.source == "fault"


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("processed", [False, True])
async def test_hung_request_is_never_answered_and_its_connection_stays(
    gateway: Gateway, venue: TinyVenue, history: History, trader: aiohttp.ClientSession, transport: str, processed: bool
) -> None:
    """The next request on the WS API's connection is answered while the first still waits."""
    gateway.faults.hang("place", processed=processed, newClientOrderId="A-1")
    async with asking(transport, gateway, trader) as ask:
        if transport == "http":
            waiting = asyncio.create_task(ask("A-1"))
            hung = await history.wait_for(Answer, lambda answer: answer.ended == "hung", what="the hang")
            assert (await ask("A-2"))[0] == 200
            assert not waiting.done()
            waiting.cancel()
        else:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await ask("A-1")
            hung = await history.wait_for(Answer, lambda answer: answer.ended == "hung", what="the hang")
    assert hung.status == 0
    assert [each["clientOrderId"] for each in venue.open_orders].count("A-1") == int(processed)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_answer_is_rewritten(
    gateway: Gateway, venue: TinyVenue, history: History, trader: aiohttp.ClientSession, transport: str
) -> None:
    """By fields or by a function; the history has the venue's own beside it."""
    gateway.faults.rewrite_answer("place", {"status": "PENDING_NEW"})
    gateway.faults.rewrite_answer("place", lambda body: {**body, "orderId": body["orderId"] + 5})
    async with asking(transport, gateway, trader) as ask:
        first, second = await ask("A-1"), await ask("A-2")
    assert (first[1]["status"], first[1]["orderId"]) == ("PENDING_NEW", 1000)
    assert (second[1]["status"], second[1]["orderId"]) == ("NEW", 1006)
    assert [fault.venue["status"] for fault in history.of(FaultApplied)] == ["NEW", "NEW"]
    assert history.of(Answer)[0].body["status"] == "PENDING_NEW"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_fault_lasts_until_its_event(
    gateway: Gateway, venue: TinyVenue, trader: aiohttp.ClientSession, transport: str
) -> None:
    """It applies to every request until then, and to none after."""
    over = asyncio.Event()
    gateway.faults.answer("place", 503, REFUSED, until=over)
    async with asking(transport, gateway, trader) as ask:
        seen = [(await ask(f"A-{number}"))[0] for number in range(3)]
        over.set()
        seen.append((await ask("A-4"))[0])
    assert seen == [503, 503, 503, 200]


async def test_fault_on_several_routes_counts_them_together(
    gateway: Gateway, venue: TinyVenue, trader: aiohttp.ClientSession
) -> None:
    """Once on any of the routes: a version may use one or the other."""
    gateway.faults.answer(["WS order.place", "POST /fapi/v1/order"], 503, REFUSED)
    seen = []
    for transport in TRANSPORTS:
        async with asking(transport, gateway, trader) as ask:
            seen.append((await ask(f"{transport}-1"))[0])
    assert seen == [503, 200]


def test_rows_of_a_list_are_rewritten_each() -> None:
    """Other bodies stay as they are."""
    rows = scripted(200, [{"a": 1}, {"b": 2}, "text"]).changed({"a": 9})
    assert rows.body == [{"a": 9}, {"b": 2, "a": 9}, "text"]
    assert scripted(200, "<html>").changed({"a": 9}).content == b"<html>"
    assert Faults().on_frame(None) is None
