"""A trader without NautilusTrader: does on the wire what a round needs, and tells the strategy's events."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from conformance.binance.account import Account

type Tell = Callable[[dict[str, Any]], None]
EVENTS = {"NEW": "OrderAccepted", "FILLED": "OrderFilled", "CANCELED": "OrderCanceled"}


class QuickSubject:
    """Stands in for `conformance.subject.subject.Subject`, as far as `CaseRun` uses it."""

    generation = 1

    async def start_trader(
        self,
        config: Mapping[str, Any],
        on_event: Tell,
        *,
        environment: Mapping[str, str],
        on_command: Tell,
        on_reply: Tell,
        **_more: Any,
    ) -> "QuickTrader":
        """Start a trader and return once it listens to its user stream."""
        account = Account(environment["BINANCE_API_KEY"], secret=environment["BINANCE_API_SECRET"])
        trader = QuickTrader(config, account, on_event, on_command, on_reply)
        await trader.start()
        return trader


class QuickTrader:
    """Stands in for a `TraderLink`."""

    def __init__(self, config: Mapping[str, Any], account: Account, event: Tell, command: Tell, reply: Tell) -> None:
        self.config = config
        self._account = account
        self._event, self._command, self._reply = event, command, reply
        self._commands = 0
        self._requests: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Listen to the user stream."""
        self._http = aiohttp.ClientSession(headers={"X-MBX-APIKEY": self._account.api_key})
        key = (await self._request("POST", "/fapi/v1/listenKey"))["listenKey"]
        self._stream = await self._http.ws_connect(f"{self.config['stream_url']}/private/ws?listenKey={key}")
        self._listening = asyncio.create_task(self._listen())

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Submit or cancel; the request is under way when this returns, as it is in a trader."""
        self._commands += 1
        self._command({"n": self._commands, "op": op, **arguments})
        called = time.monotonic_ns()
        if op == "submit":
            request = self._request("POST", "/fapi/v1/order", **_wired(arguments["order"]))
        else:
            request = self._request(
                "DELETE", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId=arguments["client_order_id"]
            )
        task = asyncio.create_task(request)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)
        reply = {"n": self._commands, "ok": True, "ns_called": called}
        self._reply(reply)
        return reply

    async def stop(self) -> None:
        """End all connections."""
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await asyncio.gather(*self._requests)
        await self._stream.close()
        await self._http.close()

    async def _listen(self) -> None:
        async for message in self._stream:
            data = json.loads(message.data)
            order = data.get("o", {})
            if data.get("e") == "ORDER_TRADE_UPDATE" and order["X"] in EVENTS:
                told = {"event": EVENTS[order["X"]], "client_order_id": order["c"], "status": order["X"]}
                self._event({**told, "ns": time.monotonic_ns()})

    async def _request(self, method: str, path: str, **params: str) -> Any:
        query = urlencode({**params, "timestamp": str(time.time_ns() // 1_000_000)})
        target = f"{self.config['http_url']}{path}?{query}&signature={self._account.sign(query)}"
        async with self._http.request(method, URL(target, encoded=True)) as answer:
            return await answer.json()


def _wired(order: Mapping[str, str]) -> dict[str, str]:
    named = {"client_order_id": "newClientOrderId", "time_in_force": "timeInForce"}
    return {named.get(name, name): str(value) for name, value in order.items()}
