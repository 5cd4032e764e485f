"""A 1.x trader: one `TradingNode` with the Binance execution client and a strategy that only does as it is told."""

import asyncio
import os
import time
import traceback
from collections.abc import Callable
from typing import Any

from nautilus_trader.adapters.binance import factories
from nautilus_trader.common import component
from nautilus_trader.config import InstrumentProviderConfig, LiveRiskEngineConfig, StrategyConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.trading.strategy import Strategy

import factory

from .. import events
from ..server import Emit, Note
from ..settings import Settings
from ..trader import AnyTrader
from . import capabilities

UNLIMITED = "1000000/00:00:01"
"""The risk engine denies above 100 orders a second by default, which would hide what the client does in a burst."""

_log_guards: list[Any] = []


class Puppet(Strategy):  # type: ignore[misc]  # NautilusTrader is not there when the suite is type-checked
    """Does nothing of its own."""

    def __init__(self, on_running: Callable[[], None]) -> None:
        super().__init__(StrategyConfig(strategy_id="CASE", order_id_tag="001"))
        self._on_running = on_running

    def on_start(self) -> None:
        """Tell that the node is connected, reconciled and trading."""
        self._on_running()

    def on_stop(self) -> None:
        """Nothing to clean up."""


class Trader(AnyTrader):
    """A trader whose process can start another after it."""

    def __init__(self, emit: Emit, note: Note) -> None:
        super().__init__(emit, note)
        self._strategy = Puppet(self._running.set)
        self._settings: Settings | None = None
        # Tasks that exist before the node are not the node's: all others end with it.
        self._not_ours = asyncio.all_tasks()

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""
        settings = self._settings = Settings.of(config)
        # Each factory function caches its last client; a client of the trader before would be shared.
        for cached in vars(factories).values():
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()
        client = self._build(settings)
        try:
            await self._add_instruments(client)
            return await self._run_until_trading(settings.timeout_connection_s)
        except BaseException:
            await self.stop(graceful=False)
            raise

    def _build(self, settings: Settings) -> Any:
        clients: list[Any] = []

        class ExecClientFactory(factories.BinanceLiveExecClientFactory):  # type: ignore[misc]
            """NautilusTrader's own, keeping hold of what it made: the engine does not expose its clients."""

            @staticmethod
            def create(**arguments: Any) -> Any:
                """Make the client."""
                clients.append(factories.BinanceLiveExecClientFactory.create(**arguments))
                return clients[-1]

        self._node = TradingNode(config=node_config(settings), loop=asyncio.get_running_loop())
        self._cache = self._node.cache
        # The guard of the first node keeps the process's one logger alive for all that follow.
        guard = self._node.kernel.get_log_guard()
        if guard is not None:
            _log_guards.append(guard)
        self._node.trader.add_strategy(self._strategy)
        self._node.add_exec_client_factory("BINANCE", ExecClientFactory)
        self._node.build()
        self._listen()
        return clients[0]

    def _listen(self) -> None:
        bus = self._node.kernel.msgbus
        portfolio = self._node.portfolio
        for topic, handler in (("events.order.*", self._on_order), ("events.position.*", self._on_position)):
            bus.subscribe(topic, handler)
        # The topic events.account.* stays silent on 1.221, the endpoint that feeds it does not.
        endpoint = "Portfolio.update_account"
        update_account = portfolio.update_account
        bus.deregister(endpoint, update_account)

        def on_account(event: Any) -> None:
            ns = time.monotonic_ns()
            update_account(event)
            self._guarded(lambda: events.account_event(event, ns))

        bus.register(endpoint, on_account)

    async def _add_instruments(self, client: Any) -> None:
        """Without a data client nobody puts instruments in the cache, and every order would be denied."""
        provider = client._instrument_provider
        await provider.initialize()
        for instrument in provider.get_all().values():
            self._node.kernel.cache.add_instrument(instrument)

    async def stop(self, *, graceful: bool) -> dict[str, Any]:  # noqa: ARG002  (its only way to stop is quick enough)
        """Stop the node the native way and clear away what it leaves; the process can start another."""
        assert self._settings is not None
        node, timeout_s = self._node, self._settings.timeout_stop_s
        clean = True
        try:
            await asyncio.wait_for(node.stop_async(), timeout_s)
        except Exception:  # noqa: BLE001
            clean = False
            self._note(f"the node did not stop cleanly within {timeout_s:g} s\n{traceback.format_exc()}", "trader")
        if self._run is not None:
            self._run.cancel()
        # Never node.dispose(): it stops the running loop.
        node.kernel.dispose()
        if left := await self._end_leftover_tasks():
            clean = False
            self._note(f"tasks of the node do not end: {', '.join(map(repr, left))}", "trader")
        node.kernel.executor.shutdown(wait=False, cancel_futures=True)
        if hasattr(component, "flush_logger"):
            component.flush_logger()  # or its last lines would open the next trader's log
        return {"clean": clean, "within_s": timeout_s}

    async def _end_leftover_tasks(self) -> set[asyncio.Task[Any]]:
        """The strategy's worker, hung requests, keep-alive timers: none may act during the next trader.

        Returns those that do not let themselves be ended.
        """
        ours = asyncio.all_tasks() - self._not_ours - {asyncio.current_task()}
        for task in ours:
            task.cancel()
        return (await asyncio.wait(ours, timeout=1.0))[1] if ours else set()

    def _named(self, order: Any) -> Any:
        return order


