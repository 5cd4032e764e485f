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
    """The submissions of one history that were a second one, and the events that tell of them and not of the first.

    Of each these are the first denial after it, and the first beginning where no denial came before: whatever comes
    later is the first one's, which begins anew when it is released.
    """

    def __init__(self, history: History, commands: Iterable[Command], lineages: Lineages) -> None:
        self._telling: set[int] = set()
        self._refused: set[int] = set()
        submitted = [command for command in commands if command.op == "submit" and command.order is not None]
        if len({_id(command) for command in submitted}) == len(submitted):
            return
        replies = history.of(Reply)
        events = [event for event in history.of(Event) if event.name.startswith("Order")]
        for command in submitted:
            book, order = lineages.at(command.seq), _id(command)
            own = [event for event in events if event.client_order_id == order and lineages.of(event) == book]
            if not own or own[0].seq > command.seq:
                continue
            begun, denied = (self._first(name, own, command) for name in _TELLING)
            if denied is not None:
                self._telling.add(denied)
            if begun is not None and (denied is None or begun < denied):
                self._telling.add(begun)
            # A process that is replaced counts its commands anew: the first reply of that number is the command's.
            reply = next((each for each in replies if each.n == command.n and each.seq > command.seq), None)
            if denied is not None or (reply is not None and not reply.ok):
                self._refused.add(command.seq)

    def _first(self, name: str, own: Iterable[Event], command: Command) -> int | None:
        """Return the place of the first event of that name after a command that tells of none before it."""
        after = (event.seq for event in own if event.name == name and event.seq > command.seq)
        return next((seq for seq in after if seq not in self._telling), None)

    def tell(self, event: Event) -> bool:
        """Whether an event begins or denies a second order of its id."""
        return event.seq in self._telling

    def refused(self, command: Command) -> bool:
        """Whether a command submits a second order of its id, and the trader refused it."""
        return command.seq in self._refused


def _id(command: Command) -> str:
    return "" if command.order is None else command.order.client_order_id
