"""Orders that were submitted under the id of one that there was already, and that the trader refused for it.

NautilusTrader denies such an order (`Strategy.submit_order`: a duplicate client order id), by events that have the
first one's id for want of another, or refuses it with an error.
"""

from collections.abc import Iterable

from conformance.history.entries import Command, Event, Reply
from conformance.history.history import History
from conformance.invariants.lineages import Lineages

_TELLING = ("OrderInitialized", "OrderDenied")


class Resubmissions:
    """The submissions of one history that were a second one, and the events that tell of them and not of the first."""

    def __init__(self, history: History, commands: Iterable[Command], lineages: Lineages) -> None:
        self._lineages = lineages
        self._since: dict[tuple[int, str], int] = {}
        self._refused: set[int] = set()
        submitted = [command for command in commands if command.op == "submit" and command.order is not None]
        if len({_id(command) for command in submitted}) == len(submitted):
            return
        errors = {reply.n: reply.seq for reply in history.of(Reply) if not reply.ok}
        events = [event for event in history.of(Event) if event.name.startswith("Order")]
        for command in submitted:
            book, order = lineages.at(command.seq), _id(command)
            own = [event for event in events if event.client_order_id == order and lineages.of(event) == book]
            if not own or own[0].seq > command.seq:
                continue
            self._since.setdefault((book, order), command.seq)
            denied = any(event.name == "OrderDenied" and event.seq > command.seq for event in own)
            if denied or errors.get(command.n, -1) > command.seq:
                self._refused.add(command.seq)

    def tell(self, event: Event) -> bool:
        """Whether an event begins or denies a second order of its id."""
        since = self._since.get((self._lineages.of(event), str(event.client_order_id))) if self._since else None
        return event.name in _TELLING and since is not None and since < event.seq

    def refused(self, command: Command) -> bool:
        """Whether a command submits a second order of its id, and the trader refused it."""
        return command.seq in self._refused


def _id(command: Command) -> str:
    return "" if command.order is None else command.order.client_order_id
