"""What a case did: the part of two histories in which it did the same, beyond which they do not compare.

A case that fails on one side ends there and goes on on the other. What the trader did with commands that it was given
on one side only is no difference between two versions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.history.entries import Command, Control, Entry, Request
from conformance.history.history import History
from conformance.wire_changes.names import Names

#: How a case is closed, whatever became of it.
_CLOSING = ("stop", "kill")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that the case did to the trader or to the venue; `what` is the same in every run."""

    what: str
    seq: int


def acts(history: History, names: Names) -> Sequence[Act]:
    """Return what the case did, in its order; without its requests that only look at the venue."""
    return [Act(what, entry.seq) for entry in history for what in _told(entry, names)]


def shared(one: Sequence[Act], other: Sequence[Act]) -> int:
    """Return how many acts the case did in both histories before it went on in another way."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((nth for nth, (left, right) in pairs if left.what != right.what), min(len(one), len(other)))


def _told(entry: Entry, names: Names) -> Iterator[str]:
    if isinstance(entry, Command):
        orders = " ".join(name for raw in entry.orders if (name := names.order(raw)))
        yield f"{'stop' if entry.op in _CLOSING else entry.op} {orders}".rstrip()
    elif isinstance(entry, Control):
        yield entry.what
    elif isinstance(entry, Request) and entry.by == "suite":
        endpoint = entry.endpoint
        if endpoint is not None and endpoint.writes:
            yield f"{entry.route} {' '.join(names.in_request(entry))}".rstrip()
