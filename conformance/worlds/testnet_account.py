"""The testnet account as the suite itself keeps it: nothing of others in it at first, nothing of ours at the end.

These requests go to the venue directly and not through the gateway: they belong to no case, and their order and number
would otherwise be part of every history and cassette.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx

from conformance.binance.account import Account
from conformance.binance.usdm import (
    CANCEL_ALL,
    CANCEL_ALL_ALGO,
    CHANGE_LEVERAGE,
    OPEN_ALGO_ORDERS,
    OPEN_ORDERS,
    PLACE,
    POSITION_RISK_V3,
    SYMBOL_CONFIG,
    TIME,
)
from conformance.worlds.world import WorldError

_USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"
#: A case asks for up to about 300 of weight. It is begun only while this share of the venue's limit is unused: a trader
#: that is refused for what earlier cases used would say nothing about its version.
_LEFT_TO_A_CASE = 0.5
_WEIGHT_LIMIT = 2400
#: Limits are counted by the minute.
_PATIENCE_S = 75.0
_ATTEMPTS = 3
_LIMITED = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.IM_A_TEAPOT)


class TestnetAccount:
    """Signed requests of the suite, patient with the venue's limits. Raises `WorldError` for any other refusal."""

    __test__ = False  # the name begins as a test class does

    def __init__(
        self,
        base_url: str,
        account: Account,
        symbol: str,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, timeout=10, follow_redirects=False, trust_env=False)
        self._account = account
        self._symbol = symbol
        self._pause = pause
        self._used_weight = 0
        self._leverage: int | None = None

    async def enter(self) -> None:
        """Refuse an account that holds anything, and wait until the venue's limits leave room for a case."""
        orders, positions = await self._holdings()
        if orders or positions:
            raise WorldError(
                f"the testnet account already holds {len(orders)} open orders and {len(positions)} positions in "
                f"{self._symbol}: close them, or use an account of its own: a case closes everything at its end"
            )
        self._leverage = await self._leverage_now()
        await self._room_for_a_case()

    async def leave(self) -> None:
        """Cancel every order and close the position of the symbol, set its leverage back, and see that it is so."""
        for attempt in range(_ATTEMPTS):
            await self._signed("DELETE", CANCEL_ALL.path, symbol=self._symbol)
            await self._signed("DELETE", CANCEL_ALL_ALGO.path, symbol=self._symbol)
            orders, positions = await self._holdings()
            if not orders and not positions:
                break
            # A stop may trigger, and an order fill, between its cancellation and the look: then once more.
            if attempt == _ATTEMPTS - 1:
                raise WorldError(
                    f"the testnet account still holds {len(orders)} orders and {len(positions)} positions in "
                    f"{self._symbol}: close them by hand"
                )
            for row in positions:
                await self._close_position(Decimal(row["positionAmt"]))
        if self._leverage is not None and await self._leverage_now() != self._leverage:
            await self._signed("POST", CHANGE_LEVERAGE.path, symbol=self._symbol, leverage=str(self._leverage))

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def _holdings(self) -> tuple[Sequence[Any], Sequence[Mapping[str, Any]]]:
        orders = await self._signed("GET", OPEN_ORDERS.path, symbol=self._symbol)
        algos = await self._signed("GET", OPEN_ALGO_ORDERS.path, symbol=self._symbol)
        positions = await self._signed("GET", POSITION_RISK_V3.path, symbol=self._symbol)
        return [*orders, *algos], [row for row in positions if Decimal(row["positionAmt"]) != 0]

    async def _close_position(self, amount: Decimal) -> None:
        await self._signed(
            "POST",
            PLACE.path,
            symbol=self._symbol,
            side="SELL" if amount > 0 else "BUY",
            type="MARKET",
            quantity=str(abs(amount)),
            reduceOnly="true",
            newOrderRespType="RESULT",
        )

    async def _leverage_now(self) -> int | None:
        rows = await self._signed("GET", SYMBOL_CONFIG.path, symbol=self._symbol)
        return next((int(row["leverage"]) for row in rows if row["symbol"] == self._symbol), None)

    async def _room_for_a_case(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while self._used_weight > _WEIGHT_LIMIT * _LEFT_TO_A_CASE and time.monotonic() < deadline:
            await self._pause(1)
            await self._signed("GET", TIME.path)

    async def _signed(self, method: str, path: str, **params: str) -> Any:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            query = urlencode({**params, "timestamp": str(time.time_ns() // 1_000_000), "recvWindow": "10000"})
            response = await self._client.request(
                method,
                f"{path}?{query}&signature={self._account.sign(query)}",
                headers={"X-MBX-APIKEY": self._account.api_key},
            )
            self._used_weight = max(0, _whole(response.headers.get(_USED_WEIGHT)))
            wait_s = max(1, _whole(response.headers.get("Retry-After")))
            if response.status_code not in _LIMITED or time.monotonic() + wait_s > deadline:
                break
            # Positions must be closed, limits or not: the venue says when it will listen again.
            await self._pause(wait_s)
        body = response.json() if response.headers.get("content-type", "").startswith("application/json") else None
        if response.status_code != httpx.codes.OK or body is None:
            raise WorldError(f"the testnet answered {method} {path} with {response.status_code} {response.text[:200]}")
        return body


def _whole(header: str | None) -> int:
    return int(header) if header and header.isascii() and header.lstrip("-").isdigit() else 0
