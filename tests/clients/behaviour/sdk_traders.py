"""Binance's own SDK as a trader: over REST, and over the WebSocket API signed by request or by session."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_common.signature import Signers
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    PlaceMultipleOrdersBatchOrdersParameterInner as BatchOrder,
)

from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Simulator
from conformance.simulator.credentials import DEFAULT_ED25519_KEY
from tests.clients.behaviour.trader import SYMBOL, Refused, View, number

CLOSED = {"FILLED": "closed", "CANCELED": "canceled", "EXPIRED": "canceled", "EXPIRED_IN_MATCH": "canceled"}


def sdk(simulator: Simulator, *, key: str = DEFAULT_KEY, pem: str | None = None) -> DerivativesTradingUsdsFutures:
    """Return the SDK's client, pointed at a simulator; with `pem` it signs by that key instead of by the secret."""
    host = f"127.0.0.1:{simulator.port}"
    secret: dict[str, Any] = {"private_key": pem} if pem else {"api_secret": DEFAULT_SECRET}
    return DerivativesTradingUsdsFutures(
        config_rest_api=ConfigurationRestAPI(
            api_key=key, base_path=f"http://{host}", timeout=5000, retries=0, **secret
        ),
        config_ws_api=ConfigurationWebSocketAPI(api_key=key, stream_url=f"ws://{host}/ws-fapi/v1", **secret),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=f"ws://{host}"),
    )


def _flags(flags: dict[str, Any]) -> dict[str, Any]:
    """Return an order's flags as the SDK takes them."""
    values: dict[str, Any] = {"position_side": flags.get("position_side")}
    if flags.get("reduce_only"):
        values["reduce_only"] = "true"
    return {name: value for name, value in values.items() if value is not None}


def _prices(prices: dict[str, str]) -> dict[str, float]:
    names = {"trigger": "trigger_price", "price": "price", "callback": "callback_rate", "activation": "activate_price"}
    return {names[name]: float(value) for name, value in prices.items()}


