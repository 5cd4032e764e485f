"""Whole lives of orders as ccxt.pro watches them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from conformance.simulator import Simulator
from tests.clients.behaviour.ccxt_trader import CcxtTrader, order_view, position_view
from tests.clients.behaviour.lives import LIVES, Life, hedged
from tests.clients.behaviour.trader import View, number, truth

DEADLINE_S = 10.0


class Watcher:
    """Watches orders, positions and balances with ccxt.pro, and reads what it has cached.

    What a call of `watch_…` returns is no basis: messages that arrive before the next call only reach the caches.
    """

    def __init__(self, trader: CcxtTrader) -> None:
        self.client = trader.client
        self._fresh = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        handle = self.client.handle_message

        def handle_and_tell(connection: Any, message: Any) -> None:
            handle(connection, message)
            self._fresh.set()

        self.client.handle_message = handle_and_tell

    async def open(self) -> None:
        """Begin to watch."""
        await self.client.load_markets()
        for watch in (self.client.watch_orders, self.client.watch_positions, self.client.watch_balance):
            self._tasks.append(asyncio.create_task(self._watch(watch)))

    @staticmethod
    async def _watch(watch: Callable[[], Awaitable[Any]]) -> None:
        while True:
            await watch()

    def view(self) -> View:
        """Return what was watched. ccxt has algo orders among the orders, under their algo ids."""
        rows = list(self.client.orders or [])
        orders = [row for row in rows if "caid" not in row["info"]]
        algos = [row for row in rows if "caid" in row["info"] and row["status"] == "open" and row["info"]["X"] == "NEW"]
        balance = next(iter(self.client.balance.values()), {})
        # A position that turns round or closes is cached beside what it was, under its new side: the latest counts.
        cached = next(iter((self.client.positions or {"": []}).values()))
        latest = {row["side"] if row["hedged"] else "": row for row in cached}
        return View(
            orders=order_view(orders),
            stops={
                row["id"]: (row["side"].upper(), number(row["amount"]), number(row["triggerPrice"])) for row in algos
            },
            positions=position_view(list(latest.values())),
            balances={asset: number(total) for asset, total in balance.get("total", {}).items()} or None,
        )

    async def agrees(self, simulator: Simulator) -> None:
        """Wait until what was watched equals the venue's books."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE_S):
                while self.view().disagreements(truth(simulator.control)):
                    self._fresh.clear()
                    await self._fresh.wait()
        assert self.view().disagreements(truth(simulator.control)) == []

    async def close(self) -> None:
        """Stop watching."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def trader(simulator: Simulator) -> AsyncIterator[CcxtTrader]:
    """ccxt over REST."""
    one = CcxtTrader(simulator)
    yield one
    await one.close()


@pytest.fixture
async def watcher(trader: CcxtTrader, simulator: Simulator) -> AsyncIterator[Watcher]:
    """ccxt.pro, watching the account."""
    one = Watcher(trader)
    await one.open()
    async with asyncio.timeout(DEADLINE_S):
        # ccxt tells nobody when it is connected.
        while not any(connection.listen_keys for connection in simulator.exchange.hub.connections):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    yield one
    await one.close()


@pytest.mark.parametrize("life", [life for life in LIVES if life is not hedged], ids=lambda life: life.__name__)
async def test_life__as_watched(watcher: Watcher, trader: CcxtTrader, simulator: Simulator, life: Life) -> None:
    """After every step, what ccxt.pro has watched equals the venue's orders, positions and balances."""

    async def look() -> None:
        await watcher.agrees(simulator)

    await life(trader, simulator.control, look)
    await look()
