"""The live testnet as a world: play money, but somebody else's machines. What a case opens there is closed again.

It never starts without testnet credentials, never speaks to a production host (`gateway.upstream` refuses them), never
places an order above a cap, and never touches an account that holds anything of its own.
"""

import os
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, override
from urllib.parse import urlencode

import httpx

from conformance.gateway.account import Account
from conformance.gateway.session_file import World as Origin
from conformance.gateway.upstream import Upstream
from conformance.subject.orders import OrderRequest
from conformance.worlds.world import World, WorldError

#: NautilusTrader's own names for the USDⓈ-M testnet's credentials, the same in every version.
KEY_VARIABLE = "BINANCE_FUTURES_TESTNET_API_KEY"
SECRET_VARIABLE = "BINANCE_FUTURES_TESTNET_API_SECRET"  # noqa: S105 - the variable's name
#: Another address of a testnet, such as a simulator that poses as one.
URL_VARIABLE = "CONFORMANCE_TESTNET_URL"
NOTIONAL_CAP = Decimal(5000)


class TestnetWorld(World):
    """Binance's USDⓈ-M testnet, or what `CONFORMANCE_TESTNET_URL` names in its place."""

    __test__ = False  # the name begins as a test class does
    name: ClassVar[str] = "testnet"
    testnet: ClassVar[bool] = True

    def __init__(self, symbol: str = "BTCUSDT", environment: Mapping[str, str] = os.environ) -> None:
        self._symbol = symbol
        self._environment = {name: environment.get(name, "").strip() for name in (KEY_VARIABLE, SECRET_VARIABLE)}
        for name, value in self._environment.items():
            if not value:
                raise WorldError(
                    f"{name} is not set: the testnet world needs the key of a USDⓈ-M testnet account in {KEY_VARIABLE} "
                    f"and its secret in {SECRET_VARIABLE}. Production keys are never used."
                )
        url = environment.get(URL_VARIABLE, "").strip()
        self._upstream = Upstream.at(url) if url else Upstream.testnet()
        self.account = Account(self._environment[KEY_VARIABLE], secret=self._environment[SECRET_VARIABLE])
        self._client = httpx.AsyncClient(base_url=self._upstream.http, timeout=10, follow_redirects=False)
        self._entered = False

    @property
    @override
    def upstream(self) -> Upstream:
        return self._upstream

    @property
    @override
    def origin(self) -> Origin:
        return "demo" if "demo" in self._upstream.host else "testnet"

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return self._environment

    @override
    async def open(self, case_id: str) -> None:
        try:
            await self._refuse_what_is_not_ours()
        except httpx.HTTPError as error:
            raise WorldError(
                f"the testnet at {self._upstream.http} does not answer ({type(error).__name__}: {error}); "
                f"check the network, or name another in {URL_VARIABLE}"
            ) from error
        self._entered = True

    @override
    def approve(self, request: OrderRequest, last: Decimal) -> None:
        price = max(last, Decimal(request.price or 0), Decimal(request.trigger_price or 0))
        notional = Decimal(request.quantity) * price
        if notional > NOTIONAL_CAP:
            raise WorldError(
                f"order {request.client_order_id} of {notional:f} USDT is above the testnet's cap of {NOTIONAL_CAP}"
            )

    @override
    async def close(self) -> None:
        try:
            if self._entered:
                await self._leave_flat()
        finally:
            await self._client.aclose()

    async def _refuse_what_is_not_ours(self) -> None:
        orders, positions = await self._holdings()
        if orders or positions:
            raise WorldError(
                f"the testnet account already holds {len(orders)} open orders and {len(positions)} positions in "
                f"{self._symbol}: close them, or use an account of its own: a case closes everything at its end"
            )

    async def _holdings(self) -> tuple[Sequence[Any], Sequence[Mapping[str, Any]]]:
        orders = await self._signed("GET", "/fapi/v1/openOrders", symbol=self._symbol)
        algos = await self._signed("GET", "/fapi/v1/openAlgoOrders", symbol=self._symbol)
        positions = await self._signed("GET", "/fapi/v3/positionRisk", symbol=self._symbol)
        return [*orders, *algos], [row for row in positions if Decimal(row["positionAmt"]) != 0]

    async def _leave_flat(self) -> None:
        await self._signed("DELETE", "/fapi/v1/allOpenOrders", symbol=self._symbol)
        await self._signed("DELETE", "/fapi/v1/algoOpenOrders", symbol=self._symbol)
        _, positions = await self._holdings()
        for row in positions:
            amount = Decimal(row["positionAmt"])
            await self._signed(
                "POST",
                "/fapi/v1/order",
                symbol=self._symbol,
                side="SELL" if amount > 0 else "BUY",
                type="MARKET",
                quantity=str(abs(amount)),
                reduceOnly="true",
                newOrderRespType="RESULT",
            )
        orders, positions = await self._holdings()
        if orders or positions:
            raise WorldError(f"the testnet account still holds {len(orders)} orders and {len(positions)} positions")

    async def _signed(self, method: str, path: str, **params: str) -> Any:
        query = urlencode({**params, "timestamp": str(time.time_ns() // 1_000_000), "recvWindow": "10000"})
        return await self._send(method, f"{path}?{query}&signature={self.account.sign(query)}")

    async def _send(self, method: str, target: str) -> Any:
        response = await self._client.request(method, target, headers={"X-MBX-APIKEY": self.account.api_key})
        body = response.json() if response.headers.get("content-type", "").startswith("application/json") else None
        if response.status_code != httpx.codes.OK or body is None:
            path = target.partition("?")[0]
            raise WorldError(f"the testnet answered {method} {path} with {response.status_code} {response.text[:200]}")
        return body
