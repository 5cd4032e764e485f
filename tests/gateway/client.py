"""What a trader does on the wire, for the gateway's tests: signs, places orders, listens."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from conformance.binance.account import Account
from conformance.gateway.server import Gateway
from tests.gateway.conftest import ACCOUNT

WITHIN_S = 5.0


def order(client_order_id: str, **more: str) -> dict[str, str]:
    """Return a limit order's parameters."""
    given = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010"}
    return {**given, "price": "50000.0", "newClientOrderId": client_order_id, **more}


def signed(params: Mapping[str, str], account: Account = ACCOUNT, timestamp: int = 1_700_000_000_000) -> str:
    """Return a signed query."""
    query = urlencode({**params, "timestamp": str(timestamp)}, quote_via=quote)
    return f"{query}&signature={quote(account.sign(query), safe='')}"


async def send(
    trader: aiohttp.ClientSession, gateway: Gateway, method: str, target: str, **more: Any
) -> tuple[int, str, Mapping[str, str]]:
    """Send a request to the gateway, its target byte for byte; return status, text and headers of the answer."""
    headers = {"X-MBX-APIKEY": ACCOUNT.api_key, **more.pop("headers", {})}
    async with trader.request(
        method, URL(gateway.http_url + target, encoded=True), headers=headers, **more
    ) as response:
        return response.status, await response.text(), response.headers


async def place(trader: aiohttp.ClientSession, gateway: Gateway, client_order_id: str, **more: str) -> Any:
    """Place an order by HTTP; return the answer's body, parsed."""
    target = f"/fapi/v1/order?{signed(order(client_order_id, **more))}"
    _, text, _ = await send(trader, gateway, "POST", target)
    return json.loads(text)


async def hear(stream: aiohttp.ClientWebSocketResponse) -> Any:
    """Return the next frame, parsed; a close or an error comes back as its message type."""
    async with asyncio.timeout(WITHIN_S):
        message = await stream.receive()
    return json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else message.type
