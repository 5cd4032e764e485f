"""Whole lives of orders as ccxt.pro watches them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from conformance.simulator import Simulator
from tests.clients.behaviour.ccxt_trader import MARKET, CcxtTrader, order_view, position_view
from tests.clients.behaviour.lives import LIVES, Life, hedged
from tests.clients.behaviour.trader import SYMBOL, View, number, truth

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


async def test_everything_else__is_borne(watcher: Watcher, simulator: Simulator) -> None:
    """Events that ccxt does not need do it no harm, and those of forced closes, funding and deposits reach its view."""
    control = simulator.control
    control.open_position(SYMBOL, "LONG", "0.1", "50000")
    control.announce_strategy(SYMBOL)
    await watcher.client.set_leverage(7, MARKET)
    control.fund(SYMBOL)
    control.deposit("USDT", "250")
    control.deleverage(SYMBOL, "0.04")
    await watcher.agrees(simulator)

    control.liquidate(SYMBOL)
    await watcher.agrees(simulator)


async def test_market_streams__are_watched(trader: CcxtTrader, simulator: Simulator) -> None:
    """Trades, best prices, tickers, mark prices and candles come as ccxt.pro reads them."""
    client, control = trader.client, simulator.control
    await client.load_markets()
    watched = asyncio.gather(
        client.watch_trades(MARKET),
        client.watch_ticker(MARKET),
        client.watch_bids_asks([MARKET]),
        client.watch_mark_price(MARKET),
        client.watch_ohlcv(MARKET, "1m"),
    )
    streams = simulator.exchange.hub.connections
    async with asyncio.timeout(DEADLINE_S):
        while sum(len(connection.streams) for connection in streams) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await client.create_order(MARKET, "market", "buy", 0.1)
        control.advance(1500)
        trades, ticker, best, mark, candles = await watched
        last = float(control.price(SYMBOL))
        while ticker["last"] != last:  # the first one told the price at the subscription
            control.advance(1000)
            ticker = await client.watch_ticker(MARKET)

    assert (trades[-1]["price"], trades[-1]["amount"]) == (last, 0.1)
    assert (mark["symbol"], candles[-1][4]) == (MARKET, last)
    assert best[MARKET]["bid"] < best[MARKET]["ask"]


async def test_order_book__is_kept_by_differences(trader: CcxtTrader, simulator: Simulator) -> None:
    """A book kept by ccxt.pro from a snapshot and the differences equals the venue's after every change."""
    client, control = trader.client, simulator.control
    book = await client.watch_order_book(MARKET, 50)

    for price in ("50100", "49900", "50000"):
        control.move_price(SYMBOL, price)
        control.set_book(SYMBOL, bids=[(str(int(price) - 10), "1.5")], asks=[(str(int(price) + 10), "2.5")])
        async with asyncio.timeout(DEADLINE_S):
            while book["bids"][0] != [float(price) - 10, 1.5] or book["asks"][0] != [float(price) + 10, 2.5]:
                book = await client.watch_order_book(MARKET, 50)

    assert (len(book["bids"]), len(book["asks"])) == (1, 1)
