"""Samples: what a history says about the way of each order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from conformance.binance.client_order_id import id_in
from conformance.binance.events import OrderUpdate
from conformance.binance.usdm import PLACE, WS_PLACE
from conformance.history.entries import Command, Entry, Event, Frame, Reply, Request
from conformance.history.history import History
from conformance.history.order_states import state_after
from conformance.latency.intervals import Interval, OrderKind, Series


class MeasurementError(RuntimeError):
    """Something that must be there to measure is not: what, for which order, and what was found instead."""


@dataclass(frozen=True, slots=True)
class Samples:
    """One series' durations in ns, in the order in which the orders were sent."""

    ns: tuple[int, ...]
    early: int = 0
    """How many orders left no sample because the trader knew before the frame passed, by the venue's answer."""


def samples(history: History, orders: Mapping[OrderKind, Iterable[str]]) -> dict[Series, Samples]:
    """Return the samples of the given orders (kind → client order ids); what others did, such as warm-ups, is left out.

    Raises `MeasurementError` for an order that lacks one of the entries, or whose request came before it was called
    for: then the two clocks are not one, and no figure is worth anything.
    """
    called = _calls(history)
    requested = _first(history, Request, _requested_order)
    found: dict[Series, Samples] = {}
    for kind, wanted in orders.items():
        names = list(wanted)
        passed = _first(history, Frame, partial(_reported_order, status=kind.venue_status))
        known = _first(history, Event, partial(_event_order, state=kind.state))
        submitting = [
            _after(
                _take(requested, name, "request"), _take(called, name, "reply with ns_called"), name, "the native call"
            )
            for name in names
        ]
        hearing = [
            _take(known, name, f"event that makes it {kind.state}")
            - _take(passed, name, f"frame with status {kind.venue_status}")
            for name in names
        ]
        found[Series(kind, Interval.SUBMIT_TO_REQUEST)] = Samples(tuple(submitting))
        late = tuple(ns for ns in hearing if ns >= 0)
        found[Series(kind, Interval.FRAME_TO_EVENT)] = Samples(late, early=len(hearing) - len(late))
    return found


def _calls(history: History) -> dict[str, int]:
    """Return when the trader made the native call for each order."""
    names = {command.n: command.order.client_order_id for command in history.of(Command) if command.order is not None}
    return {
        names[reply.n]: reply.ns_called
        for reply in history.of(Reply)
        if reply.n in names and reply.ns_called is not None
    }


def _first[E: Entry](history: History, kind: type[E], order_of: Callable[[E], str | None]) -> dict[str, int]:
    """Return the time of each order's first such entry: a retried request counts from its first attempt."""
    times: dict[str, int] = {}
    for entry in history.of(kind):
        if (name := order_of(entry)) is not None:
            times.setdefault(name, entry.ns)
    return times


def _requested_order(request: Request) -> str | None:
    """Return the order that a request of the trader places."""
    places = request.route in (PLACE.route, WS_PLACE.route)
    return id_in(request.params) if places and request.by == "trader" else None


def _reported_order(frame: Frame, status: str) -> str | None:
    """Return the order that a frame of the user stream reports to be in `status`."""
    told = frame.event
    return told.client_order_id if isinstance(told, OrderUpdate) and told.status == status else None


def _event_order(event: Event, state: str) -> str | None:
    return event.client_order_id if state_after(event) == state else None


def _take(times: Mapping[str, int], name: str, what: str) -> int:
    if name not in times:
        raise MeasurementError(f"order {name} has no {what} in the history, so its latency cannot be measured")
    return times[name]


def _after(later_ns: int, earlier_ns: int, name: str, what: str) -> int:
    if later_ns < earlier_ns:
        raise MeasurementError(
            f"order {name}: its request came {(earlier_ns - later_ns) / 1e6:g} ms before {what}; trader and gateway do "
            "not share a monotonic clock here: measure without containers between them"
        )
    return later_ns - earlier_ns
