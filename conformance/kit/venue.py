"""The venue as the suite itself asks it: the books behind the account, and orders of another client of that account.

Every question goes through the gateway's upstream client, in every world the same way, and is in the history as the
suite's own, so that a cassette can answer it too.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from conformance.binance.account import Account
from conformance.binance.order_types import VENUE_TYPE
from conformance.binance.usdm import (
    ALL_ORDERS,
    BALANCE_V3,
    CANCEL,
    CHANGE_FEE_BURN,
    CHANGE_LEVERAGE,
    OPEN_ALGO_ORDERS,
    OPEN_ORDERS,
    PLACE,
    PLACE_ALGO,
    POSITION_RISK_V3,
    USER_TRADES,
)
from conformance.history.entries import Snapshot
from conformance.history.history import History
from conformance.subject.orders import OrderRequest, Side, market

if TYPE_CHECKING:
    from conformance.gateway.server import Gateway

_OPEN_ALGO = ("NEW",)


class VenueError(RuntimeError):
    """The venue refused the suite's own request: the suite or the world is broken, not the subject."""


class Venue:
    """The account at the venue, through the suite's own signed requests."""

    def __init__(
        self,
        gateway: "Gateway",
        history: History,
        account: Account,
        symbol: str = "BTCUSDT",
        *,
        approve: Callable[[OrderRequest], None] | None = None,
        mark: str = "",
        act: Callable[..., Awaitable[None]],
    ) -> None:
        self._gateway = gateway
        self._account = account
        self._approve = approve
        self._mark = mark
        self._history = history
        self._symbol = symbol
        self._act = act

    async def books(self) -> Mapping[str, Any]:
        """Return and write down the venue's view: open `orders` (algo orders among them), `positions`, `balances`."""
        orders = [_order(row) for row in await self._get(OPEN_ORDERS.path, symbol=self._symbol)]
        algos = await self._get(OPEN_ALGO_ORDERS.path, symbol=self._symbol)
        orders += [_algo_order(row) for row in algos if row["algoStatus"] in _OPEN_ALGO]
        positions = await self._get(POSITION_RISK_V3.path, symbol=self._symbol)
        balances = await self._get(BALANCE_V3.path)
        books: dict[str, Any] = {
            "orders": orders,
            "positions": [_position(row) for row in positions if float(row["positionAmt"]) != 0],
            "balances": [{"currency": row["asset"], "total": row["balance"]} for row in balances],
        }
        self._history.append(Snapshot.of("venue", books))
        return books

    async def places(self, request: OrderRequest) -> Mapping[str, Any]:
        """Place an order as another client of the same account would; return the venue's answer."""
        request = request.named(f"{request.client_order_id}{self._mark}")
        if self._approve is not None:
            self._approve(request)
        params = {
            "symbol": request.symbol,
            "side": request.side,
            "type": VENUE_TYPE[request.type],
            "quantity": request.quantity,
            "reduceOnly": str(request.reduce_only).lower(),
            "price": request.price,
            "timeInForce": request.time_in_force,
        }
        if request.conditional:
            path = PLACE_ALGO.path
            params |= {"algoType": "CONDITIONAL", "clientAlgoId": request.client_order_id}
            params |= {"triggerPrice": request.trigger_price}
        else:
            path = PLACE.path
            params |= {"newClientOrderId": request.client_order_id, "newOrderRespType": "RESULT"}
        answer: Mapping[str, Any] = await self._ask("POST", path, {k: v for k, v in params.items() if v})
        return answer

    async def opens_position(self, side: Side, quantity: str) -> None:
        """Open a position with a market order, as another client of the same account would."""
        await self.places(market(side, quantity).named("EARLIER-ENTRY"))

    async def trades(self) -> Sequence[str]:
        """Return the ids of the account's trades on the symbol, oldest first."""
        return [str(row["id"]) for row in await self._get(USER_TRADES.path, symbol=self._symbol)]

    async def cancels(self, venue_order_id: str) -> None:
        """Cancel an open order as another client of the same account would."""
        await self._ask("DELETE", CANCEL.path, {"symbol": self._symbol, "orderId": venue_order_id})

    async def changes_leverage(self, leverage: int) -> None:
        """Change the symbol's leverage, as another client would: an event (ACCOUNT_CONFIG_UPDATE) about no order."""
        await self._ask("POST", CHANGE_LEVERAGE.path, {"symbol": self._symbol, "leverage": str(leverage)})

    async def forgets_trades(self) -> None:
        """Tell of no trade and of no closed order any more, as the venue does after some months."""
        for endpoint in (USER_TRADES, ALL_ORDERS):
            await self._act("answer_with", route=endpoint.route, status=200, body=[], times=1000)

    async def burns_bnb(self) -> None:
        """Let commissions be paid in BNB, as another client of the same account would."""
        await self._ask("POST", CHANGE_FEE_BURN.path, {"feeBurn": "true"})

    async def liquidates(self) -> None:
        """Liquidate the symbol's position, whatever its margin; the symbol's open orders expire first."""
        await self._act("liquidate", symbol=self._symbol)

    async def deleverages(self, quantity: str) -> None:
        """Close `quantity` of the symbol's position by auto-deleveraging."""
        await self._act("deleverage", symbol=self._symbol, quantity=quantity)

    async def funds(self) -> None:
        """Exchange funding on the symbol now."""
        await self._act("fund", symbol=self._symbol)

    async def transfers(self, amount: str, asset: str = "USDT") -> None:
        """Move an amount into (or, negative, out of) the account."""
        await self._act("deposit", asset=asset, amount=amount)

    async def expires_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        await self._act("expire_listen_key")

    async def _get(self, path: str, **params: str) -> Sequence[Mapping[str, Any]]:
        answer: Sequence[Mapping[str, Any]] = await self._ask("GET", path, params)
        return answer

    async def _ask(self, method: str, path: str, params: Mapping[str, str]) -> Any:
        answer = await self._gateway.ask(method, path, params, signer=self._account)
        if answer.status != 200:
            raise VenueError(
                f"{method} {path} of the suite itself was answered {answer.status} {answer.body}, expected 200"
            )
        return answer.body


def _order(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "client_order_id": row["clientOrderId"],
        "venue_order_id": str(row["orderId"]),
        "type": row["type"],
        "side": row["side"],
        "status": row["status"],
        "quantity": row["origQty"],
        "filled_qty": row["executedQty"],
        "reduce_only": row["reduceOnly"],
        "price": row["price"],
    }


def _algo_order(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "client_order_id": row["clientAlgoId"],
        "venue_order_id": str(row["algoId"]),
        "type": row["orderType"],
        "side": row["side"],
        "status": row["algoStatus"],
        "quantity": row["quantity"],
        "filled_qty": "0",
        "reduce_only": row["reduceOnly"],
        "price": row["price"],
        "trigger_price": row["triggerPrice"],
    }


def _position(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"symbol": row["symbol"], "signed_qty": row["positionAmt"], "avg_px_open": row["entryPrice"]}