def node_config(settings: Settings) -> Any:
    """Return the node's config, made by the factory; whatever waits by default waits no longer."""
    if settings.key_type == "ed25519" and not capabilities.logs_on_over_the_ws_api():
        _take_armour_off_secrets()
    exec_clients = factory.create_binance_exec_client(
        testnet=settings.testnet,
        leverages=settings.leverages,
        margin_types=settings.margin_types,
        instrument_provider=InstrumentProviderConfig(load_all=True),
        **settings.retries,
        **_urls(settings),
        **_key_type(settings),
        **settings.native,
    )
    return factory.create_tradingnode_config(
        exec_clients,
        trader_id=settings.trader_id,
        log_level=settings.log_level,
        reconciliation=settings.reconciliation,
        **settings.redis,
        **settings.inflight,
        exec_engine={"reconciliation_startup_delay_secs": 0.0, **settings.exec_engine},
        logging={"log_colors": False},
        risk_engine=LiveRiskEngineConfig(max_order_submit_rate=UNLIMITED, max_order_modify_rate=UNLIMITED),
        timeout_connection=settings.timeout_connection_s,
        timeout_reconciliation=settings.timeout_connection_s,
        timeout_portfolio=settings.timeout_connection_s,
        timeout_disconnection=settings.timeout_stop_s,
        timeout_post_stop=0.0,
    )


def _urls(settings: Settings) -> dict[str, Any]:
    """`base_url_ws` was the user stream's URL until it became the WS API's and the stream got a field of its own."""
    if capabilities.logs_on_over_the_ws_api():
        streams = {"base_url_ws": settings.ws_api, "base_url_ws_stream": settings.stream("/private")}
    else:
        streams = {"base_url_ws": settings.stream("")}
    return {"base_url_http": settings.http_url, **streams}


def _take_armour_off_secrets() -> None:
    """Up to 1.222 an Ed25519 secret is the bare base64 of the key; a PEM's lines around it become part of the key."""
    for name, value in os.environ.items():
        if name.startswith("BINANCE_") and name.endswith("_SECRET"):
            os.environ[name] = "".join(line for line in value.splitlines() if not line.startswith("-----"))


def _key_type(settings: Settings) -> dict[str, Any]:
    return {"key_type": factories.BinanceKeyType.ED25519} if settings.key_type == "ed25519" else {}
