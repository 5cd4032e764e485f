"""Invariant 3: the trader's conclusions about its orders rest on what the venue had told it by then."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from conformance.binance.endpoint import Act
from conformance.binance.fate import NO_SUCH_ORDER, error_code
from conformance.binance.usdm import USDM
from conformance.history.history import History
from conformance.history.record import Record
from conformance.invariants.books_kept import BooksKept
from conformance.invariants.order_acts import OrderAct, order_acts, placements, route
from conformance.invariants.positions import PositionsKept
from conformance.invariants.rule import Violation, invariant
from conformance.invariants.words import Words

#: Which states of the venue are evidence of an end. A FINISHED algo order has ended with its child, filled or not.
_ENDED = {
    "OrderCanceled": {"CANCELED", "EXPIRED", "EXPIRED_IN_MATCH", "FINISHED"},
    "OrderExpired": {"EXPIRED", "EXPIRED_IN_MATCH", "CANCELED"},
}
#: Cancellations of all orders of a symbol, and whether of the Algo service.
_CANCEL_ALL = {endpoint.route: endpoint.algo for endpoint in USDM.doing("cancel all")}


@invariant(3)
def no_conclusion_without_evidence(history: History) -> Iterator[Violation]:
    """No terminal event without the venue's evidence; an unknown fate is no rejection and never a second live order."""
    case = _Case(history)
    kept = BooksKept(history)
    positions = PositionsKept(history, case.words, kept)
    filled: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
    for event in history.of("event"):
        order = event.get("client_order_id")
        if not order:
            continue
        if event["event"] == "OrderRejected":
            yield from case.rejection(event)
        elif event["event"] in _ENDED and not case.is_ended(event):
            yield Violation(3, f"{event['event']} {case.lacking(event)} the venue's word for it", f"order {order}")
        elif event["event"] == "OrderFilled":
            trades = filled[kept.of(event), order]
            trades[str(event.get("trade_id"))] = Decimal(event["last_qty"])
            if not case.is_filled(event, sum(trades.values(), Decimal(0))) and not positions.explain(event):
                yield Violation(3, f"OrderFilled {case.lacking(event)} the venue's word for it", f"order {order}")
    yield from case.second_orders()


