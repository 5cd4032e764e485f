"""The venue as the suite itself asks it: the books behind the account, acts of another client, acts of the venue.

Every question goes through the gateway's upstream client, in every world the same way, and is in the history as the
suite's own, so that a cassette can answer it too. Acts that no client could do need `venue_acts`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from conformance.binance.account import Account
from conformance.binance.client_order_id import case_id
from conformance.binance.endpoint import Endpoint
from conformance.binance.usdm import (
    ACCOUNT_V3,
    ALL_ORDERS,
    BALANCE_V3,
    CANCEL,
    CANCEL_ALGO,
    CANCEL_ALL,
    CANCEL_ALL_ALGO,
    CHANGE_ASSETS_MODE,
    CHANGE_FEE_BURN,
    CHANGE_LEVERAGE,
    CHANGE_MARGIN_TYPE,
    CHANGE_POSITION_MARGIN,
    CHANGE_POSITION_MODE,
    COMMISSION_RATE,
    EXCHANGE_INFO,
    MODIFY,
    OPEN_ALGO_ORDERS,
    OPEN_ORDERS,
    POSITION_RISK_V3,
    SYMBOL_CONFIG,
    USDM,
    USER_TRADES,
)
from conformance.history.entries import Snapshot
from conformance.history.history import History
from conformance.history.order_states import TERMINAL
from conformance.kit import venue_rows
from conformance.kit.failure import CheckError
from conformance.kit.fills import Fill, fills
from conformance.kit.standing import Standing
from conformance.kit.venue_orders import parameters
from conformance.kit.waiting import comes_true
from conformance.subject.orders import OrderRequest, Side, market

if TYPE_CHECKING:
    from conformance.gateway.server import Gateway
    from conformance.kit.order import Order

PositionSide = Literal["LONG", "SHORT"]

_OPEN_ALGO = ("NEW",)
_OWN_SYMBOL = "BTCUSDT"
"""The symbol of a case that names none."""


class VenueError(RuntimeError):
    """The venue refused the suite's own request: the suite or the world is broken, not the subject."""


