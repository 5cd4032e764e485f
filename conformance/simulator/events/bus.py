"""The bus: delivers every user event of the venue, in order, to its listeners."""

from collections import deque
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Listener = Callable[[Event], None]


class Bus:
    """Carries user events. Observers see what the venue emitted; subscribers get it after the filters."""

    def __init__(self, kept: int) -> None:
        self.recent: deque[Event] = deque(maxlen=kept)
        self.count = 0
        """How many events the venue has emitted so far."""
        self._observers: list[Listener] = []
        self._subscribers: list[Listener] = []
        self.filter: Callable[[Event], list[Event]] | None = None
        """What a control does to events on their way to the streams: lose, duplicate, reorder."""

    def observe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event as the venue emits it; returns what ends that."""
        self._observers.append(listener)
        return lambda: self._observers.remove(listener)

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every event that reaches the streams."""
        self._subscribers.append(listener)

    def emit(self, event: Event) -> None:
        """Send one event."""
        self.count += 1
        self.recent.append(event)
        for observer in self._observers:
            observer(event)
        for passed in (event,) if self.filter is None else self.filter(event):
            self.deliver(passed)

    def deliver(self, event: Event) -> None:
        """Hand an event to the streams, past the filter."""
        for subscriber in self._subscribers:
            subscriber(event)
