"""1.x strategies that hear of other strategies' orders: by their own subscriptions, or on topics of the message bus."""

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
            self.heard.append(_line(event))


class Overhearing:
    """What one strategy hears on topics that it subscribes to, and leaves, while it runs; of its own orders too."""

    def __init__(self, strategy: Any) -> None:
        self.heard: list[dict[str, Any]] = []
        self._bus = strategy.msgbus

    def subscribe(self, topic: str) -> None:
        """Hear what comes on the topic from now on."""
        self._bus.subscribe(topic, self._note)

    def unsubscribe(self, topic: str) -> None:
        """Hear the topic no more."""
        self._bus.unsubscribe(topic, self._note)

    def _note(self, event: Any) -> None:
        self.heard.append(_line(event))


def _line(event: Any) -> dict[str, Any]:
    """Return an event's name, the id of the order or the position that it is about, and a fill's trade id."""
    line = {
        "event": type(event).__name__,
        "client_order_id": text(getattr(event, "client_order_id", None)),
        "trade_id": text(getattr(event, "trade_id", None)),
    }
    if line["client_order_id"] is None:
        line["position_id"] = str(event.position_id)
    return without_nothing(line)
