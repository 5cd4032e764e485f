"""A 2.x trader: one `LiveNode` with the Binance clients and a strategy that only does as it is told.

Everything happens on the loop's thread: a call from any other aborts the process.
"""

import asyncio
import math
from collections.abc import Callable
from typing import Any

from nautilus_trader.adapters import binance
from nautilus_trader.live import LiveRiskEngineConfig
from nautilus_trader.model import StrategyId
from nautilus_trader.trading import Strategy, StrategyConfig

import factory

from ..blame import answered_natively
from ..server import Emit, Note
from ..settings import Settings
from ..trader import AnyTrader
from . import capabilities


class Puppet(Strategy):  # type: ignore[misc]  # NautilusTrader is not there when the suite is type-checked
    """Does nothing of its own; hands on what it is told about."""

    def __new__(cls, *_: Any) -> "Puppet":
        """Make the native part, which takes the config and nothing else."""
        made: Puppet = super().__new__(cls, _strategy_config())
        return made

    def __init__(
        self, on_running: Callable[[], None], on_order: Callable[[Any], None], on_position: Callable[[Any], None]
    ) -> None:
        super().__init__(_strategy_config())
        self._on_running = on_running
        self._on_order = on_order
        self._on_position = on_position

    def on_start(self) -> None:
        """Tell that the node is connected, reconciled and trading."""
        self._on_running()

    def on_stop(self) -> None:
        """Nothing to clean up."""

    def on_order_event(self, event: Any) -> None:
        """Hand on every order event, of whatever kind."""
        self._on_order(event)

    def on_position_event(self, event: Any) -> None:
        """Hand on every position event."""
        self._on_position(event)


class Trader(AnyTrader):
    """The one trader of its process."""

    def __init__(self, emit: Emit, note: Note) -> None:
        super().__init__(emit, note)
        self._strategy = Puppet(self._on_running, self._on_order, self._on_position)
        self._settings: Settings | None = None

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""
        settings = self._settings = Settings.of(config)
        builder = node_builder(settings)
        with answered_natively():
            self._node = builder.build()
            self._node.add_strategy(self._strategy)
        return await self._run_until_trading(settings.timeout_connection_s)

    async def stop(self, *, graceful: bool) -> dict[str, Any]:
        """Stop the node the native way if asked to; the process is of no further use either way."""
        assert self._settings is not None
        if not graceful or self._run is None:
            return {"clean": False}
        with answered_natively():
            self._node.handle().stop()
        done, _ = await asyncio.wait({self._run}, timeout=self._settings.timeout_stop_s)
        return {"clean": bool(done), "within_s": self._settings.timeout_stop_s}

    def _on_running(self) -> None:
        # Fetched once: within a callback the strategy may be in the middle of a call and cannot be asked for it.
        self._cache = self._strategy.cache
        self._running.set()

    def _named(self, order: Any) -> Any:
        return order.client_order_id


def node_builder(settings: Settings) -> Any:
    """Return the node's builder, made by the factory; whatever waits by default waits no longer."""
    exec_clients = factory.create_binance_exec_client(
        testnet=settings.testnet,
        leverages=settings.leverages,
        margin_types=settings.margin_types,
        base_url_http=settings.http_url,
        base_url_ws=settings.stream("/private/ws"),
        base_url_ws_trading=settings.ws_api,
        use_ws_trading=settings.use_ws_trading,
        # A version that cannot be told refuses to be; that it then does not retry is for the cases to judge.
        **(settings.retries if capabilities.retries() else {}),
        **settings.native,
    )
    builder = factory.create_livenode_builder(
        exec_clients,
        trader_id=settings.trader_id,
        log_level=settings.log_level,
        reconciliation=settings.reconciliation,
        **settings.redis,
        **settings.inflight,
        exec_engine={"reconciliation_startup_delay_secs": 0.0, **settings.exec_engine},
        logging={"is_colored": False},
    )
    data_client = binance.BinanceDataClientConfig(
        product_type=binance.BinanceProductType.USD_M,
        environment=getattr(binance.BinanceEnvironment, "TESTNET" if settings.testnet else "LIVE"),
        base_url_http=settings.http_url,
        base_url_ws=settings.stream("/market/ws"),
        instrument_status_poll_secs=0,
    )
    timeout_s = math.ceil(settings.timeout_connection_s)
    return (
        # Without a data client there are no instruments, and an order is neither sent nor refused.
        builder.add_data_client(None, binance.BinanceDataClientFactory(), data_client)
        .with_risk_engine_config(LiveRiskEngineConfig(bypass=True))
        .with_timeout_connection(timeout_s)
        .with_timeout_reconciliation(timeout_s)
        .with_timeout_portfolio(timeout_s)
        .with_timeout_disconnection_secs(math.ceil(settings.timeout_stop_s))
        .with_delay_post_stop_secs(0)
        .with_delay_shutdown_secs(0)
    )


def _strategy_config() -> Any:
    return StrategyConfig(strategy_id=StrategyId.from_str("CASE-001"), order_id_tag="001")
