"""The control: what a test does to the venue that no client of Binance can do.

No control ever fakes a result: it acts on the venue's state, and the events follow from that.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from conformance.simulator.accounts.position import Position
from conformance.simulator.errors import Refusal
from conformance.simulator.events.bus import Event
from conformance.simulator.events.strategy import grid_update, strategy_update
from conformance.simulator.exchange import Exchange
from conformance.simulator.interference import FAILURES, AnswerRule, EventRule, failure
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.numbers import money, parse_decimal, trimmed
from conformance.simulator.params import Params
from conformance.simulator.rest import algo as algo_calls
from conformance.simulator.rest import algo_shapes, order_shapes
from conformance.simulator.rest import orders as order_calls
from conformance.simulator.state import save

STATUSES = (
    "TRADING",
    "PENDING_TRADING",
    "PRE_DELIVERING",
    "DELIVERING",
    "DELIVERED",
    "PRE_SETTLE",
    "SETTLING",
    "CLOSE",
    "TRADING_HALT",
    "TRADING_CANCEL_ONLY",
)
"""The statuses of section 15."""

Number = Decimal | int | str
Levels = Iterable[tuple[Number, Number]]


class ControlError(ValueError):
    """A control that makes no sense; the message says what was given and what is possible."""


def _decimal(value: Number, what: str) -> Decimal:
    number = parse_decimal(str(value))
    if number is None:
        raise ControlError(f"{what}: expected a decimal number, got {str(value)[:60]!r}")
    return number


def _positive(value: Number, what: str) -> Decimal:
    number = _decimal(value, what)
    if number <= 0:
        raise ControlError(f"{what}: expected a number above 0, got {value}")
    return number


class Control:
    """Acts on a venue in-process. The same acts are served at /_control."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._venue = exchange.venue

    def _instrument(self, symbol: str) -> Instrument:
        try:
            return self._venue.market.find(symbol)
        except Refusal:
            known = ", ".join(list(self._venue.market.instruments)[:8])
            raise ControlError(f"no symbol {symbol!r}; this venue has {known}") from None

    # --- the market

    def price(self, symbol: str) -> Decimal:
        """Return the last price."""
        return self._instrument(symbol).last

    def tick(self, symbol: str) -> Decimal:
        """Return the tick size: the step of every price."""
        return self._instrument(symbol).symbol.tick

    def mark(self, symbol: str) -> Decimal:
        """Return the mark price."""
        return self._instrument(symbol).mark

    def move_price(self, symbol: str, *path: Number) -> None:
        """Let the market trade along these prices, one after the other.

        At each: resting orders that it reaches fill as makers at their own price, the last and mark price follow, the
        default book forms around it, and algo orders trigger.
        """
        instrument = self._instrument(symbol)
        for step in [_positive(price, "price") for price in path]:
            self._venue.move_price(instrument, step)

    def set_mark(self, symbol: str, price: Number) -> None:
        """Move the mark (and index) price alone."""
        self._instrument(symbol).set_mark(_positive(price, "mark price"))
        self._venue.conclude()

    def set_book(self, symbol: str, bids: Levels, asks: Levels) -> None:
        """Let other traders offer exactly these (price, quantity) levels until the price is moved again.

        Where the levels cross the account's resting orders they trade with them. They are used up by trades.
        """
        sides = [
            [(_positive(price, "price"), _positive(quantity, "quantity")) for price, quantity in levels]
            for levels in (bids, asks)
        ]
        if sides[0] and sides[1] and max(sides[0])[0] >= min(sides[1])[0]:
            raise ControlError(f"the best bid {max(sides[0])[0]} is not below the best ask {min(sides[1])[0]}")
        self._venue.set_book(self._instrument(symbol), sides[0], sides[1])

    def fill(
        self,
        symbol: str,
        order_id: int | str,
        quantity: Number | None = None,
        price: Number | None = None,
    ) -> dict[str, Any]:
        """Let another trader take `quantity` (default: all) of a resting order, at its own price unless told.

        `order_id` is the venue's id or the client order id. Returns the order as GET /order would.
        """
        order = self._find(symbol, order_id)
        if not order.is_open:
            raise ControlError(f"order {order_id} is {order.status}: only an open order can be filled")
        wanted = order.remaining if quantity is None else _positive(quantity, "quantity")
        if wanted > order.remaining:
            raise ControlError(f"order {order_id} has {order.remaining} left, {wanted} was asked for")
        at = order.price if price is None else _positive(price, "price")
        if (at - order.price) * order.direction > 0:
            raise ControlError(f"a {order.side} at {order.price} cannot fill at the worse price {at}")
        self._venue.desk.trade_with(order, wanted, at)
        self._venue.conclude()
        return order_shapes.queried(order)

    def _find(self, symbol: str, order_id: int | str) -> Any:
        self._instrument(symbol)
        register = self._venue.register
        order = (
            register.by_id(symbol, order_id) if isinstance(order_id, int) else register.by_client_id(symbol, order_id)
        )
        if order is None and isinstance(order_id, str) and order_id.isdigit():
            order = register.by_id(symbol, int(order_id))
        if order is None:
            known = [o.client_id for o in register.open_orders(symbol)][:8]
            raise ControlError(f"no order {order_id!r} on {symbol}; open there: {', '.join(known) or 'none'}")
        return order

    # --- another client of the same account

    def place_as_other(self, **params: object) -> dict[str, Any]:
        """Place an order as another client of the account would: the parameters of POST /order, or of POST /algoOrder
        where `algoType` is given. Returns the answer; raises `Refusal` as the venue would refuse.
        """
        values = Params({name: str(value) for name, value in params.items() if value is not None})
        place = algo_calls.place if values.has("algoType") else order_calls.place
        try:
            return place(self._exchange, values)
        finally:
            self._venue.conclude()

    def cancel_as_other(self, symbol: str, order_id: int | str) -> dict[str, Any]:
        """Cancel an order as another client of the account would."""
        order = self._find(symbol, order_id)
        try:
            return order_shapes.placed(self._venue.changes.cancel(symbol, order.id, None))
        finally:
            self._venue.conclude()

    def open_position(self, symbol: str, side: str, quantity: Number, price: Number | None = None) -> None:
        """Open (or add to) a position by a market order of another client that fills at `price`, default the last.

        `side` is LONG or SHORT (BUY and SELL mean the same).
        """
        direction = {"LONG": "BUY", "BUY": "BUY", "SHORT": "SELL", "SELL": "SELL"}.get(side.upper())
        if direction is None:
            raise ControlError(f"side: expected LONG or SHORT, got {side!r}")
        instrument = self._instrument(symbol)
        at = instrument.last if price is None else _positive(price, "price")
        self._venue.trade_at(instrument, direction, _positive(quantity, "quantity"), at)

    # --- the venue's own acts

    def liquidate(self, symbol: str, position_side: str = "BOTH") -> None:
        """Liquidate a position at the mark price, whatever its margin (order `autoclose-…`)."""
        position = self._held(symbol, position_side)
        self._venue.forced.liquidate(self._instrument(symbol), [position])
        self._venue.conclude()

    def deleverage(self, symbol: str, quantity: Number | None = None, position_side: str = "BOTH") -> None:
        """Close (part of) a position by auto-deleveraging at the mark price (order `adl_autoclose`)."""
        position = self._held(symbol, position_side)
        amount = None if quantity is None else _positive(quantity, "quantity")
        self._venue.forced.close(position, "adl", self._instrument(symbol).mark, amount)
        self._venue.conclude()

    def _held(self, symbol: str, position_side: str) -> Position:
        self._instrument(symbol)
        position = self._venue.account.positions.get((symbol, position_side))
        if position is None or position.amount == 0:
            raise ControlError(f"there is no {position_side} position on {symbol}")
        return position

    def delist(self, symbol: str, price: Number | None = None) -> None:
        """Settle and close a symbol at `price`, default its index: orders expire, positions close."""
        self._venue.settle(self._instrument(symbol), None if price is None else _positive(price, "price"))

    def set_status(self, symbol: str, status: str) -> None:
        """Set a symbol's status, such as TRADING_HALT, PRE_SETTLE, TRADING."""
        if status not in STATUSES:
            raise ControlError(f"status: expected one of {', '.join(STATUSES)}, got {status!r}")
        self._instrument(symbol).symbol.status = status

    def set_funding_rate(self, symbol: str, rate: Number) -> None:
        """Set the rate that the next funding uses (0.0001 is 1 basis point)."""
        self._instrument(symbol).funding_rate = _decimal(rate, "rate")

    def fund(self, symbol: str) -> None:
        """Exchange funding on a symbol now."""
        self._venue.funding.exchange(self._instrument(symbol))
        self._venue.conclude()

    def deposit(self, asset: str, amount: Number) -> None:
        """Move an amount into (or, negative, out of) the account and tell it by ACCOUNT_UPDATE."""
        number = _decimal(amount, "amount")
        if self._venue.account.wallet(asset).balance + number < 0:
            balance = self._venue.account.wallet(asset).balance
            raise ControlError(f"{asset}: {-number} cannot leave a balance of {balance}")
        now_ms = self._venue.clock.now_ms()
        self._venue.account.book("TRANSFER", asset, number, now_ms)
        self._venue.settlement.report("DEPOSIT" if number > 0 else "WITHDRAW", {asset}, [], now_ms, number)

    def announce_strategy(self, symbol: str, status: str = "WORKING", strategy_id: int = 176057039) -> None:
        """Let one of Binance's own grid bots of the account tell its status: STRATEGY_UPDATE, then GRID_UPDATE."""
        name, now_ms = self._instrument(symbol).symbol.name, self._venue.clock.now_ms()
        self._venue.bus.emit(strategy_update(strategy_id, status, name, now_ms))
        self._venue.bus.emit(grid_update(strategy_id, status, name, now_ms))

    def trade(self, symbol: str, side: str, quantity: Number) -> None:
        """Let another trader send a market order of `side` that takes the account's resting orders, best first."""
        if side not in ("BUY", "SELL"):
            raise ControlError(f"side: expected BUY or SELL, got {side!r}")
        self._venue.take(self._instrument(symbol), side, _positive(quantity, "quantity"))

    # --- answers and events on their way

    def answer_with(
        self,
        route: str,
        status: int,
        body: object = None,
        *,
        processed: bool = False,
        times: int = 1,
        skip: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer `route` ("POST /fapi/v1/order", "WS order.place") with this status and body, processed or not."""
        rule = AnswerRule(route, status, body, processed, times=times, skip=skip, headers=headers or {})
        self._exchange.interference.answers.append(rule)

    def fail(self, route: str, kind: str, *, processed: bool = False, times: int = 1, skip: int = 0) -> None:
        """Answer `route` with one of the failures of section 5: unknown, unavailable, throttled, internal, timeout."""
        if kind not in FAILURES:
            raise ControlError(f"kind: expected one of {', '.join(FAILURES)}, got {kind!r}")
        status, body = failure(kind)
        self.answer_with(route, status, body, processed=processed, times=times, skip=skip)

    def throttle(self, *, on: bool = True) -> None:
        """Refuse new orders with -1008 until switched off; reduce-only and closing orders are exempt (503-C)."""
        self._exchange.throttled = on

    def delay_answer(self, route: str, seconds: float, *, times: int = 1, skip: int = 0) -> None:
        """Answer `route` this much later than processed."""
        self._exchange.interference.answers.append(
            AnswerRule(route, processed=True, delay_s=float(seconds), times=times, skip=skip)
        )

    def drop_answer(self, route: str, *, processed: bool, times: int = 1, skip: int = 0) -> None:
        """Break the connection instead of answering `route`, after or before it was processed."""
        self._exchange.interference.answers.append(
            AnswerRule(route, processed=processed, drop=True, times=times, skip=skip)
        )

    def lose_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Keep events of this type (and with these values, such as x="NEW") from the streams."""
        self._exchange.interference.events.append(EventRule(event, "lose", fields, times, skip))

    def duplicate_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Send events of this type twice."""
        self._exchange.interference.events.append(EventRule(event, "duplicate", fields, times, skip))

    def hold_event(self, event: str, until: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Hold events of this type back until the next event of type `until` has gone out; that swaps them.

        `fields` choose the event held; those whose name starts with `until_` choose the other.
        """
        own = {name: value for name, value in fields.items() if not name.startswith("until_")}
        other = {name.removeprefix("until_"): value for name, value in fields.items() if name.startswith("until_")}
        self._exchange.interference.events.append(EventRule(event, "hold", own, times, skip, until, other))

    def release_events(self) -> None:
        """Send every held event now."""
        for event in self._exchange.interference.release():
            self._venue.bus.deliver(event)

    def clear(self) -> None:
        """Let every answer and event pass unharmed again; held events are gone."""
        self._exchange.interference.clear()
        self._exchange.throttled = False

    def ban(self, ip: str = "127.0.0.1", for_ms: int = 120_000) -> None:
        """Answer every request of an address with 418 for a while."""
        self._exchange.limits.ban(ip, for_ms)

    def close_user_streams(self, code: int = 1006) -> None:
        """Disconnect the user streams; 1006 without a close frame."""
        self._exchange.hub.close_user_streams(code)

    # --- streams and time

    def expire_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        self._exchange.listen_keys.expire()

    def advance(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""
        if ms < 0:
            raise ControlError(f"the venue's clock cannot go back by {-ms} ms")
        self._venue.clock.advance(ms)
        self._venue.conclude()

    def now_ms(self) -> int:
        """Return the venue's time."""
        return self._venue.clock.now_ms()

    def save(self, path: str | Path) -> None:
        """Write the account to a file that `--state` starts from."""
        save(self._venue, Path(path))

    # --- what the venue knows

    @property
    def events(self) -> list[Event]:
        """The latest events as the venue emitted them, oldest first (`Options.events_kept` of them)."""
        return list(self._venue.bus.recent)

    def observe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event as it is emitted; returns what ends that."""
        return self._venue.bus.observe(listener)

    def books(self) -> dict[str, Any]:
        """Return the venue's truth, all numbers as strings.

        `orders` and `algo_orders` are the open ones as queries show them, `positions` those with an amount, `balances`
        by asset, `ledger` by asset the sums that make each balance.
        """
        venue = self._venue
        margins = venue.margin.assets()
        return {
            "orders": [order_shapes.queried(order) for order in venue.register.open_orders()],
            "algo_orders": [algo_shapes.queried(algo) for algo in venue.algo.open.values()],
            "positions": [
                {
                    "symbol": position.symbol,
                    "positionSide": position.side,
                    "positionAmt": trimmed(position.amount),
                    "entryPrice": trimmed(position.entry),
                    "isolatedWallet": trimmed(position.isolated_wallet),
                    "realised": trimmed(position.realised),
                }
                for position in venue.account.positions.values()
                if position.amount
            ],
            "balances": [
                {
                    "asset": wallet.asset,
                    "walletBalance": money(wallet.balance),
                    "availableBalance": money(margins[wallet.asset].available),
                }
                for wallet in venue.account.wallets.values()
            ],
            "ledger": {
                wallet.asset: {name: money(amount) for name, amount in wallet.sums.items()}
                for wallet in venue.account.wallets.values()
            },
        }