class SdkRest:
    """The SDK over REST. Its client blocks, so it runs in a thread."""

    can_batch = can_hedge = True

    def __init__(self, simulator: Simulator, *, key: str = DEFAULT_KEY, pem: str | None = None) -> None:
        self._rest = sdk(simulator, key=key, pem=pem).rest_api

    async def ask(self, call: Callable[..., Any], **params: Any) -> Any:
        """Call a method of the SDK and return its data; raises `Refused` for the SDK's error."""
        try:
            return await asyncio.to_thread(lambda: call(**params).data())
        except Exception as error:
            code = next((part for part in error.args if isinstance(part, int) and part < 0), None)
            if code is None:
                raise
            raise Refused(code) from error

    async def limit(self, side: str, quantity: str, price: str, **flags: Any) -> str:
        """As the protocol says."""
        tif = "GTX" if flags.get("post_only") else "GTC"
        values = {"symbol": SYMBOL, "side": side, "type": "LIMIT", "time_in_force": tif, **_flags(flags)}
        order = await self.ask(self._rest.new_order, quantity=float(quantity), price=float(price), **values)
        assert (order.status, order.side, order.orig_type) == ("NEW", side, "LIMIT")
        return str(order.order_id)

    async def market(self, side: str, quantity: str, **flags: Any) -> str:
        """As the protocol says."""
        values = {"symbol": SYMBOL, "side": side, "type": "MARKET", **_flags(flags)}
        values["new_order_resp_type"] = "RESULT"
        order = await self.ask(self._rest.new_order, quantity=float(quantity), **values)
        assert order.status == "FILLED"
        return str(order.order_id)

    async def modify(self, order_id: str, side: str, quantity: str, price: str) -> None:
        """As the protocol says."""
        order = await self.ask(
            self._rest.modify_order,
            symbol=SYMBOL,
            side=side,
            quantity=float(quantity),
            price=float(price),
            order_id=int(order_id),
        )
        assert (number(order.price), number(order.orig_qty)) == (number(price), number(quantity))

    async def cancel(self, order_id: str) -> None:
        """As the protocol says."""
        order = await self.ask(self._rest.cancel_order, symbol=SYMBOL, order_id=int(order_id))
        assert order.status == "CANCELED"

    async def status(self, order_id: str) -> tuple[str, Decimal]:
        """As the protocol says."""
        order = await self.ask(self._rest.query_order, symbol=SYMBOL, order_id=int(order_id))
        return CLOSED.get(order.status, "open"), number(order.executed_qty)

    async def conditional(self, kind: str, side: str, quantity: str, **prices: str) -> str:
        """As the protocol says."""
        values: dict[str, Any] = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": side, "type": kind}
        algo = await self.ask(self._rest.new_algo_order, quantity=float(quantity), **values, **_prices(prices))
        assert (algo.algo_status, algo.order_type) == ("NEW", kind)
        return str(algo.algo_id)

    async def cancel_conditional(self, algo_id: str) -> None:
        """As the protocol says."""
        await self.ask(self._rest.cancel_algo_order, algo_id=int(algo_id))

    async def batch(self, orders: list[tuple[str, str, str]]) -> list[str | Refused]:
        """As the protocol says."""
        items = [
            BatchOrder(
                symbol=SYMBOL,
                side=side,
                type="LIMIT",
                timeInForce="GTC",
                quantity=float(quantity),
                price=float(price),
            )
            for side, quantity, price in orders
        ]
        answers = await self.ask(self._rest.place_multiple_orders, batch_orders=items)
        return [Refused(answer.code) if answer.code else str(answer.order_id) for answer in answers]

    async def hedge(self) -> None:
        """As the protocol says."""
        await self.ask(self._rest.change_position_mode, dual_side_position="true")

    async def view(self) -> View:
        """As the protocol says."""
        orders = await self.ask(self._rest.current_all_open_orders)
        stops = await self.ask(self._rest.current_all_algo_open_orders)
        positions = await self.ask(self._rest.position_information_v3)
        balances = await self.ask(self._rest.futures_account_balance_v3)
        account = await self.ask(self._rest.account_information_v2)
        held = {(row.symbol, row.position_side): number(row.position_amt) for row in account.positions}
        assert {key: amount for key, amount in held.items() if amount} == {
            (row.symbol, row.position_side): number(row.position_amt) for row in positions if number(row.position_amt)
        }
        return View(
            {
                str(row.order_id): (row.side, number(row.orig_qty), number(row.executed_qty), number(row.price))
                for row in orders
            },
            {str(row.algo_id): (row.side, number(row.quantity), number(row.trigger_price)) for row in stops},
            {
                (row.symbol, row.position_side): (number(row.position_amt), number(row.entry_price))
                for row in positions
                if number(row.position_amt)
            },
            {row.asset: number(row.balance) for row in balances},
            {row.asset: number(row.available_balance) for row in balances},
        )

    async def close(self) -> None:
        """Nothing is held open."""


