"""A 2.x trader: one `LiveNode` with the Binance clients and a strategy that only carries out commands.

Everything happens on the loop's thread: a call from any other aborts the process.
"""

import asyncio
import math
import time
import traceback
from collections.abc import Callable
from typing import Any

from nautilus_trader.trading import Strategy

from ..blame import answered_natively
from ..reporting import Emit, Note
from ..settings import Settings
from ..trader import AnyTrader
from . import slices
from .capabilities import closes_by_reducing, found
from .node import node_builder, strategy_config

_TURNS = "turns of the suite"
_TURN_EVERY_NS = 2_000_000


class Puppet(Strategy):  # type: ignore[misc]  # NautilusTrader is not there when the suite is type-checked
    """Does nothing of its own; passes events on."""

    def __new__(cls, config: Any, *_: Any) -> "Puppet":
        """Make the native part, which takes the config and nothing else."""
        made: Puppet = super().__new__(cls, config)
        return made

    def __init__(
        self,
        config: Any,
        on_running: Callable[[], None],
        on_events: tuple[Callable[[Any], None], Callable[[Any], None]],
        on_stopping: Callable[[], None],
        on_told: Callable[[Any, Any], None],
    ) -> None:
        super().__init__(config)
        self._on_running = on_running
        self._on_order, self._on_position = on_events
        self._on_stopping = on_stopping
        self._on_told = on_told

    def on_start(self) -> None:
        """Tell that the node is connected, reconciled and trading."""
        self._on_running()

    def on_stop(self) -> None:
        """Tell that the node comes to its end."""
        self._on_stopping()

    def on_order_event(self, event: Any) -> None:
        """Hand on every order event, of whatever kind."""
        self._on_order(event)

    def on_position_event(self, event: Any) -> None:
        """Hand on every position event."""
        self._on_position(event)

    def on_time_event(self, event: Any) -> None:
        """Hand on that a timer has rung which has no callback."""
        self._on_told(self, event)

    def on_quote(self, tick: Any) -> None:
        """Hand on a quote."""
        self._on_told(self, tick)

    def on_trade(self, tick: Any) -> None:
        """Hand on a trade."""
        self._on_told(self, tick)

    def on_mark_price(self, mark_price: Any) -> None:
        """Hand on a mark price."""
        self._on_told(self, mark_price)


def _nothing() -> None:
    """The word of a strategy that is not waited for."""


class Trader(AnyTrader):
    """The one trader of its process."""

    capabilities = frozenset(found())
    _closes_by_reducing = closes_by_reducing()

    def __init__(self, emit: Emit, note: Note) -> None:
        super().__init__(emit, note)
        self._lend: Callable[[], None] | None = None
        self._handle: Any = None
        self._ending_since_s = math.inf

    @staticmethod
    def needs_the_thread(config: dict[str, Any]) -> bool:
        """Whether the node has a cache database, which `run_async` refuses, or is to hear signals, which it cannot."""
        return config.get("cache_database") is not None or bool(config.get("own_run"))

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""
        settings = self._build(config)
        return self._sets_out() if settings.unawaited else await self._run_until_trading(settings)

    def run(self, config: dict[str, Any], lend: Callable[[], None]) -> tuple[bool, float]:
        """Run the node in its own way until it has ended; a timer of its clock lends the thread."""
        settings = self._build(config)
        self._lend = lend
        self._handle = self._node.handle()
        with answered_natively():
            self._node.run()
            # As a script does at its end: what was written last, such as what strategies keep, is in the cache then.
            self._node.dispose()
        return time.monotonic() - self._ending_since_s < settings.timeout_stop_s, settings.timeout_stop_s

    def end(self, *, told: bool) -> None:
        """Have the node come to its end, as `run` then does; one that a signal has `told` to is on its way."""
        self._ending_since_s = time.monotonic()
        if not told:
            self._handle.stop()

    def is_overdue(self) -> bool:
        """Whether the node has had its time to come to its end."""
        assert self._settings is not None
        return time.monotonic() - self._ending_since_s > self._settings.timeout_stop_s

    def _build(self, config: dict[str, Any]) -> Settings:
        settings = self._settings = Settings.of(config)
        builder = node_builder(settings)
        heard = self._on_order, self._on_position
        # They are started one after another, and the first one's word is heard once all of them are.
        words = [(self._on_running, self._on_stopping), *[(_nothing, _nothing)] * (settings.strategies - 1)]
        kinds = self._kinds(settings, Puppet)
        self._strategies = [
            kind(strategy_config(settings, n), runs, heard, stops, self._on_told)
            for n, (kind, (runs, stops)) in enumerate(zip(kinds, words, strict=True), 1)
        ]
        self._strategy = self._strategies[0]
        with answered_natively():
            self._node = builder.build()
            for strategy in self._strategies:
                self._node.add_strategy(strategy)
            if settings.slices:
                self._node.add_exec_algorithm(slices.made())
        return settings

    async def stop(
        self,
        *,
        graceful: bool,
        told: bool = False,  # noqa: ARG002  (a node that shares its thread with a loop hears no signal)
    ) -> dict[str, Any]:
        """Stop the node the native way if asked to; the process is of no further use either way."""
        assert self._settings is not None
        if not graceful or self._run is None:
            return {"clean": False}
        with answered_natively():
            self._node.handle().stop()
        timeout_s = self._settings.timeout_stop_s
        done, _ = await asyncio.wait({self._run}, timeout=timeout_s)
        ended: dict[str, Any] = {}
        if done and self._run.cancelled():
            self._note("the node was cancelled while it stopped", "trader")
            done = set()
        elif done and (raised := self._run.exception()) is not None:
            written = "".join(traceback.format_exception(raised))
            self._note(f"the node did not stop cleanly\n{written}", "trader")
            ended = {"raised": f"{type(raised).__name__}: {raised}"}
            done = set()
        return {"clean": bool(done), "within_s": timeout_s, **ended}

    def _on_running(self) -> None:
        # Fetched once: within a callback the strategy may be in the middle of a call and cannot be asked for it.
        self._cache = self._strategy.cache
        self._portfolio = self._strategy.portfolio
        assert self._settings is not None
        subscriptions = {
            "quotes": self._strategy.subscribe_quotes,
            "trades": self._strategy.subscribe_trades,
            "mark_prices": self._strategy.subscribe_mark_prices,
        }
        self._subscribe(self._settings, subscriptions)
        self._starts(self._settings)
        self._running.set()
        if self._lend is not None:
            self._strategy.clock.set_timer_ns(_TURNS, _TURN_EVERY_NS, callback=self._on_turn)

    def _on_turn(self, _: Any) -> None:
        assert self._lend is not None
        try:
            self._lend()
        except Exception:  # noqa: BLE001  (the node would log it and go on)
            self._note(traceback.format_exc(), "suite")

    def _on_stopping(self) -> None:
        assert self._settings is not None
        self._clear_up(self._settings)
        if self._lend is not None:
            self._strategy.clock.cancel_timer(_TURNS)

    def _configured(self, section: str, options: dict[str, Any]) -> Any:
        # It knows the adapter's configs: whoever does not ask for it does without.
        from . import native

        return native.made(section, options)

    def _id_of(self, strategy: Any) -> Any:
        return strategy.strategy_id

    def _named(self, order: Any) -> Any:
        return order.client_order_id

    def _listed(self, built: list[Any]) -> Any:
        return built
