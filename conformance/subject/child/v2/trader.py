"""A 2.x trader: one `LiveNode` with the Binance clients and a strategy that only does as it is told.

Everything happens on the loop's thread: a call from any other aborts the process.
"""

import asyncio
import math
import time
import traceback
from collections.abc import Callable
from typing import Any

from nautilus_trader.adapters import binance
from nautilus_trader.live import LiveRiskEngineConfig
from nautilus_trader.model import StrategyId
from nautilus_trader.trading import Strategy, StrategyConfig

import factory

from .. import events, orders
from ..installed import BINANCE, ClientOrderId, OrderSide
from ..server import Emit, Refusal
from ..settings import Settings
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


class Trader:
    """Starts and drives the one node of this process."""

    def __init__(self, emit: Emit, note: Callable[[str], None]) -> None:
        self._emit = emit
        self._note = note
        self._running = asyncio.Event()
        self._strategy = Puppet(self._on_running, self._on_order, self._on_position)
        self._node: Any = None
        # Fetched once: within a callback the strategy may be in the middle of a call and cannot be asked for it.
        self._cache: Any = None
        self._run: asyncio.Task[None] | None = None
        self._settings: Settings | None = None

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""
        settings = self._settings = Settings.of(config)
        self._node = node_builder(settings).build()
        self._node.add_strategy(self._strategy)
        self._run = asyncio.create_task(self._run_node(), name="node")
        running = asyncio.create_task(self._running.wait())
        timeout_s = settings.timeout_connection_s * 3 + 1
        await asyncio.wait({running, self._run}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if not self._running.is_set():
            running.cancel()
            ended = self._run.done() and self._run.exception()
            raise Refusal(f"start: the node ended with {ended!r}" if ended else "start: the node did not start in time")
        return {"instruments": len(self._cache.instruments())}

    async def _run_node(self) -> None:
        await self._node.run_async()

    async def stop(self, *, graceful: bool) -> dict[str, Any]:
        """Stop the node the native way if asked to; the process is of no further use either way."""
        assert self._settings is not None
        if not graceful or self._run is None:
            return {"clean": False}
        self._node.handle().stop()
        done, _ = await asyncio.wait({self._run}, timeout=self._settings.timeout_stop_s)
        return {"clean": bool(done)}

    def _on_running(self) -> None:
        self._cache = self._strategy.cache
        self._running.set()

    def _on_order(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._guarded(lambda: events.order_event(event, self._cache.order(event.client_order_id), ns))

    def _on_position(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._guarded(lambda: events.position_event(event, ns))

    def _guarded(self, line: Callable[[], events.Line]) -> None:
        """Emit the line; NautilusTrader swallows what a callback raises, so it must be told here or never."""
        try:
            self._emit(line())
        except Exception:  # noqa: BLE001
            self._note(traceback.format_exc())

    def submit(self, order: dict[str, Any]) -> dict[str, Any]:
        """Build and submit one order."""
        built = orders.build(self._strategy.order_factory, order)
        return self._timed(lambda: self._strategy.submit_order(built))

    def modify(
        self,
        client_order_id: str,
        quantity: str | None = None,
        price: str | None = None,
        trigger_price: str | None = None,
    ) -> dict[str, Any]:
        """Ask to change an order."""
        order_id = self._known(client_order_id).client_order_id
        change = orders.change(quantity, price, trigger_price)
        return self._timed(lambda: self._strategy.modify_order(order_id, **change))

    def cancel(self, client_order_id: str) -> dict[str, Any]:
        """Ask to cancel an order."""
        order_id = self._known(client_order_id).client_order_id
        return self._timed(lambda: self._strategy.cancel_order(order_id))

    def cancel_all(self, symbol: str, side: str | None = None) -> dict[str, Any]:
        """Ask to cancel all orders of a symbol."""
        order_side = None if side is None else getattr(OrderSide, side)
        return self._timed(lambda: self._strategy.cancel_all_orders(orders.instrument_id(symbol), order_side))

    def cancel_batch(self, client_order_ids: list[str]) -> dict[str, Any]:
        """Ask to cancel several orders at once."""
        wanted = [ClientOrderId(each) for each in client_order_ids]
        return self._timed(lambda: self._strategy.cancel_orders(wanted))

    def query_order(self, client_order_id: str) -> dict[str, Any]:
        """Ask the venue about an order."""
        order = self._known(client_order_id)
        return self._timed(lambda: self._strategy.query_order(order))

    def query_account(self) -> dict[str, Any]:
        """Ask the venue about the account."""
        account_id = self._cache.account_id(BINANCE)
        if account_id is None:
            raise Refusal("query_account: the trader knows no account")
        return self._timed(lambda: self._strategy.query_account(account_id))

    def snapshot(self) -> dict[str, Any]:
        """Return the cache's orders, positions and balances."""
        return events.snapshot(self._cache)

    def _known(self, client_order_id: str) -> Any:
        return orders.known(self._cache, client_order_id)

    @staticmethod
    def _timed(act: Callable[[], None]) -> dict[str, Any]:
        ns_called = time.monotonic_ns()
        act()
        return {"ns_called": ns_called}


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
