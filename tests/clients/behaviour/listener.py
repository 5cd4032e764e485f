"""Books kept from the user stream alone, as the official SDK reads it."""

import asyncio
from typing import Any

from conformance.simulator import Simulator
from tests.clients.behaviour.sdk_traders import CLOSED, sdk
from tests.clients.behaviour.trader import View, number

DEADLINE_S = 10.0
ENDED = ("FINISHED", "CANCELED", "EXPIRED", "REJECTED")


class SdkListener:
    """Listens with the SDK and keeps orders, algo orders, positions and balances."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._streams: Any = None
        self._fresh = asyncio.Event()
        self._before = simulator.venue.bus.count
        self.events: list[Any] = []
        self.view = View(orders={}, stops={}, positions={}, balances={})

    async def open(self) -> "SdkListener":
        """Subscribe with a listen key; what is in the wallets at the start is asked for once, as any client must."""
        client = sdk(self._simulator)
        rest = client.rest_api
        balances = await asyncio.to_thread(lambda: rest.futures_account_balance_v3().data())
        self.view.balances = {row.asset: number(row.balance) for row in balances}
        key = await asyncio.to_thread(lambda: rest.start_user_data_stream().data().listen_key)
        self._streams = await client.websocket_streams.create_connection()
        handle = await self._streams.user_data(key)
        handle.on("message", self._heard)
        self._before = self._simulator.venue.bus.count
        return self

    def _heard(self, message: Any) -> None:
        event = message.actual_instance
        self.events.append(event)
        keep = getattr(self, f"_{type(event).__name__}", None)
        if keep is not None:
            keep(event)
        self._fresh.set()

    def _OrderTradeUpdate(self, event: Any) -> None:  # noqa: N802  (the SDK's name)
        order = event.o
        assert self.view.orders is not None
        if order.X in CLOSED:
            self.view.orders.pop(str(order.i), None)
        else:
            self.view.orders[str(order.i)] = (order.S, number(order.q), number(order.z), number(order.p))

    def _AlgoUpdate(self, event: Any) -> None:  # noqa: N802
        algo = event.o
        assert self.view.stops is not None
        if algo.X in (*ENDED, "TRIGGERING", "TRIGGERED"):
            self.view.stops.pop(str(algo.aid), None)
        else:
            self.view.stops[str(algo.aid)] = (algo.S, number(algo.q), number(algo.tp))

    def _AccountUpdate(self, event: Any) -> None:  # noqa: N802
        assert self.view.positions is not None
        assert self.view.balances is not None
        for row in event.a.P or []:
            if number(row.pa):
                self.view.positions[row.s, row.ps] = (number(row.pa), number(row.ep))
            else:
                self.view.positions.pop((row.s, row.ps), None)
        for row in event.a.B or []:
            self.view.balances[row.a] = number(row.wb)

    async def caught_up(self) -> None:
        """Wait until everything that the venue has emitted since the subscription has been heard."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.events) < self._simulator.venue.bus.count - self._before:
                self._fresh.clear()
                await self._fresh.wait()

    async def close(self) -> None:
        """Disconnect."""
        await self._streams.close_connection()