class SdkWsApi:
    """The SDK over the WebSocket API; with `session`, logged on by Ed25519 and from then on without signatures."""

    can_batch = can_hedge = False

    def __init__(self, simulator: Simulator, *, session: bool = False) -> None:
        self._pem = simulator.credentials.ed25519_private_pem if session else None
        self._key = DEFAULT_ED25519_KEY if session else DEFAULT_KEY
        self._simulator = simulator
        self._placed: list[str] = []
        self._has_children = False
        """Whether algo orders may have become limit orders whose ids this way of asking never learns."""
        self._api: Any = None

    async def open(self, folder: Path) -> "SdkWsApi":
        """Connect, and log on where asked to; the SDK reads a private key from a file."""
        pem = None
        if self._pem is not None:
            file = folder / "ed25519.pem"
            file.write_text(self._pem)
            pem = str(file)
        client = sdk(self._simulator, key=self._key, pem=pem)
        self._api = await client.websocket_api.create_connection()
        if pem is not None:
            answer = await self._api.send_signed_message(
                {"method": "session.logon", "params": {}},
                signer=Signers.get_signer(pem),
                api_key=True,
                session_logon=True,
            )
            assert answer.data()["result"]["apiKey"] == DEFAULT_ED25519_KEY
        return self

    async def ask(self, name: str, **params: Any) -> Any:
        """Call a method of the SDK and return its result; raises `Refused` for an error."""
        data = (await getattr(self._api, name)(**params)).data()
        if isinstance(data, dict) and "error" in data:
            assert isinstance(data["error"], dict), f"{name} {params}: {data}"
            raise Refused(data["error"]["code"])
        return data.result

    async def limit(self, side: str, quantity: str, price: str, **flags: Any) -> str:
        """As the protocol says."""
        tif = "GTX" if flags.get("post_only") else "GTC"
        values = {"symbol": SYMBOL, "side": side, "type": "LIMIT", "time_in_force": tif, **_flags(flags)}
        order = await self.ask("new_order", quantity=float(quantity), price=float(price), **values)
        self._placed.append(str(order.order_id))
        return str(order.order_id)

    async def market(self, side: str, quantity: str, **flags: Any) -> str:
        """As the protocol says."""
        values = {"symbol": SYMBOL, "side": side, "type": "MARKET", **_flags(flags), "new_order_resp_type": "RESULT"}
        order = await self.ask("new_order", quantity=float(quantity), **values)
        assert order.status == "FILLED"
        return str(order.order_id)

    async def modify(self, order_id: str, side: str, quantity: str, price: str) -> None:
        """As the protocol says."""
        values = {"symbol": SYMBOL, "side": side, "order_id": int(order_id)}
        order = await self.ask("modify_order", quantity=float(quantity), price=float(price), **values)
        assert (number(order.price), number(order.orig_qty)) == (number(price), number(quantity))

    async def cancel(self, order_id: str) -> None:
        """As the protocol says."""
        order = await self.ask("cancel_order", symbol=SYMBOL, order_id=int(order_id))
        assert order.status == "CANCELED"

    async def _query(self, order_id: str) -> Any:
        return await self.ask("query_order", symbol=SYMBOL, order_id=int(order_id))

    async def status(self, order_id: str) -> tuple[str, Decimal]:
        """As the protocol says."""
        order = await self._query(order_id)
        return CLOSED.get(order.status, "open"), number(order.executed_qty)

    async def conditional(self, kind: str, side: str, quantity: str, **prices: str) -> str:
        """As the protocol says."""
        values: dict[str, Any] = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": side, "type": kind}
        self._has_children |= kind in ("STOP", "TAKE_PROFIT")
        algo = await self.ask("new_algo_order", quantity=float(quantity), **values, **_prices(prices))
        assert (algo.algo_status, algo.order_type) == ("NEW", kind)
        return str(algo.algo_id)

    async def cancel_conditional(self, algo_id: str) -> None:
        """As the protocol says."""
        await self.ask("cancel_algo_order", algo_id=int(algo_id))

    async def batch(self, orders: list[tuple[str, str, str]]) -> list[str | Refused]:
        """There is no such method."""
        raise NotImplementedError

    async def hedge(self) -> None:
        """There is no such method."""
        raise NotImplementedError

    async def view(self) -> View:
        """As the protocol says; of orders, those placed here, as there is no method to list them."""
        orders = [await self._query(order_id) for order_id in self._placed]
        positions = await self.ask("position_information_v2")
        balances = await self.ask("futures_account_balance_v2")
        return View(
            {
                str(row.order_id): (row.side, number(row.orig_qty), number(row.executed_qty), number(row.price))
                for row in orders
                if row.status not in CLOSED
            }
            if not self._has_children
            else None,
            None,
            {
                (row.symbol, row.position_side): (number(row.position_amt), number(row.entry_price))
                for row in positions
                if number(row.position_amt)
            },
            {row.asset: number(row.balance) for row in balances},
            {row.asset: number(row.available_balance) for row in balances},
        )

    async def close(self) -> None:
        """As the protocol says."""
        await self._api.close_connection(close_session=True)
