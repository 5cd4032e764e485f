"""Situations: in which state an order met a command of the trader, what went wrong, and who told first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from conformance.binance.events import AlgoUpdate
from conformance.history.entries import Answer, Command, Connection, Entry, Event, FaultApplied, Frame, Request
from conformance.history.history import History
from conformance.history.order_states import state_after

#: The commands about one order, and how tables call them.
COMMANDS = {"submit": "submit", "modify": "amend", "cancel": "cancel", "query_order": "query"}
STATES = (
    "(new)",
    "SUBMITTED",
    "ACCEPTED",
    "PARTIALLY_FILLED",
    "PENDING_UPDATE",
    "PENDING_CANCEL",
    "TRIGGERED",
    "FILLED",
    "CANCELED",
    "EXPIRED",
    "REJECTED",
)
#: Refused wishes leave an order as it was before.
_REFUSED = frozenset({"MODIFY_REJECTED", "CANCEL_REJECTED"})
_SAME_AS = {
    "UPDATED": "ACCEPTED",
    "DENIED": "REJECTED",
    "INITIALIZED": "SUBMITTED",
    "EMULATED": "SUBMITTED",
    "RELEASED": "SUBMITTED",
}
FIRST = ("answer", "event", "answer alone", "event alone", "nothing")


class Situation(NamedTuple):
    """One command in one situation."""

    command: str
    state: str
    """The order's state in the trader at that moment; TRIGGERED is a stop's whose order rests in the book.

    That the venue tells: no version has told a strategy of it, to which the order stays accepted.
    """
    fault: str
    """What was done to the request or to the frames that followed, "none" where nothing was."""
    first: str
    """Which came first, the answer to the request or the venue's event; or which came alone, or nothing."""


def situations(history: History) -> Iterator[Situation]:
    """Yield the situation of every command about one order, in the order of the commands."""
    states: dict[str, str] = {}
    entries = history.entries
    for index, entry in enumerate(entries):
        if isinstance(entry, Frame) and (triggered := _triggered(entry)) and states.get(triggered) == "ACCEPTED":
            states[triggered] = "TRIGGERED"
        elif isinstance(entry, Event) and entry.client_order_id and (state := state_after(entry)):
            if state not in _REFUSED:
                # An update leaves an order in the state that it tells, be it a filled one.
                told = entry.status if state == "UPDATED" and entry.status else state
                states[entry.client_order_id] = _SAME_AS.get(told, told)
        elif isinstance(entry, Command) and entry.op in COMMANDS:
            name = entry.order.client_order_id if entry.order else entry.client_order_id
            state = states.get(str(name), "(new)")
            until = _next_command(entries, index + 1)
            yield Situation(COMMANDS[entry.op], state, *_met(entries[index + 1 : until]))


def _triggered(frame: Frame) -> str:
    """Return the id of the order that this frame says has triggered, or nothing."""
    told = frame.event
    return told.client_algo_id if isinstance(told, AlgoUpdate) and told.status == "TRIGGERED" else ""


def _next_command(entries: Sequence[Entry], index: int) -> int:
    for later in range(index, len(entries)):
        if isinstance(entries[later], Command):
            return later
    return len(entries)


def _met(entries: Sequence[Entry]) -> tuple[str, str]:
    """Return what was done to what followed a command, and what came first."""
    fault, asked, told = "none", None, list[str]()
    for entry in entries:
        if isinstance(entry, FaultApplied) and fault == "none":
            fault = f"{entry.what}{' done' if entry.processed else ''}"
        elif isinstance(entry, Connection) and entry.state == "closed" and fault == "none":
            fault = "stream lost"
        elif isinstance(entry, Request) and entry.by == "trader" and asked is None:
            asked = entry.id
        elif isinstance(entry, Answer) and entry.to == asked and asked is not None and entry.ended == "answered":
            told.append("answer")
        elif isinstance(entry, Frame) and entry.event is not None and entry.event.name in _ABOUT_ORDERS:
            told.append("event")
    kinds = list(dict.fromkeys(told))
    if not kinds:
        return fault, "nothing"
    return fault, kinds[0] if len(kinds) > 1 else f"{kinds[0]} alone"


_ABOUT_ORDERS = frozenset({"ORDER_TRADE_UPDATE", "ALGO_UPDATE"})