class _Case:
    """What was asked for and told in one history."""

    def __init__(self, history: History) -> None:
        self.words = Words(history)
        self._placed = placements(history)
        self._acts = list(order_acts(history, "query", "cancel"))
        self._answers = {answer["to"]: answer for answer in history.of("answer")}
        self._cancels_all = [
            request for request in history.of("request") if request["by"] == "trader" and route(request) in _CANCEL_ALL
        ]

    def rejection(self, event: Record) -> Iterator[Violation]:
        """Yield what is wrong with a rejection: the venue refused. `OrderDenied` is the trader's own and needs none."""
        attempts = [act for act in self._attempts(event) if act.request.ns <= event.ns]
        unknown = [act for act in attempts if _fate(act, event.ns) == "unknown"]
        if any(_fate(act, event.ns) in ("refused", "not executed") for act in attempts) and not unknown:
            return
        if any(word.status == "REJECTED" for word in self.words.told(event)) or self._is_no_order(event):
            return
        if unknown:
            yield Violation(
                3, f"OrderRejected though its fate was unknown ({_manner(unknown[0], event.ns)})", f"#{event.seq}"
            )
        else:
            code = error_code(event.get("reason"))
            what = f"OrderRejected without the venue's word for it{f' ({code})' if code else ''}"
            yield Violation(3, what, f"#{event.seq}")

    def is_ended(self, event: Record) -> bool:
        """Whether the venue had said by then that the order of a cancellation or expiry had ended without filling."""
        if any(word.status in _ENDED[event["event"]] for word in self.words.told(event)):
            return True
        return event["event"] == "OrderCanceled" and (
            self._was_cancelled(event) or self._is_no_order(event) or self._was_among_all(event)
        )

    def is_filled(self, event: Record, total: Decimal) -> bool:
        """Whether the venue had said by then that the order had filled, and `total` of it."""
        issued_ns = self.words.first_of_trade(str(event.get("trade_id")))
        if issued_ns is not None and issued_ns > event.ns:
            return False
        return any(word.tells_a_fill for word in self.words.told(event)) and total <= self.words.filled(event)

    def lacking(self, event: Record) -> str:
        """Return `before` where the venue's word came later, `without` where it never came."""
        later = [word for word in self.words.about(event) if word.ns > event.ns]
        if event["event"] == "OrderFilled":
            return "before" if any(word.tells_a_fill for word in later) else "without"
        return "before" if any(word.status in _ENDED[event["event"]] for word in later) else "without"

    def second_orders(self) -> Iterator[Violation]:
        """Yield orders of the trader that the venue has placed twice, whether an answer or a frame tells of it."""
        for order, acts in self._placed.items():
            numbers = {(word.algo, word.number) for word in self.words.of(order) if word.number}
            for algo in (True, False):
                found = sorted(number for kind, number in numbers if kind is algo)
                # The child of a triggered algo order has the same name: it is a second order only of its own kind.
                if len(found) > 1 and any(act.algo is algo for act in acts):
                    yield Violation(3, "one order was placed twice", f"order {order}: {found}")

    def _attempts(self, event: Record) -> list[OrderAct]:
        return self._placed.get(str(event["client_order_id"]), [])

    def _answered(self, event: Record, what: Act) -> Iterator[OrderAct]:
        """Yield what was asked of this very order, by either of its ids, and answered when the event came."""
        numbers = {(word.algo, word.number) for word in self.words.about(event)}
        for act in self._acts:
            its_own = act.order == event["client_order_id"] or (act.algo, act.number) in numbers
            if act.what == what and its_own and act.answer is not None and act.answer.ns <= event.ns:
                yield act

    def _was_cancelled(self, event: Record) -> bool:
        """Whether a cancellation of this very order was granted; in a batch, its own row counts."""
        return any(act.granted for act in self._answered(event, "cancel"))

    def _was_among_all(self, event: Record) -> bool:
        """Whether all orders of its symbol and kind were cancelled after the trader knew that the venue had it."""
        kinds = self._kinds(event)
        known_ns = min((word.ns for word in self.words.told(event)), default=None)
        symbols = {event.get("symbol"), *(act.params.get("symbol") for act in self._attempts(event))} - {None}
        for request in self._cancels_all:
            answer = self._answers.get(request["id"])
            if answer is None or answer.get("status") != 200 or answer.ns > event.ns:
                continue
            if known_ns is None or request.ns < known_ns or not isinstance(answer.get("body"), dict | list):
                continue
            if _CANCEL_ALL[route(request)] in kinds and (not symbols or request["params"].get("symbol") in symbols):
                return True
        return False

    def _is_no_order(self, event: Record) -> bool:
        """Whether the venue had answered a query of this order, after its last placement, that there is none (-2013).

        The order's own kind must have been asked for: a resting algo order is none at the order endpoints.
        """
        last = max((act.request.seq for act in self._attempts(event) if act.request.ns <= event.ns), default=-1)
        return any(
            act.code == NO_SUCH_ORDER and act.request.seq > last and act.algo in self._kinds(event)
            for act in self._answered(event, "query")
        )

    def _kinds(self, event: Record) -> set[bool]:
        """Return what the order is: of the Algo service, plain, or, once triggered, both."""
        kinds = {act.algo for act in self._attempts(event)} | {word.algo for word in self.words.told(event)}
        return kinds or {True, False}


def _fate(act: OrderAct, at_ns: int) -> str:
    """Return the fate of a placement as the trader could know it at that time."""
    return act.fate if act.answer is not None and act.answer.ns <= at_ns else "unknown"


def _manner(act: OrderAct, at_ns: int) -> str:
    if act.answer is None or act.answer.ns > at_ns:
        return "no answer yet"
    if act.answer.get("dropped"):
        return "connection dropped"
    code = act.body.get("code") if isinstance(act.body, dict) else "no JSON"
    return f"{act.status}, {code}"