class Venue:
    """The account at the venue, through the suite's own signed requests."""

    def __init__(
        self,
        gateway: "Gateway",
        history: History,
        account: Account,
        symbol: str = _OWN_SYMBOL,
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
        self._others: dict[str, Venue] = {}

    def of(self, symbol: str) -> "Venue":
        """Return the same account in another symbol (needs `other_symbols`), which `books` then have beside this one's.

        Without it what the trader has in another symbol is not held against the venue at the end of the case.
        """
        if symbol not in self._others:
            self._others[symbol] = Venue(
                self._gateway,
                self._history,
                self._account,
                symbol,
                approve=self._approve,
                mark=self._mark,
                act=self._act,
            )
        return self._others[symbol]

    async def books(self) -> Mapping[str, Any]:
        """Return and write down the venue's view: open `orders` (algo orders among them), `positions`, `balances`."""
        orders: list[Mapping[str, Any]] = []
        positions: list[Mapping[str, Any]] = []
        for symbol in (self._symbol, *self._others):
            orders += [venue_rows.order(row) for row in await self._get(OPEN_ORDERS, symbol=symbol)]
            algos = await self._get(OPEN_ALGO_ORDERS, symbol=symbol)
            orders += [venue_rows.algo_order(row) for row in algos if row["algoStatus"] in _OPEN_ALGO]
            positions += await self._get(POSITION_RISK_V3, symbol=symbol)
        balances = await self._get(BALANCE_V3)
        books: dict[str, Any] = {
            "orders": orders,
            "positions": [venue_rows.position(row) for row in positions if float(row["positionAmt"]) != 0],
            "balances": [venue_rows.balance(row) for row in balances],
        }
        self._history.append(Snapshot.of("venue", books))
        return books

    async def places(self, request: OrderRequest, **also: str) -> Mapping[str, Any]:
        """Place an order as another client of the same account would; return the venue's answer.

        `also` are parameters in the venue's own words, such as `positionSide="LONG"` or `timeInForce="GTE_GTC"`; they
        win over what the request says, and an empty one leaves it out.
        """
        request = request.named(f"{request.client_order_id}{self._mark}")
        if self._approve is not None:
            self._approve(request)
        endpoint, params = parameters(request)
        params = {name: value for name, value in {**params, **also}.items() if value}
        answer: Mapping[str, Any] = await self._ask(endpoint, params)
        return answer

    async def opens_position(
        self, side: Side, quantity: str, *, position_side: PositionSide | None = None, name: str | None = None
    ) -> None:
        """Open a position in the symbol with a market order, as another client would; in hedge mode `position_side`'s.

        Where that is done twice, the second order needs a `name` of its own.
        """
        also = {} if position_side is None else {"positionSide": position_side, "reduceOnly": ""}
        name = name or self._foreign("EARLIER-ENTRY" if position_side is None else f"EARLIER-{position_side}")
        await self.places(market(side, quantity).but(symbol=self._symbol).named(name), **also)

    async def closes_position(self, quantity: str | None = None) -> None:
        """Close (`quantity` of) the symbol's position with a market order, as another client would."""
        (row,) = (row for row in await self._get(POSITION_RISK_V3, symbol=self._symbol) if float(row["positionAmt"]))
        held = Decimal(row["positionAmt"])
        side: Side = "SELL" if held > 0 else "BUY"
        exit_order = market(side, quantity or f"{abs(held):f}", reduce_only=True).but(symbol=self._symbol)
        await self.places(exit_order.named(self._foreign("FOREIGN-EXIT")))

    def _foreign(self, name: str) -> str:
        """Return the name of another client's order: a trader knows orders by it, whatever their symbols."""
        return name if self._symbol == _OWN_SYMBOL else f"{name}-{self._symbol}"

    async def position(self) -> str:
        """Return the symbol's net position: a decimal string, short is negative, flat is 0."""
        rows = await self._get(POSITION_RISK_V3, symbol=self._symbol)
        return f"{sum((Decimal(row['positionAmt']) for row in rows), Decimal(0)):f}"

    async def trades(self) -> Sequence[str]:
        """Return the ids of the account's trades on the symbol, oldest first."""
        return list(await self.commissions())

    async def commissions(self) -> Mapping[str, tuple[Decimal, str]]:
        """Return what each of the account's trades on the symbol has cost, and in which asset, by the trade's id."""
        rows = await self._get(USER_TRADES, symbol=self._symbol)
        return {str(row["id"]): (Decimal(row["commission"]), row["commissionAsset"]) for row in rows}

    async def fills(self) -> Sequence[Fill]:
        """Return the account's trades on the symbol, oldest first, each with the client order id of its order."""
        return fills(
            await self._get(USER_TRADES, symbol=self._symbol), await self._get(ALL_ORDERS, symbol=self._symbol)
        )

    async def realised(self) -> Decimal:
        """Return what the account's trades on the symbol have realised, less what they have cost, both in USDT."""
        rows = await self._get(USER_TRADES, symbol=self._symbol)
        return sum((Decimal(row["realizedPnl"]) - Decimal(row["commission"]) for row in rows), Decimal(0))

    async def cancels(self, venue_order_id: str) -> None:
        """Cancel an open order as another client of the same account would."""
        await self._ask(CANCEL, {"symbol": self._symbol, "orderId": venue_order_id})

    async def cancels_stop(self, algo_id: str) -> None:
        """Cancel a waiting stop as another client would, by the venue's id of it."""
        await self._ask(CANCEL_ALGO, {"algoId": algo_id})

    async def cancels_all(self) -> None:
        """Cancel every open order and every waiting stop of the symbol as another client would."""
        await self._ask(CANCEL_ALL, {"symbol": self._symbol})
        await self._ask(CANCEL_ALL_ALGO, {"symbol": self._symbol})

    async def amends(self, venue_order_id: str, side: Side, *, quantity: str, price: Decimal | str) -> None:
        """Amend an open LIMIT order as another client would; the venue wants both figures, and its side."""
        terms = {"side": side, "quantity": quantity, "price": str(price)}
        await self._ask(MODIFY, {"symbol": self._symbol, "orderId": venue_order_id, **terms})

    async def changes_leverage(self, leverage: int) -> None:
        """Change the symbol's leverage, as another client would: an event (ACCOUNT_CONFIG_UPDATE) about no order."""
        await self._ask(CHANGE_LEVERAGE, {"symbol": self._symbol, "leverage": str(leverage)})

    async def settings(self) -> Mapping[str, Any]:
        """Return what the account has chosen for the symbol: `marginType`, `leverage`, …"""
        (row,) = await self._get(SYMBOL_CONFIG, symbol=self._symbol)
        return row

    async def isolates_margin(self) -> None:
        """Let the symbol's positions have isolated margin, as another client would."""
        await self._ask(CHANGE_MARGIN_TYPE, {"symbol": self._symbol, "marginType": "ISOLATED"})

    async def turns_hedge_mode_on(self) -> None:
        """Let each symbol have a long and a short position, as another client would; the venue emits no event."""
        await self._ask(CHANGE_POSITION_MODE, {"dualSidePosition": "true"})

    async def turns_multi_assets_on(self) -> None:
        """Let all assets of the account back all positions, as another client would; the venue emits an event."""
        await self._ask(CHANGE_ASSETS_MODE, {"multiAssetsMargin": "true"})

    async def adds_margin(self, amount: str) -> None:
        """Add an amount of USDT to the symbol's isolated position, as another client would."""
        await self._ask(CHANGE_POSITION_MARGIN, {"symbol": self._symbol, "amount": amount, "type": "1"})

    async def account(self, asset: str = "USDT") -> Mapping[str, Any]:
        """Return what the venue says of one asset: `walletBalance`, `availableBalance`, `initialMargin`, …"""
        rows = (await self._ask(ACCOUNT_V3, {}))["assets"]
        return next(row for row in rows if row["asset"] == asset)

    async def symbol(self) -> Mapping[str, Any]:
        """Return the symbol's row of the exchange information."""
        rows = await self.symbols()
        found: Mapping[str, Any] = next(row for row in rows if row["symbol"] == self._symbol)
        return found

    async def commission_rates(self) -> tuple[Decimal, Decimal]:
        """Return what a maker and a taker pay on the symbol, as shares of a trade's value."""
        row = await self._ask(COMMISSION_RATE, {"symbol": self._symbol})
        return Decimal(row["makerCommissionRate"]), Decimal(row["takerCommissionRate"])

    async def symbols(self) -> Sequence[Mapping[str, Any]]:
        """Return the exchange information's rows."""
        rows: Sequence[Mapping[str, Any]] = (await self._ask(EXCHANGE_INFO, {}))["symbols"]
        return rows

    async def burns_bnb(self) -> None:
        """Let commissions be paid in BNB, as another client of the same account would."""
        await self._ask(CHANGE_FEE_BURN, {"feeBurn": "true"})

    async def standing(self, order_id: str) -> Standing:
        """Return how an order stands at the venue, by its client order id; one that is there twice is a `CheckError`.

        An algo order that was triggered stands as the order that it became.
        """
        found: list[Standing] = []
        for endpoint in USDM.doing("all orders"):
            read = Standing.of_algo if endpoint.algo else Standing.of_order
            rows = [read(row) for row in await self._get(endpoint, symbol=self._symbol)]
            mine = [row for row in rows if case_id(row.client_order_id) == case_id(order_id)]
            if len(mine) > 1:
                raise CheckError(
                    f"orders at the venue with the id {order_id}",
                    required="1",
                    seen=f"{len(mine)}: {', '.join(map(str, mine))}",
                    signature="one order was placed twice",
                )
            found = found or mine
        return found[0] if found else Standing(order_id)

    async def confirms(
        self, order: "Order", status: str | None = None, *, price: Decimal | None = None, within_s: float = 5.0
    ) -> str:
        """Wait until the trader has the order as the venue does, and return its status.

        Compared are status, price, quantity and what was filled; what the venue never had must be REJECTED. `status`
        (in the trader's words) and `price` are what the order must come to at the venue first.
        """
        row: Mapping[str, Any] = {}
        began = len(self._history)
        standing = await self.standing(order.id)

        def has_come() -> bool:
            return status in (None, standing.status) and (price is None or Decimal(standing.price) == price)

        async def decided() -> bool:
            nonlocal row, standing
            row = await order.row()
            if not standing.is_shown_by(row) or not has_come():
                standing = await self.standing(order.id)
            if not has_come():
                # One that the venue does not have may still be on its way, unless the trader says that it has ended.
                return (standing.status if standing.state else row.get("status")) in TERMINAL
            return standing.is_shown_by(row) or row.get("status") in TERMINAL

        await comes_true(self._history, decided, within_s=within_s)
        if not has_come():
            wanted = status or "with another price"
            raise CheckError(
                f"order {order.id} ({order.label}) at the venue",
                required=" at ".join(str(each) for each in (status, price) if each is not None),
                seen=str(standing),
                since=began,
                signature=f"{order.label} stands {standing.status} at the venue, required {wanted}",
            )
        if not standing.is_shown_by(row):
            raise CheckError(
                f"order {order.id} ({order.label}) in the trader's books",
                required=f"as at the venue, {standing}",
                seen=venue_rows.shown(row),
                since=began,
                signature=f"{order.label} stands {standing.difference_from(row)}",
            )
        return str(row["status"])

    async def forgets_trades(self) -> None:
        """Tell of no trade and of no closed order any more, as the venue does after some months."""
        for endpoint in (USER_TRADES, ALL_ORDERS):
            await self._act("answer_with", route=endpoint.route, status=200, body=[], times=1000)

    async def liquidates(self, **how: Any) -> None:
        """Liquidate the symbol's position, whatever its margin; the symbol's open orders expire first.

        `how`: `position_side` (hedge mode), `quantity`, in how many `parts`, the `execution` word that tells of it, and
        how much of the order is `taken` before the rest of it expires.
        """
        await self._act("liquidate", symbol=self._symbol, **how)

    async def deleverages(self, quantity: str | None = None, **how: Any) -> None:
        """Close (`quantity` of) the symbol's position by auto-deleveraging; `how` as in `liquidates`."""
        amount = {} if quantity is None else {"quantity": quantity}
        await self._act("deleverage", symbol=self._symbol, **amount, **how)

    async def delists(self) -> None:
        """Settle the symbol at its index price: orders expire, positions close, and it trades no more."""
        await self._act("delist", symbol=self._symbol)

    async def lists(self, symbol: str, **row: str) -> None:
        """List another symbol, like DOGEUSDT but for `row`, fields of exchangeInfo such as `baseAsset`."""
        await self._act("list_symbol", symbol=symbol, **row)

    async def sets_status(self, status: str) -> None:
        """Set the symbol's status, such as TRADING_HALT, PRE_SETTLE or TRADING."""
        await self._act("set_status", symbol=self._symbol, status=status)

    async def expires(self, venue_order_id: str, reason: int = 0) -> None:
        """Expire an open order, with an expiry reason of the venue's (`er`: 4 reduce-only, 5 liquidated, …)."""
        await self._act("expire_order", symbol=self._symbol, order_id=venue_order_id, reason=reason)

    async def expires_stop(self, algo_id: str, reason: str = "") -> None:
        """Expire a waiting stop, by either of its ids; `reason` becomes the event's `rm`."""
        await self._act("expire_algo", algo_id=algo_id, reason=reason)

    async def rejects_at_trigger(self, algo_id: str, reason: str = "Margin is insufficient.") -> None:
        """Let the order that a waiting stop becomes be denied once it triggers."""
        await self._act("reject_at_trigger", algo_id=algo_id, reason=reason)

    async def funds(self) -> None:
        """Exchange funding on the symbol now."""
        await self._act("fund", symbol=self._symbol)

    async def transfers(self, amount: str, asset: str = "USDT", **why: str) -> None:
        """Move an amount into (or, negative, out of) the account; `reason` is the venue's word for it (`m`)."""
        await self._act("deposit", asset=asset, amount=amount, **why)

    async def throttles(self, *, on: bool = True) -> None:
        """Refuse new orders with -1008 until switched off; those that reduce or close are exempt."""
        await self._act("throttle", on=on)

    async def expires_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        await self._act("expire_listen_key")

    async def lets_pass(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""
        await self._act("advance", ms=ms)

    async def ages(self, ms: int) -> None:
        """Let the account's orders, stops and trades be older by `ms`; the venue's clock stays."""
        await self._act("age", ms=ms)

    async def skews_clock(self, ms: int) -> None:
        """Let the venue's clock be ahead of (or, negative, behind) the machine's."""
        await self._act("skew_clock", ms=ms)

    async def _get(self, endpoint: Endpoint, **params: str) -> Sequence[Mapping[str, Any]]:
        answer: Sequence[Mapping[str, Any]] = await self._ask(endpoint, params)
        return answer

    async def _ask(self, endpoint: Endpoint, params: Mapping[str, str]) -> Any:
        answer = await self._gateway.ask(endpoint.method, endpoint.path, params, signer=self._account)
        if answer.status != 200:
            raise VenueError(
                f"{endpoint.route} of the suite itself was answered {answer.status} {answer.body}, expected 200"
            )
        return answer.body
