"""The control as a type: what a world may do to a venue. The classes that do the acts describe them in full."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from conformance.simulator.control.acts import Levels, Number
from conformance.simulator.events.bus import Event


class Controls(Protocol):
    """All acts by name. `Control` does them in-process; a simulator alone serves those without files at `/_control`."""

    # --- acts of the market

    def price(self, symbol: str) -> Decimal:
        """Return the last price."""

    def tick(self, symbol: str) -> Decimal:
        """Return the tick size: the step of every price."""

    def mark(self, symbol: str) -> Decimal:
        """Return the mark price."""

    def move_price(self, symbol: str, *path: Number) -> None:
        """Let the market trade along these prices, one after the other."""

    def print_trade(self, symbol: str) -> None:
        """Let others trade among themselves at the last price."""

    def number_trades(self, symbol: str, trade_id: int) -> None:
        """Let the symbol's next trade have this id, above those that it has had: each symbol counts its own."""

    def set_mark(self, symbol: str, price: Number) -> None:
        """Move the mark (and index) price alone."""

    def set_book(self, symbol: str, bids: Levels, asks: Levels) -> None:
        """Let other traders offer exactly these (price, quantity) levels until the price is moved again."""

    def trade(self, symbol: str, side: str, quantity: Number) -> None:
        """Let another trader send a market order of `side` that takes the account's resting orders, best first."""

    def fill(
        self, symbol: str, order_id: int | str, quantity: Number | None = None, price: Number | None = None
    ) -> dict[str, Any]:
        """Let another trader take `quantity` (default: all) of a resting order; at its own price by default."""

    # --- acts of another client, such as the exchange's own app

    def place_as_other(self, **params: object) -> dict[str, Any]:
        """Place an order as another client of the account would, by the parameters of POST /order."""

    def cancel_as_other(self, symbol: str, order_id: int | str) -> dict[str, Any]:
        """Cancel an order as another client of the account would; a waiting algo order too, by either of its ids."""

    def amend_as_other(
        self, symbol: str, order_id: int | str, *, quantity: Number | None = None, price: Number | None = None
    ) -> dict[str, Any]:
        """Amend a LIMIT order as another client would; what is not given stays. Raises `Refusal` as the venue would."""

    def cancel_all_as_other(self, symbol: str) -> None:
        """Cancel every open order of a symbol as another client would, waiting algo orders too."""

    def open_position(self, symbol: str, side: str, quantity: Number, price: Number | None = None) -> None:
        """Open (or add to) a position by a market order of another client that fills at `price`, default the last."""

    def close_position(
        self, symbol: str, quantity: Number | None = None, price: Number | None = None, position_side: str = "BOTH"
    ) -> None:
        """Close (`quantity` of) a position by another client's market order that fills at `price`, default the last."""

    def set_position_mode(self, *, hedged: bool) -> None:
        """Switch hedge mode on or off; refused as the venue would with open orders or positions. Emits no event."""

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose a symbol's leverage as another client would; emits ACCOUNT_CONFIG_UPDATE."""

    def set_margin_type(self, symbol: str, *, isolated: bool) -> None:
        """Choose isolated or cross margin as another client would; emits ACCOUNT_UPDATE."""

    # --- acts of the venue

    def liquidate(
        self,
        symbol: str,
        position_side: str = "BOTH",
        *,
        quantity: Number | None = None,
        parts: int = 1,
        execution: str | None = None,
        taken: Number | None = None,
    ) -> None:
        """Liquidate a position at the mark price, whatever its margin (order `autoclose-…`)."""

    def deleverage(
        self,
        symbol: str,
        quantity: Number | None = None,
        position_side: str = "BOTH",
        *,
        parts: int = 1,
        execution: str | None = None,
    ) -> None:
        """Close (part of) a position by auto-deleveraging at the mark price (order `adl_autoclose`)."""

    def expire_order(self, symbol: str, order_id: int | str, reason: int = 0) -> dict[str, Any]:
        """Expire an open order with an expiry reason (`er` of 9.1: 4 reduce-only, 5 liquidated, 7 delisted …)."""

    def expire_algo(self, algo_id: int | str, reason: str = "") -> dict[str, Any]:
        """Expire a waiting algo order; `reason` becomes its `rm`. `algo_id` is the venue's id or the client's."""

    def reject_at_trigger(self, algo_id: int | str, reason: str = "Margin is insufficient.") -> None:
        """Let the matching engine deny an algo order's child once it triggers: REJECTED, with `reason` as `rm`."""

    def forget(self, symbol: str, *, orders: bool = True, trades: bool = True) -> None:
        """Drop a symbol's finished orders and its trades from every query, as if they were older than its history."""

    def delist(self, symbol: str, price: Number | None = None) -> None:
        """Settle and close a symbol at `price`, default its index: orders expire, positions close."""

    def list_symbol(self, symbol: str, like: str = "DOGEUSDT", **row: str) -> None:
        """List a new symbol: the row of exchangeInfo of `like`, but for `row`, such as `baseAsset`; at its price."""

    def set_status(self, symbol: str, status: str) -> None:
        """Set a symbol's status, such as TRADING_HALT, PRE_SETTLE, TRADING."""

    def set_funding_rate(self, symbol: str, rate: Number) -> None:
        """Set the rate that the next funding uses (0.0001 is 1 basis point)."""

    def fund(self, symbol: str) -> None:
        """Exchange funding on a symbol now."""

    def deposit(self, asset: str, amount: Number, reason: str | None = None) -> None:
        """Move an amount into (or, negative, out of) the account and tell it by ACCOUNT_UPDATE."""

    def announce_strategy(self, symbol: str, status: str = "WORKING", strategy_id: int = 176057039) -> None:
        """Let one of Binance's own grid bots of the account tell its status: STRATEGY_UPDATE, then GRID_UPDATE."""

    # --- acts of time

    def expire_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""

    def advance(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""

    def age(self, ms: int) -> None:
        """Let the orders, stops and trades that there are have been made, and changed, so much earlier."""

    def now_ms(self) -> int:
        """Return the venue's time."""

    def skew_clock(self, ms: int) -> None:
        """Let the venue's clock differ by `ms` more from the wall's, forwards or, negative, backwards."""

    # --- acts of the network and of a venue in trouble

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

    def fail(self, route: str, kind: str, *, processed: bool = False, times: int = 1, skip: int = 0) -> None:
        """Answer `route` with one of the failures of section 5: unknown, unavailable, throttled, internal, timeout."""

    def throttle(self, *, on: bool = True) -> None:
        """Refuse new orders with -1008 until switched off; reduce-only and closing orders are exempt (503-C)."""

    def delay_answer(self, route: str, seconds: float, *, times: int = 1, skip: int = 0) -> None:
        """Answer `route` this much later than processed."""

    def drop_answer(self, route: str, *, processed: bool, times: int = 1, skip: int = 0) -> None:
        """Break the connection instead of answering `route`, after or before it was processed."""

    def lose_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Keep events of this type (and with these values, such as x="NEW") from the streams."""

    def duplicate_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Send events of this type twice."""

    def hold_event(self, event: str, until: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Hold events of this type back until the next event of type `until` has gone out; that swaps them."""

    def release_events(self) -> None:
        """Send every held event now."""

    def clear(self) -> None:
        """Let every answer and event pass unharmed again; held events are gone."""

    def ban(self, ip: str = "127.0.0.1", for_ms: int = 120000) -> None:
        """Answer every request of an address with 418 for a while."""

    def close_user_streams(self, code: int = 1006) -> None:
        """Disconnect the user streams; 1006 without a close frame."""

    # --- what the venue knows

    def state(self) -> dict[str, Any]:
        """Return the account as the content of a file that `--state` starts from."""

    def save(self, path: str | Path) -> None:
        """Write the account to a file that `--state` starts from."""

    @property
    def events(self) -> list[Event]:
        """The latest events as the venue emitted them, oldest first (`Options.events_kept` of them)."""

    def observe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event as it is emitted; returns what ends that."""

    def books(self) -> dict[str, Any]:
        """Return the venue's truth, all numbers as strings."""
