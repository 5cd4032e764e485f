"""What a trader of either generation does with a command, and tells of what happens to it: native names, native calls.

The generations differ in how a node is built, listened to and stopped, and in little else.
"""

import asyncio
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from . import events, orders
from .blame import Refusal, answered_natively
from .installed import BINANCE, OrderSide
from .server import Emit, Note


class AnyTrader(ABC):
    """One node and its strategy, which does nothing but what commands say. All on the process's one event loop.

    Whoever makes one gives it `_strategy`, and `_node` and `_cache` as soon as there are any.
    """

    def __init__(self, emit: Emit, note: Note) -> None:
        self._emit = emit
        self._note = note
        self._running = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self._strategy: Any = None
        self._node: Any = None
        self._cache: Any = None

    @abstractmethod
    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""

    @abstractmethod
    async def stop(self, *, graceful: bool) -> dict[str, Any]:
        """Stop the node; the process can then start another where the generation allows it.

        Replies whether all of the node has ended (`clean`), and how long it had for that (`within_s`).
        """

    @abstractmethod
    def _named(self, order: Any) -> Any:
        """Return what the strategy takes to change or cancel the order."""

    async def _run_until_trading(self, timeout_s: float) -> dict[str, Any]:
        """A node that cannot connect logs it and then idles; so wait for the strategy, not for the node."""
        self._run = asyncio.create_task(self._run_node(), name="node")
        running = asyncio.create_task(self._running.wait())
        # Connecting, reconciling and the portfolio have a timeout each.
        await asyncio.wait({running, self._run}, timeout=timeout_s * 3 + 1, return_when=asyncio.FIRST_COMPLETED)
        if self._running.is_set():
            return {"instruments": len(self._cache.instruments())}
        running.cancel()
        if self._run.done() and not self._run.cancelled() and self._run.exception() is not None:
            raise Refusal(f"start: the node ended with {self._run.exception()!r}")
        raise Refusal(f"start: the node did not connect and reconcile within {timeout_s:g} s; its log says why")

    async def _run_node(self) -> None:
        await self._node.run_async()

    def _on_order(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._guarded(lambda: events.order_event(event, self._cache.order(event.client_order_id), ns))

    def _on_position(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._guarded(lambda: events.position_event(event, ns))

    def _guarded(self, line: Callable[[], events.Line]) -> None:
        """Emit the line; an error of ours must neither stop the node's own handlers nor be swallowed by them."""
        try:
            self._emit(line())
        except Exception:  # noqa: BLE001
            self._note(traceback.format_exc(), "suite")

    def submit(self, order: dict[str, Any]) -> dict[str, Any]:
        """Build one order and hand it to the strategy."""
        built = orders.build(self._strategy.order_factory, order)
        return _timed(lambda: self._strategy.submit_order(built))

    def modify(
        self,
        client_order_id: str,
        quantity: str | None = None,
        price: str | None = None,
        trigger_price: str | None = None,
    ) -> dict[str, Any]:
        """Ask for a new quantity, price or trigger price."""
        order = self._named(self._known(client_order_id))
        change = orders.change(quantity, price, trigger_price)
        return _timed(lambda: self._strategy.modify_order(order, **change))

    def cancel(self, client_order_id: str) -> dict[str, Any]:
        """Ask to cancel one order."""
        order = self._named(self._known(client_order_id))
        return _timed(lambda: self._strategy.cancel_order(order))

    def cancel_all(self, symbol: str, side: str | None = None) -> dict[str, Any]:
        """Ask to cancel all open orders of the symbol, or of one side of it."""
        of = (orders.instrument_id(symbol), *([] if side is None else [getattr(OrderSide, side)]))
        return _timed(lambda: self._strategy.cancel_all_orders(*of))

    def cancel_batch(self, client_order_ids: list[str]) -> dict[str, Any]:
        """Ask to cancel several orders with one command."""
        wanted = [self._named(self._known(each)) for each in client_order_ids]
        return _timed(lambda: self._strategy.cancel_orders(wanted))

    def query_order(self, client_order_id: str) -> dict[str, Any]:
        """Ask the venue for the state of one order."""
        order = self._known(client_order_id)
        return _timed(lambda: self._strategy.query_order(order))

    def query_account(self) -> dict[str, Any]:
        """Ask the venue for the state of the account."""
        account_id = self._cache.account_id(BINANCE)
        if account_id is None:
            raise Refusal("query_account: the trader knows no account")
        return _timed(lambda: self._strategy.query_account(account_id))

    def snapshot(self) -> dict[str, Any]:
        """Return the trader's own books: orders, positions, balances."""
        return events.snapshot(self._cache)

    def _known(self, client_order_id: str) -> Any:
        return orders.known(self._cache, client_order_id)


def _timed(act: Callable[[], None]) -> dict[str, Any]:
    ns_called = time.monotonic_ns()
    with answered_natively():
        act()
    return {"ns_called": ns_called}
