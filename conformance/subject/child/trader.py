"""A trader of either generation: how it starts, which events it emits, and how it stops.

The generations differ in how a node is built, listened to and stopped, and in little else.
"""

import asyncio
import threading
import time
import traceback
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from . import events, orders
from .blame import Misuse, Refusal, answered_natively, blame
from .commands import Commands
from .handled import keeping, reading, resuming, with_handlers
from .handlers import Act, HandlerFailed, Handlers, Resumed, Started
from .readings import read
from .reporting import Emit, Note
from .settings import Settings

_PRICES_WITHIN_S = 5.0
"""How long a trader that subscribes to prices waits for the first of each."""

_ALERTED_AFTER_NS = 5_000_000
"""How long after it is asked for the clock's alert comes to a strategy."""

_PRICES_LOOKED_FOR_S = 0.01
"""How often it looks: the cache has no notification of new prices."""


class AnyTrader(Commands):
    """One node and its strategy, which does nothing but what commands say. All on the process's one event loop.

    Whoever makes one gives it its `_strategies`, of which `_strategy` is the one that a command is for, and `_node`,
    `_cache` and `_portfolio` as soon as there are any.
    """

    def __init__(self, emit: Emit, note: Note) -> None:
        self._emit = emit
        self._note = note
        self._settings: Settings | None = None
        self._running = asyncio.Event()
        self._priced_by_s = 0.0
        self._run: asyncio.Task[None] | None = None
        self._strategy: Any = None
        self._strategies: list[Any] = []
        self._node: Any = None
        self._cache: Any = None
        self._portfolio: Any = None
        self._handlers = Handlers()
        self._rung: dict[str, Counter[str]] = {}
        self._own_thread = threading.get_ident()
        self._threads: dict[str, set[int]] = {}
        self._told: list[dict[str, str]] = []

    @staticmethod
    def needs_the_thread(config: dict[str, Any]) -> bool:  # noqa: ARG004
        """Whether a trader of this config cannot share its thread with a loop; then it is `run`, not started."""
        return False

    def run(self, config: dict[str, Any], lend: Callable[[], None]) -> tuple[bool, float]:
        """Run the node on this thread until it has ended, and call `lend` every few milliseconds meanwhile.

        Returns whether it ended in the time that it had for that, and that time in seconds.
        """
        raise NotImplementedError

    def end(self, *, told: bool) -> None:
        """Have a node that is `run` come to its end; one that a signal has `told` to is on its way."""
        raise NotImplementedError

    def is_overdue(self) -> bool:
        """Whether a node that is `run` has had its time to come to its end, and has not."""
        raise NotImplementedError

    @contextmanager
    def commanding(self, number: int) -> Iterator[None]:
        """Have commands go to the strategy of this number, the first being 1, and afterwards where they went before."""
        if not 1 <= number <= len(self._strategies):
            raise Misuse(f"strategy {number}: the trader was started with {len(self._strategies)}")
        before = self._strategy
        self._strategy = self._strategies[number - 1]
        try:
            yield
        finally:
            self._strategy = before

    def when(self, event: str, do: dict[str, Any], of: str | None = None) -> dict[str, Any]:
        """Have a command carried out, by the strategy that this is for, once it is told the event (`of` an order).

        A `TimeEvent` is that of the strategy's timer of the name `of` (`set_timer`), or of an alert that is set for it.

        A position's event is one of the orders that opened and closed it. What another strategy is told counts for
        nothing.

        It is carried out within the call that tells the strategy, as one does in its handlers. What NautilusTrader then
        raises is in the trader's log: no reply can tell it. The event says that it was carried out then (`acts`).
        """
        strategy = self._strategy
        if event == Started.__name__:
            raise Misuse("when Started: it has been; what a strategy does in its on_start is a setting (at_start)")
        if event == Resumed.__name__ and not (self._settings and self._settings.on_resume):
            raise Misuse("when Resumed: the strategy has no on_resume: start it with on_resume = true")
        self._arm(event, do, of)
        if event == "TimeEvent" and of is None:
            soon_ns = strategy.clock.timestamp_ns() + _ALERTED_AFTER_NS
            strategy.clock.set_time_alert_ns(
                f"alert {self.command}", soon_ns, callback=lambda told: self._on_told(strategy, told)
            )
        return {}

    def set_timer(self, name: str, every_ms: int, *, by_default: bool = False) -> dict[str, Any]:
        """Have the strategy's clock ring every so many ms: in a callback, or `by_default` in the handler of all events.

        What it does then is armed with `when`, event `TimeEvent`, `of` the name.
        """
        strategy = self._strategy
        callback = None if by_default else lambda told: self._on_told(strategy, told)
        with answered_natively():
            strategy.clock.set_timer(name, timedelta(milliseconds=every_ms), callback=callback)
        return {}

    def cancel_timer(self, name: str) -> dict[str, Any]:
        """Have the strategy cancel its timer of that name."""
        with answered_natively():
            self._strategy.clock.cancel_timer(name)
        return {}

    def rung(self) -> dict[str, Any]:
        """Return how often each of the strategy's timers has rung, by name."""
        return {"rung": dict(self._rung.get(str(self._id_of(self._strategy)), {}))}

    def threads(self) -> dict[str, Any]:
        """Return what the strategies have been `told`, by kind, and what of it on `others` than the node's thread."""
        others = [kind for kind, on in self._threads.items() if on != {self._own_thread}]
        return {"told": sorted(self._threads), "others": sorted(others)}

    def _arm(self, event: str, do: dict[str, Any], of: str | None = None) -> None:
        number = self._strategies.index(self._strategy) + 1
        self._handlers.add(event, of, do, number, str(self._id_of(self._strategy)), by=self.command)

    @abstractmethod
    def _id_of(self, strategy: Any) -> Any:
        """Return the strategy's native id, which its events have too."""

    @abstractmethod
    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Build the node through the factory and return once its strategy runs."""

    @abstractmethod
    async def stop(self, *, graceful: bool, told: bool = False) -> dict[str, Any]:
        """Stop the node; the process can then start another where the generation allows it.

        One that a signal has `told` to stop is waited for only. Replies whether all of the node has ended (`clean`),
        and how long it had for that (`within_s`).
        """

    def up(self) -> dict[str, Any] | None:
        """Return the reply to the start command once the strategy runs and has prices; None before.

        Prices that do not come are waited for a while only: then `priced` is false.
        """
        if not self._running.is_set():
            return None
        priced = self._has_prices()
        if not priced and time.monotonic() < self._priced_by_s:
            return None
        return {"instruments": len(self._cache.instruments()), "priced": priced}

    def _subscribe(self, settings: Settings, subscriptions: Mapping[str, Callable[[Any], None]]) -> None:
        """Subscribe to the settings' prices; `subscriptions` has the strategy's method for each kind."""
        for symbol in settings.symbols:
            for kind in settings.subscribe:
                subscriptions[kind](orders.instrument_id(symbol))
        self._priced_by_s = time.monotonic() + _PRICES_WITHIN_S

    def _starts(self, settings: Settings) -> None:
        """Have the strategy do what its settings say that it does when it is started."""
        for do in settings.at_start:
            self._arm(Started.__name__, do)
        self._on_told(self._strategy, Started(self._strategy.clock.timestamp_ns()))

    def _clear_up(self, settings: Settings) -> None:
        """Have the strategy do what its settings say that it does when it is stopped."""
        acts = {"cancel": self._strategy.cancel_all_orders, "close": self._strategy.close_all_positions}
        for symbol in settings.symbols:
            for each in settings.at_stop:
                acts[each](orders.instrument_id(symbol))

    def prices(self) -> dict[str, Any]:
        """Return for which of the settings' symbols a price of each kind has come since the start."""
        assert self._settings is not None
        has = {
            "quotes": self._cache.has_quote_ticks,
            "trades": self._cache.has_trade_ticks,
            "mark_prices": self._cache.has_mark_prices,
        }
        symbols = self._settings.symbols
        return {kind: [each for each in symbols if came(orders.instrument_id(each))] for kind, came in has.items()}

    def hear(self, topic: str) -> dict[str, Any]:
        """Have the strategy subscribe to a topic of the message bus from now on; `heard` tells what comes on it."""
        del topic
        self._needs("bus_topics")
        raise NotImplementedError

    def hear_no_more(self, topic: str) -> dict[str, Any]:
        """Have the strategy end its subscription to a topic."""
        del topic
        self._needs("bus_topics")
        raise NotImplementedError

    def heard(self) -> dict[str, Any]:
        """Return what the last strategy was told in its own handlers, where it has them."""
        assert self._settings is not None
        notes = bool({"handlers", "readings"} & set(self._settings.hears)) or self._settings.state is not None
        return {"heard": self._told} if notes else super().heard()

    def _kinds(self, settings: Settings, puppet: type) -> list[type]:
        """Return the class of each strategy: `puppet`, but for the handlers that the settings say."""
        kind = resuming(puppet) if settings.on_resume else puppet
        last = with_handlers(kind, self._told) if "handlers" in settings.hears else kind
        if "readings" in settings.hears:
            last = reading(kind, self._note_reading)
        kinds = [*[kind] * (settings.strategies - 1), last]
        if (state := settings.state) is None:
            return kinds
        return [keeping(each, f"{number} {state}", self._told) for number, each in enumerate(kinds, 1)]

    def _note_reading(self, event: Any) -> None:
        try:
            self._told.append(read(self._cache, self._portfolio, event))
        except Exception as error:  # noqa: BLE001  (the node's own handlers would swallow it)
            self._note(traceback.format_exc(), blame(error))

    def _has_prices(self) -> bool:
        """Whether the first price of each subscription has come, which a strategy waits for; trades need not come."""
        assert self._settings is not None
        came = self.prices()
        return all(came[kind] == self._settings.symbols for kind in self._settings.subscribe if kind != "trades")

    def _sets_out(self) -> dict[str, Any]:
        """Have the node start, and wait for nothing."""
        self._run = asyncio.create_task(self._run_node(), name="node")
        return {}

    async def _run_until_trading(self, settings: Settings) -> dict[str, Any]:
        """A node that cannot connect logs it and then idles; so wait for the strategy, not for the node."""
        timeout_s = settings.timeout_connection_s
        self._run = asyncio.create_task(self._run_node(), name="node")
        running = asyncio.create_task(self._running.wait())
        # Connecting, reconciling and the portfolio have a timeout each.
        await asyncio.wait({running, self._run}, timeout=timeout_s * 3 + 1, return_when=asyncio.FIRST_COMPLETED)
        if self._running.is_set():
            while (up := self.up()) is None:  # noqa: ASYNC110
                await asyncio.sleep(_PRICES_LOOKED_FOR_S)
            return up
        running.cancel()
        if self._run.done() and not self._run.cancelled() and self._run.exception() is not None:
            raise Refusal(f"start: the node ended with {self._run.exception()!r}")
        raise Refusal(f"start: the node did not connect and reconcile within {timeout_s:g} s; its log says why")

    async def _run_node(self) -> None:
        await self._node.run_async()

    def _note_thread(self, kind: str) -> None:
        self._threads.setdefault(kind, set()).add(threading.get_ident())

    def _on_order(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._note_thread(type(event).__name__)
        self._act_on(event, lambda: events.order_event(event, self._cache.order(event.client_order_id), ns))

    def _on_position(self, event: Any) -> None:
        ns = time.monotonic_ns()
        self._note_thread(type(event).__name__)
        self._act_on(event, lambda: events.position_event(event, ns))

    def _on_told(self, strategy: Any, told: Any) -> None:
        """A price, an alert or that it runs, told to a strategy: it is an entry of the history if it acts on it."""
        self._note_thread(type(told).__name__)
        rung = type(told).__name__ == "TimeEvent"
        if not rung and not self._handlers.wait_for(told):
            return
        ns = time.monotonic_ns()
        strategy_id = str(self._id_of(strategy))
        if rung:
            self._rung.setdefault(strategy_id, Counter())[str(told.name)] += 1
        if due := self._handlers.due(told, strategy_id):
            self._do(due, lambda: events.told_besides(told, strategy_id, ns))

    def _act_on(self, event: Any, line: Callable[[], events.Line]) -> None:
        self._do(self._handlers.due(event), line)

    def _do(self, due: list[Act], line: Callable[[], events.Line]) -> None:
        # Told before it is done: what comes of it must not be told before its cause.
        self._guarded(lambda: {**line(), "acts": list(dict.fromkeys(act.armed_by for act in due))} if due else line())
        for act in due:
            try:
                with self.commanding(act.strategy):
                    getattr(self, act.op)(**act.arguments)
            except HandlerFailed:
                raise
            except Exception as error:  # noqa: BLE001  (the node's own handlers would swallow it)
                self._note(traceback.format_exc(), blame(error))

    def _guarded(self, line: Callable[[], events.Line]) -> None:
        """Emit the line; an error of ours must neither stop the node's own handlers nor be swallowed by them."""
        try:
            self._emit(line())
        except Exception:  # noqa: BLE001
            self._note(traceback.format_exc(), "suite")
