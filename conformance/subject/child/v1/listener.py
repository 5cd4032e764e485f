"""A 1.x strategy that hears of other strategies' orders: by its own subscriptions, or on topics of the message bus."""

from typing import Any

from nautilus_trader.trading.strategy import Strategy

from ..events import text, without_nothing
from ..orders import instrument_id
from ..settings import Settings

_TOPICS = {"fills_topic": "events.fills", "cancels_topic": "events.cancels"}


class Listener(Strategy):  # type: ignore[misc]  # NautilusTrader is not there when the suite is type-checked
    """Trades as it is told to, and notes what it is told of orders that are not its own."""

    def __init__(self, config: Any, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings
        self.heard: list[dict[str, Any]] = []

    def on_start(self) -> None:
        """Subscribe to what the settings say, for each of their symbols."""
        for symbol in self._settings.symbols:
            of = instrument_id(symbol)
            for word in self._settings.hears:
                if word in _TOPICS:
                    self.msgbus.subscribe(f"{_TOPICS[word]}.{of}", self._note)
                else:
                    # Looked for only when asked: 1.221.0 has no such thing for cancellations, 1.231.0 for nothing.
                    getattr(self, f"subscribe_order_{word}")(of)

    def on_order_filled(self, event: Any) -> None:
        """Note a fill that is told to this strategy's handler."""
        self._note(event)

    def on_order_canceled(self, event: Any) -> None:
        """Note a cancellation that is told to this strategy's handler."""
        self._note(event)

    def _note(self, event: Any) -> None:
        if event.strategy_id != self.id:
            line = {
                "event": type(event).__name__,
                "client_order_id": str(event.client_order_id),
                "trade_id": text(getattr(event, "trade_id", None)),
            }
            self.heard.append(without_nothing(line))
