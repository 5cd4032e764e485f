"""ccxt as a trader: over REST, or with ccxt.pro over the WebSocket API."""

import re
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import ccxt
import ccxt.pro

from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Simulator
from tests.clients.behaviour.trader import SYMBOL, Refused, View, number

MARKET = "BTC/USDT:USDT"
FUTURES = "https://fapi.binance.com/"


def exchange(simulator: Simulator) -> Any:
    """Return ccxt's client, pointed at a simulator by rewriting the host of every address it knows."""
    client = ccxt.pro.binanceusdm(
        {
            "apiKey": DEFAULT_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "options": {"fetchCurrencies": False, "defaultType": "swap"},
        }
    )
    _point(client.urls["api"], f"127.0.0.1:{simulator.port}")
    # ccxt finds the meaning of an error code by the host that answered, which is no longer Binance's.
    by_url = client.get_exceptions_by_url
    client.get_exceptions_by_url = lambda _, kind: by_url(FUTURES, kind)
    return client


def _point(addresses: dict[str, Any], host: str) -> None:
    for name, value in addresses.items():
        if isinstance(value, dict):
            _point(value, host)
        elif isinstance(value, str):
            scheme = "ws" if value.startswith("ws") else "http"
            addresses[name] = re.sub(r"^\w+://[^/]+", f"{scheme}://{host}", value)


def code_of(error: ccxt.BaseError) -> int | None:
    """Return Binance's code in one of ccxt's errors."""
    found = re.search(r'"code":\s*(-\d+)', str(error))
    return int(found.group(1)) if found else None


async def asked(call: Awaitable[Any]) -> Any:
    """Return what a call of ccxt gives; raises `Refused` for its error."""
    try:
        return await call
    except ccxt.BaseError as error:
        code = code_of(error)
        if code is None:
            raise
        raise Refused(code) from error


def position_view(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Return ccxt's positions as a view has them."""
    found = {}
    for row in rows:
        amount = number(row["contracts"]) * (-1 if row["side"] == "short" else 1)
        if amount:
            side = row["side"].upper() if row["hedged"] else "BOTH"
            found[SYMBOL, side] = (amount, number(row["entryPrice"]))
    return found


def order_view(rows: list[dict[str, Any]]) -> dict[str, tuple[str, Decimal, Decimal, Decimal]]:
    """Return ccxt's orders as a view has them."""
    return {
        row["id"]: (row["side"].upper(), number(row["amount"]), number(row["filled"]), number(row["price"]))
        for row in rows
        if row["status"] == "open"
    }


class CcxtTrader:
    """ccxt; with `socket`, orders go over the WebSocket API and everything else stays on REST."""

    can_batch = can_hedge = True

    def __init__(self, simulator: Simulator, *, socket: bool = False) -> None:
        self.client = exchange(simulator)
        self._socket = socket

    async def _create(self, kind: str, side: str, quantity: str, price: str | None, params: dict[str, Any]) -> Any:
        create = self.client.create_order_ws if self._socket else self.client.create_order
        at = None if price is None else float(price)
        return await asked(create(MARKET, kind, side.lower(), float(quantity), at, params))

    @staticmethod
    def _params(flags: dict[str, Any]) -> dict[str, Any]:
        params: dict[str, Any] = {}
        if flags.get("post_only"):
            params["postOnly"] = True
        if flags.get("reduce_only"):
            params["reduceOnly"] = True
        if "position_side" in flags:
            params["positionSide"] = flags["position_side"]
        return params

    async def limit(self, side: str, quantity: str, price: str, **flags: Any) -> str:
        """As the protocol says."""
        order = await self._create("limit", side, quantity, price, self._params(flags))
        assert order["status"] == "open"
        assert (order["side"], order["type"]) == (side.lower(), "limit")
        return str(order["id"])

    async def market(self, side: str, quantity: str, **flags: Any) -> str:
        """As the protocol says."""
        order = await self._create("market", side, quantity, None, self._params(flags))
        assert (order["status"], number(order["filled"])) == ("closed", number(quantity))
        return str(order["id"])

    async def modify(self, order_id: str, side: str, quantity: str, price: str) -> None:
        """As the protocol says."""
        edit = self.client.edit_order_ws if self._socket else self.client.edit_order
        order = await asked(edit(order_id, MARKET, "limit", side.lower(), float(quantity), float(price)))
        assert (number(order["price"]), number(order["amount"])) == (number(price), number(quantity))

    async def cancel(self, order_id: str) -> None:
        """As the protocol says."""
        cancel = self.client.cancel_order_ws if self._socket else self.client.cancel_order
        order = await asked(cancel(order_id, MARKET))
        assert order["status"] == "canceled"

    async def status(self, order_id: str) -> tuple[str, Decimal]:
        """As the protocol says."""
        fetch = self.client.fetch_order_ws if self._socket else self.client.fetch_order
        order = await asked(fetch(order_id, MARKET))
        return str(order["status"]), number(order["filled"])

    async def conditional(self, kind: str, side: str, quantity: str, **prices: str) -> str:
        """As the protocol says; ccxt chooses the service and the type by the parameters."""
        name = {"STOP": "stopLossPrice", "TAKE": "takeProfitPrice"}.get(kind.partition("_")[0], "")
        params: dict[str, Any] = {name: float(prices["trigger"])} if name else {}
        if kind == "TRAILING_STOP_MARKET":
            params = {
                "trailingPercent": float(prices["callback"]),
                "trailingTriggerPrice": float(prices["activation"]),
            }
        plain = "limit" if "price" in prices else "market"
        order = await self._create(plain, side, quantity, prices.get("price"), params)
        assert order["status"] == "open"
        return str(order["id"])

    async def cancel_conditional(self, algo_id: str) -> None:
        """As the protocol says."""
        cancel = self.client.cancel_order_ws if self._socket else self.client.cancel_order
        await asked(cancel(algo_id, MARKET, {"trigger": True}))

    async def batch(self, orders: list[tuple[str, str, str]]) -> list[str | Refused]:
        """As the protocol says; ccxt gives a refused item as an order without an id, and sorts them by time."""
        items = [
            {
                "symbol": MARKET,
                "type": "limit",
                "side": side.lower(),
                "amount": float(quantity),
                "price": float(price),
            }
            for side, quantity, price in orders
        ]
        answers = await asked(self.client.create_orders(items))
        return [answer["id"] or Refused(int(answer["info"]["code"])) for answer in answers]

    async def hedge(self) -> None:
        """As the protocol says."""
        await self.client.load_markets()
        await asked(self.client.set_position_mode(True, MARKET))

    async def view(self) -> View:
        """As the protocol says."""
        orders = await self.client.fetch_open_orders(MARKET)
        stops = await self.client.fetch_open_orders(MARKET, None, None, {"trigger": True})
        positions = await self.client.fetch_positions()
        balance = await self.client.fetch_balance()
        unrealised = {"USDT": sum((number(row["unrealizedPnl"]) for row in positions), Decimal(0))}
        return View(
            order_view(orders),
            {row["id"]: (row["side"].upper(), number(row["amount"]), number(row["triggerPrice"])) for row in stops},
            position_view(positions),
            # ccxt's total is the margin balance: what is not yet realised is in it.
            {asset: number(balance[asset]["total"]) - unrealised.get(asset, 0) for asset in balance["total"]},
            {asset: number(balance[asset]["free"]) for asset in balance["free"]},
        )

    async def close(self) -> None:
        """As the protocol says."""
        await self.client.close()
