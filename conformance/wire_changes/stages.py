"""What the venue had said last of an order when the trader emitted an event: the circumstances, in a trader's words."""

from collections import defaultdict
from collections.abc import Mapping

from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.history.entries import Answer, Event, Frame, Request
from conformance.history.history import History
from conformance.wire_changes.names import Names

UNANSWERED = "before the venue has answered"
RECONCILED = "in a reconciliation"
_REFUSED = "after a refusal"
_TRIGGERED = "after a trigger"
_ORDER: Mapping[str, str] = {
    "NEW": "after an acceptance",
    "AMENDMENT": "after an amendment",
    "CANCELED": "after a cancellation",
    "EXPIRED": "after an expiry",
    "EXPIRED_IN_MATCH": "after an expiry",
    "CALCULATED": "after a liquidation",
    "REJECTED": _REFUSED,
}
_ALGO: Mapping[str, str] = {
    "NEW": "after an acceptance",
    "TRIGGERING": _TRIGGERED,
    "TRIGGERED": _TRIGGERED,
    "FINISHED": "after a stop has finished",
    "CANCELED": "after a cancellation",
    "EXPIRED": "after an expiry",
    "REJECTED": _REFUSED,
}


class Stages:
    """The venue's words about each order, with their times."""

    def __init__(self, history: History, names: Names) -> None:
        self._said: dict[str, list[tuple[int, str]]] = defaultdict(list)
        asked: dict[int, tuple[str, ...]] = {}
        for entry in history:
            if isinstance(entry, Frame) and entry.channel != "market":
                self._frame(entry, names)
            elif isinstance(entry, Request) and entry.by == "trader":
                asked[entry.id] = names.in_request(entry)
            elif isinstance(entry, Answer) and entry.by == "trader" and entry.status >= 400:
                for name in asked.get(entry.to, ()):
                    self._said[name].append((entry.ns, _REFUSED))

    def of(self, event: Event, order: str) -> str:
        """Return what the venue had said of the order before the event."""
        if event.reconciliation:
            return RECONCILED
        return next((word for ns, word in reversed(self._said[order]) if ns <= event.ns), UNANSWERED)

    def _frame(self, frame: Frame, names: Names) -> None:
        told = frame.event
        if isinstance(told, OrderUpdate):
            order, word = names.order(told.client_order_id), _ORDER.get(told.execution)
            if told.execution == "TRADE":
                word = "after a fill" if told.status == "FILLED" else "after a partial fill"
            if told.execution == "NEW" and order and any(word == _TRIGGERED for _, word in self._said[order]):
                word = _TRIGGERED
        elif isinstance(told, AlgoUpdate):
            order, word = names.order(told.client_algo_id), _ALGO.get(told.status)
        else:
            return
        if order is not None and word is not None:
            self._said[order].append((frame.ns, word))
