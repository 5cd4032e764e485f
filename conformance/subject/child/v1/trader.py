"""A 1.x trader: one `TradingNode` with the Binance execution client and a strategy that only carries out commands."""

import asyncio
import time
import traceback
from collections.abc import Callable
from typing import Any

from nautilus_trader.adapters.binance import factories
from nautilus_trader.common import component
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import TradingState
from nautilus_trader.trading.strategy import Strategy

from .. import events
from ..blame import Misuse
from ..patience import patience
from ..reporting import Emit, Note
from ..settings import Settings
from ..trader import AnyTrader
from . import slices
from .capabilities import found
from .keep_alive import KeepAlive
from .listener import Listener, Overhearing
from .node import node_config, strategy_config

_log_guards: list[Any] = []


class Puppet(Strategy):  # type: ignore[misc]  # NautilusTrader is not there when the suite is type-checked
    """Does nothing of its own."""

    def __init__(
        self,
        config: Any,
        on_running: Callable[[], None],
        on_stopping: Callable[[], None],
        on_told: Callable[[Any, Any], None],
    ) -> None:
        super().__init__(config)
        self._on_running = on_running
        self._on_stopping = on_stopping
        self._on_told = on_told

    def on_start(self) -> None:
        """Tell that the node is connected, reconciled and trading."""
        self._on_running()

    def on_stop(self) -> None:
        """Tell that the node comes to its end."""
        self._on_stopping()

    def on_event(self, event: Any) -> None:
        """Hand on that a timer has rung which has no callback; all other events have handlers of their own."""
        if isinstance(event, component.TimeEvent):
            self._on_told(self, event)

    def on_quote_tick(self, tick: Any) -> None:
        """Hand on a quote."""
        self._on_told(self, tick)

    def on_trade_tick(self, tick: Any) -> None:
        """Hand on a trade."""
        self._on_told(self, tick)

    def on_mark_price(self, mark_price: Any) -> None:
        """Hand on a mark price."""
        self._on_told(self, mark_price)


def _nothing() -> None:
    """The word of a strategy that is not waited for."""


