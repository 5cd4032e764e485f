"""A stand-in for a subject: its trader is a few lines of Python, but it speaks to the gateway over real sockets.

It keeps the contract, unless its version says how it is to break it: `1.0.0+rejecting` rejects whatever is not answered
200, `1.0.0+dying` dies at its first order, `1.0.0+dumb` starts without ever reading its account, and `1.0.0+bare` has
no native field.
"""

import contextlib
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from conformance.binance.account import Account
from conformance.subject.errors import SubjectDied
from conformance.subject.installations import Installation
from conformance.subject.profiles import NATIVE_FIELDS

VENUE_TYPES = {"STOP_LIMIT": "STOP", "MARKET_IF_TOUCHED": "TAKE_PROFIT_MARKET"}


class StandInSubject:
    """What `conformance.subject.subject.Subject` is to a case."""

    def __init__(self, version: str) -> None:
        self.installation = Installation(version, Path("python"), "stand-in")
        self.capabilities = ["cache_database"]
        self.generation = 1 if version[0] < "2" else 2
        fields: dict[str, list[str]] = tomllib.loads(NATIVE_FIELDS.read_text(encoding="utf-8"))
        self.fields = {section: [] for section in fields} if version.endswith("+bare") else fields

    async def start(self) -> None:
        """Be there already."""

    async def start_trader(
        self,
        config: Mapping[str, Any],
        on_event: Callable[[dict[str, Any]], None],
        *,
        environment: Mapping[str, str],
        on_command: Callable[[dict[str, Any]], None],
        on_reply: Callable[[dict[str, Any]], None],
        on_end: Callable[[SubjectDied], None],
        **_: Any,
    ) -> "StandInTrader":
        trader = StandInTrader(
            self.installation.version,
            config,
            environment,
            on_event=on_event,
            on_command=on_command,
            on_reply=on_reply,
            on_end=on_end,
        )
        on_command({"n": 1, "op": "start", "config": dict(config)})
        await trader.connect()
        on_reply({"n": 1, "ok": True})
        return trader


class StandInTrader:
    """What `TraderLink` is to a case: submits and cancels orders over REST and takes the answer as the event."""

    def __init__(
        self,
        version: str,
        config: Mapping[str, Any],
        environment: Mapping[str, str],
        *,
        on_event: Callable[[dict[str, Any]], None],
        on_command: Callable[[dict[str, Any]], None],
        on_reply: Callable[[dict[str, Any]], None],
        on_end: Callable[[SubjectDied], None],
    ) -> None:
        self.config = dict(config)
        self._broken = version.partition("+")[2]
        # The names differ by world: the testnet's are not production's.
        key, secret = (
            next(value for name, value in environment.items() if name.endswith(end))
            for end in ("API_KEY", "API_SECRET")
        )
        # As traders do, by the look of the secret.
        given = {"private_key" if secret.startswith("-----") else "secret": secret}
        self._account = Account(key, **given)
        self._client = httpx.AsyncClient(base_url=config["http_url"], trust_env=False)
        self._tell, self._on_command, self._on_reply, self._on_end = on_event, on_command, on_reply, on_end
        self._orders: dict[str, dict[str, Any]] = {}
        self._balances: list[dict[str, Any]] = []
        self._number = 1

    async def connect(self) -> None:
        if self._broken == "dumb":
            return
        answer = await self._signed("GET", "/fapi/v3/balance")
        self._balances = [
            {"currency": row["asset"], "total": row["balance"], "free": row["balance"], "locked": "0"}
            for row in answer.json()
        ]

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        self._number += 1
        self._on_command({"n": self._number, "op": op, **arguments})
        reply = {"n": self._number, "ok": True, **await getattr(self, f"_{op}")(**arguments)}
        self._on_reply(reply)
        return reply

    async def stop(self, *, graceful: bool | None = None, by: str | None = None) -> None:
        with contextlib.suppress(RuntimeError):
            await self._client.aclose()

    async def kill(self) -> None:
        await self.stop()

    async def _snapshot(self) -> dict[str, Any]:
        return {"orders": list(self._orders.values()), "positions": [], "balances": self._balances}

    async def _submit(self, order: Mapping[str, Any]) -> dict[str, Any]:
        name = order["client_order_id"]
        if self._broken == "dying":
            died = SubjectDied("submit", -9, "last words of the stand-in")
            self._on_end(died)
            raise died
        self._event("OrderSubmitted", name)
        params = {key: order[key] for key in ("symbol", "side", "quantity", "price") if key in order}
        params["type"] = VENUE_TYPES.get(order["type"], order["type"])
        if order["type"] in ("MARKET", "LIMIT"):
            params["newClientOrderId"] = name
            path = "/fapi/v1/order"
        else:
            params |= {"clientAlgoId": name, "algoType": "CONDITIONAL", "triggerPrice": order["trigger_price"]}
            path = "/fapi/v1/algoOrder"
        if order["type"] == "LIMIT":
            params["timeInForce"] = "GTX" if order.get("post_only") else "GTC"
        for _ in range(2):
            answer = await self._signed("POST", path, **params)
            if answer.status_code != 429:
                break
        if answer.status_code >= 500 and self._broken != "rejecting":
            answer = await self._signed("GET", path, symbol=order["symbol"], origClientOrderId=name)
        row = {"reduce_only": False, **order, "status": "ACCEPTED", "open": True, "filled_qty": "0"}
        body = answer.json()
        if answer.status_code == 200:
            number = str(body.get("orderId") or body.get("algoId") or "")
            self._orders[name] = {**row, "venue_order_id": number}
            self._event("OrderAccepted", name, venue_order_id=number)
        else:
            self._orders[name] = {**row, "status": "REJECTED", "open": False}
            self._event("OrderRejected", name, reason=f"{body['code']}: {body['msg']}")
        return {"ns_called": time.monotonic_ns()}

    async def _cancel(self, client_order_id: str) -> dict[str, Any]:
        order = self._orders[client_order_id]
        if order["type"] in ("MARKET", "LIMIT"):
            await self._signed("DELETE", "/fapi/v1/order", symbol=order["symbol"], origClientOrderId=client_order_id)
        else:
            await self._signed("DELETE", "/fapi/v1/algoOrder", clientAlgoId=client_order_id)
        order |= {"status": "CANCELED", "open": False}
        self._event("OrderCanceled", client_order_id)
        return {}

    def _event(self, name: str, order: str, **fields: Any) -> None:
        self._tell({"event": name, "client_order_id": order, "ns": time.monotonic_ns(), **fields})

    async def _signed(self, method: str, path: str, **params: str) -> httpx.Response:
        query = urlencode({**params, "timestamp": str(time.time_ns() // 1_000_000)})
        return await self._client.request(
            method,
            f"{path}?{query}&signature={quote(self._account.sign(query), safe='')}",
            headers={"X-MBX-APIKEY": self._account.api_key},
        )
