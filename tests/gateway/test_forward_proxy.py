"""The forward proxy: it alone knows where the venue is, and takes a request or a tunnel to nowhere else."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from conformance.gateway.forward_proxy import VENUE, ForwardProxy
from conformance.simulator import Simulator


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A venue."""
    simulator = Simulator()
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncIterator[ForwardProxy]:
    """A proxy in front of it."""
    proxy = ForwardProxy(simulator.url)
    await proxy.start()
    yield proxy
    await proxy.close()


async def test_request_is_passed_on_one_by_one(proxy: ForwardProxy) -> None:
    """A request with the whole URL reaches the venue by its path, and each next one is looked at again."""
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(f"http://{VENUE}/fapi/v1/time?a=%2B", proxy=proxy.url) as answer:
                assert answer.status == 200
                assert "serverTime" in await answer.json()
    assert proxy.taken == [f"GET http://{VENUE}/fapi/v1/time?a=%2B HTTP/1.1"] * 2


async def test_stream_goes_through_either_way(proxy: ForwardProxy) -> None:
    """A WebSocket opens by a tunnel, and by a request with the whole URL that asks for the upgrade."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"http://{VENUE}/ws-fapi/v1", proxy=proxy.url) as stream,
    ):
        await stream.send_json({"id": "1", "method": "time"})
        assert (await stream.receive_json(timeout=5))["status"] == 200
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    writer.write(f"CONNECT {VENUE}:80 HTTP/1.1\r\nHost: {VENUE}:80\r\n\r\n".encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    writer.write(f"GET /fapi/v1/time HTTP/1.1\r\nHost: {VENUE}\r\nConnection: close\r\n\r\n".encode())
    assert b"serverTime" in await reader.read()
    writer.close()


async def test_nothing_else_is_reached(proxy: ForwardProxy) -> None:
    """Whatever else is asked for is refused: nothing ever goes to a production host."""
    async with (
        aiohttp.ClientSession() as session,
        session.get("http://fapi.example/fapi/v1/time", proxy=proxy.url) as answer,
    ):
        assert answer.status == 502


async def test_the_venues_name_is_no_hosts() -> None:
    """Without the proxy there is no way."""
    with pytest.raises(socket.gaierror):
        await asyncio.open_connection(VENUE, 80)