class Trader(AnyTrader):
    """A trader whose process can start another after it."""

    capabilities = frozenset(found())

    def __init__(self, emit: Emit, note: Note) -> None:
        super().__init__(emit, note)
        self._keep_alive = KeepAlive()
        self._overhearing: dict[str, Overhearing] = {}
        # Tasks that exist before the node are not the node's: all others end with it.
        self._not_ours = asyncio.all_tasks()

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""
        settings = self._settings = Settings.of(config)
        # Each factory function caches its last client; a client of the trader before would be shared.
        for cached in vars(factories).values():
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()
        self._keep_alive.shorten(settings.keep_alive_ms)
        client = self._build(settings)
        try:
            self._keep_alive.shorten_of(client)
            if not settings.with_data_client:
                await self._add_instruments(client)
            if settings.unawaited:
                return self._sets_out()
            with patience():
                return await self._run_until_trading(settings)
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

        self._strategies = self._made_strategies(settings)
        self._strategy = self._strategies[0]
        self._node = TradingNode(config=node_config(settings), loop=asyncio.get_running_loop())
        self._cache = self._node.cache
        self._portfolio = self._node.portfolio
        # The guard of the first node keeps the process's one logger alive for all that follow.
        guard = self._node.kernel.get_log_guard()
        if guard is not None:
            _log_guards.append(guard)
        for strategy in self._strategies:
            self._node.trader.add_strategy(strategy)
        if settings.twap:
            # Example code, which a nightly may have moved: whoever does not ask for it does without.
            from nautilus_trader.examples.algorithms.twap import TWAPExecAlgorithm

            self._node.trader.add_exec_algorithm(TWAPExecAlgorithm())
        if settings.slices:
            self._node.trader.add_exec_algorithm(slices.made())
        self._node.add_exec_client_factory("BINANCE", ExecClientFactory)
        if settings.with_data_client:
            self._node.add_data_client_factory("BINANCE", factories.BinanceLiveDataClientFactory)
        self._node.build()
        self._listen()
        return clients[0]

    def _made_strategies(self, settings: Settings) -> list[Any]:
        # They are started one after another, and the first one's word is heard once all of them are.
        words = [
            (lambda: self._on_running(settings), lambda: self._clear_up(settings)),
            *[(_nothing, _nothing)] * (settings.strategies - 1),
        ]
        kinds = self._kinds(settings, Puppet)
        made: list[Any] = [
            kind(strategy_config(settings, n), *word, self._on_told)
            for n, (kind, word) in enumerate(zip(kinds, words, strict=True), 1)
        ]
        if settings.hears_of_others:
            made[-1] = Listener(strategy_config(settings, settings.strategies), settings)
        return made

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
            self._note_thread(type(event).__name__)
            update_account(event)
            self._guarded(lambda: events.account_event(event, ns))

        bus.register(endpoint, on_account)

    async def _add_instruments(self, client: Any) -> None:
        """Without a data client the cache stays empty, and every order would be denied."""
        provider = client._instrument_provider
        await provider.initialize()
        for instrument in provider.get_all().values():
            self._node.kernel.cache.add_instrument(instrument)

    def _on_running(self, settings: Settings) -> None:
        subscriptions = {
            "quotes": self._strategy.subscribe_quote_ticks,
            "trades": self._strategy.subscribe_trade_ticks,
            "mark_prices": self._strategy.subscribe_mark_prices,
        }
        self._subscribe(settings, subscriptions)
        self._starts(settings)
        self._running.set()

    async def stop(
        self,
        *,
        graceful: bool,  # noqa: ARG002  (its only way to stop is quick enough)
        told: bool = False,
    ) -> dict[str, Any]:
        """Stop the node the native way and clear away what it leaves; the process can start another."""
        assert self._settings is not None
        node, timeout_s = self._node, self._settings.timeout_stop_s
        clean = True
        try:
            with patience():
                await asyncio.wait_for(self._ends(told=told), timeout_s)
        except Exception:  # noqa: BLE001
            clean = False
            self._note(f"the node did not stop cleanly within {timeout_s:g} s\n{traceback.format_exc()}", "trader")
        self._keep_alive.restore()
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

    async def _ends(self, *, told: bool) -> None:
        """Stop the node, unless a signal has `told` it to, and wait until it has ended."""
        assert self._settings is not None
        if not told:
            await self._node.stop_async()
        # A script waits for its `node.run`, which one that is stopped as it starts may outlive.
        if self._run is not None and (told or self._settings.unawaited):
            await asyncio.shield(self._run)

    async def _end_leftover_tasks(self) -> set[asyncio.Task[Any]]:
        """The strategy's worker, hung requests, keep-alive timers: none may act during the next trader.

        Returns those that do not let themselves be ended.
        """
        ours = asyncio.all_tasks() - self._not_ours - {asyncio.current_task()}
        for task in ours:
            task.cancel()
        return (await asyncio.wait(ours, timeout=1.0))[1] if ours else set()

    def hear(self, topic: str) -> dict[str, Any]:
        """Have the strategy subscribe to a topic of the message bus from now on; `heard` tells what comes on it."""
        self._overhearing.setdefault(str(self._strategy.id), Overhearing(self._strategy)).subscribe(topic)
        return {}

    def hear_no_more(self, topic: str) -> dict[str, Any]:
        """Have the strategy end its subscription to a topic."""
        self._overhearing[str(self._strategy.id)].unsubscribe(topic)
        return {}

    def heard(self) -> dict[str, Any]:
        """Return what a strategy heard on topics, or the last one was told of others' orders.

        Events by name, order and trade id.
        """
        if (own := self._overhearing.get(str(self._strategy.id))) is not None:
            return {"heard": own.heard}
        last = self._strategies[-1]
        return {"heard": last.heard} if isinstance(last, Listener) else super().heard()

    def set_trading_state(self, state: str) -> dict[str, Any]:
        """Set what the risk engine lets pass: `ACTIVE`, `REDUCING` or `HALTED`."""
        known = TradingState.__members__
        if state not in known:
            raise Misuse(f"set_trading_state: unknown {state}; known: {', '.join(known)}")
        ns_called = time.monotonic_ns()
        self._node.kernel.risk_engine.set_trading_state(known[state])
        return {"ns_called": ns_called}

    def shipped(self, symbol: str = "BTCUSDT", *, testnet: bool = False, streams: str | None = None) -> dict[str, Any]:
        """Return where clients connect that are configured for an environment and no more, and how they keep keys."""
        # It looks into the adapter's own modules, which a nightly may have moved: so it is loaded when it is asked.
        from . import shipped

        return {**shipped.urls(symbol, testnet=testnet, streams=streams), "keep_alive_s": shipped.keep_alive_s()}

    def _configured(self, section: str, options: dict[str, Any]) -> Any:
        # It knows the adapter's configs: whoever does not ask for it does without.
        from . import native

        return native.CONFIGS[section](**options)

    def _written(self, section: str, options: dict[str, Any]) -> Any:
        from . import written

        return written.read(section, options)

    def _id_of(self, strategy: Any) -> Any:
        return strategy.id

    def _named(self, order: Any) -> Any:
        return order

    def _listed(self, built: list[Any]) -> Any:
        return self._strategy.order_factory.create_list(built)
