"""Invariant 3: the trader's conclusions about its orders rest on what the venue had sent by then."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal

from conformance.binance.endpoint import Act
from conformance.binance.fate import NO_SUCH_ORDER, error_code
from conformance.binance.usdm import USDM
from conformance.history.entries import Answer, Command, Event, Request
from conformance.invariants import configured
from conformance.invariants.order_acts import OrderAct
from conformance.invariants.positions import quantity
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

#: Which states of the venue are evidence of an end. A FINISHED algo order has ended with its child, filled or not.
#: NautilusTrader has no word of its own for what ends to prevent a self-trade: either of the two will do.
_ENDED: Mapping[str, Set[str]] = {
    "OrderCanceled": {"CANCELED", "EXPIRED_IN_MATCH", "FINISHED"},
    "OrderExpired": {"EXPIRED", "EXPIRED_IN_MATCH"},
}
#: What the venue must have refused for the trader to say so.
_REFUSED: Mapping[str, Act] = {"OrderCancelRejected": "cancel", "OrderModifyRejected": "modify"}
#: With these fates the venue has not done what was asked of it.
_NOT_DONE = ("refused", "not executed")
#: Cancellations of all orders of a symbol, and whether of the Algo service.
_ASKING: Mapping[Act, tuple[str, ...]] = {
    "cancel": ("cancel", "cancel_batch", "cancel_all"),
    "modify": ("modify",),
}
#: With these an order that the trader has held back goes out.
_SENDING = ("OrderReleased", "OrderSubmitted")
#: What, of one order of a bracket, may end another that is held back.
_FAMILY_ENDS = ("OrderFilled", "OrderCanceled", "OrderExpired", "OrderRejected", "OrderDenied")
#: The words of the venue's for an order that is open.
_LIVES = ("NEW", "PARTIALLY_FILLED")
#: A timer of the trader's may ring so much early by the clock that its events are stamped with.
_EARLY_MS = 50
_CANCEL_ALL = {endpoint.route: endpoint.algo for endpoint in USDM.doing("cancel all")}
_OPEN_ORDERS = {endpoint.route: endpoint.algo for endpoint in USDM.doing("open orders")}


@invariant(3)
def no_conclusion_without_evidence(reading: Reading) -> Iterator[Break]:
    """No terminal event without the venue's evidence; an unknown fate is no rejection and never a second live order."""
    case = _Case(reading)
    filled: dict[tuple[int, str], dict[str | None, Decimal]] = defaultdict(dict)
    for event in reading.events:
        order = event.client_order_id
        if not order:
            continue
        if event.name == "OrderRejected":
            yield from case.rejection(event)
        elif event.name == "OrderDenied":
            yield from case.denial(event)
        elif event.name in _ENDED and not case.is_ended(event):
            yield Break(case.ended_otherwise(event), f"order {order}")
        elif event.name in _REFUSED:
            yield from case.refusal(event)
        elif event.name == "OrderFilled":
            trades = filled[reading.lineages.of(event), order]
            trades[event.trade_id] = quantity(event)
            explained = case.is_filled(event, sum(trades.values(), Decimal(0))) or reading.positions.explain(event)
            if not explained:
                yield Break(f"OrderFilled {case.lacking(event)} the venue's word for it", f"order {order}")
    yield from case.second_orders()


class _Case:
    """The requests, answers and events of one history that count as evidence."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.statements = reading.statements
        self._acts = reading.acts("query", "cancel", "modify")
        self._cancels_all = [request for request in reading.requests if request.route in _CANCEL_ALL]
        self._open_orders = [request for request in reading.requests if request.route in _OPEN_ORDERS]

    def rejection(self, event: Event) -> Iterator[Break]:
        """Yield what is wrong with a rejection: the venue refused."""
        attempts = [act for act in self._attempts(event) if act.request.ns <= event.ns]
        unknown = [act for act in attempts if _fate(act, event.ns) == "unknown"]
        if any(_fate(act, event.ns) in _NOT_DONE for act in attempts) and not unknown:
            return
        if any(statement.status == "REJECTED" for statement in self.statements.told(event)) or self._is_no_order(event):
            return
        if unknown:
            yield Break(f"OrderRejected though its fate was unknown ({_manner(unknown[0], event.ns)})", f"#{event.seq}")
        else:
            code = error_code(event.reason)
            what = f"OrderRejected without the venue's word for it{f' ({code})' if code else ''}"
            yield Break(what, f"#{event.seq}")

    def denial(self, event: Event) -> Iterator[Break]:
        """Yield what is wrong with a denial: the trader's own, it needs no word of the venue's, but is kept to."""
        order, reading = str(event.client_order_id), self._reading
        if reading.resubmissions.tell(event):
            return
        denied = reading.submission(order, event)
        if any(reading.submission(order, act.request) is denied for act in reading.placements.get(order, ())):
            yield Break("OrderDenied of an order that was sent", f"order {order}, event #{event.seq}")

    def refusal(self, event: Event) -> Iterator[Break]:
        """Yield what is wrong with the refusal of a cancellation or amendment that went out: the venue refused it.

        One that never went out is the trader's own to refuse. The effect of an attempt of unknown fate is open;
        a later attempt that was refused is evidence enough. So is one of an earlier command that had its answer only
        after the latest. Each refusal of the venue's is evidence of one.
        """
        what = _REFUSED[event.name]
        commands = [
            command for command in self._reading.commands if command.op in _ASKING[what] and command.seq < event.seq
        ]
        since = max((command.seq for command in commands), default=-1)
        asked = [act for act in self._asked(event, what) if act.request.seq < event.seq]
        attempts = [act for act in asked if since < act.request.seq]
        refused = [act for act in asked if _fate(act, event.ns) in _NOT_DONE]
        if not attempts:
            return
        if not any(since < (act.answer or act.request).seq for act in refused):
            unknown = next((act for act in attempts if _fate(act, event.ns) == "unknown"), None)
            why = f"its fate was unknown ({_manner(unknown, event.ns)})" if unknown else "the venue had granted it"
            yield Break(f"{event.name} though {why}", f"#{event.seq}")
            return
        about = [each for each in commands if event.client_order_id in each.orders or not each.orders]
        kept = max(0, len(about) - len(asked))
        if self._told_so_far(event) > len(refused) + kept:
            yield Break(f"{event.name} more often than the venue refused", f"#{event.seq}")

    def _told_so_far(self, event: Event) -> int:
        """Return how often the trader has told what an event tells of its order, this time among them."""
        events = self._reading.order_events[self._reading.lineages.of(event), str(event.client_order_id)]
        return sum(each.name == event.name and each.seq <= event.seq for each in events)

    def is_ended(self, event: Event) -> bool:
        """Whether the venue had said by then that the order of a cancellation or expiry had ended without filling."""
        if any(statement.status in self._words(event) for statement in self.statements.told(event)):
            return True
        if self._is_ended_here(event):
            return True
        return event.name == "OrderCanceled" and (
            self._was_cancelled(event) or self._is_no_order(event) or self._was_among_all(event) or self._is_gone(event)
        )

    def ended_otherwise(self, event: Event) -> str:
        """Say what is wrong with an end that the venue has not told like this."""
        others = set[str]().union(*_ENDED.values()) - self._words(event)
        told = sorted({statement.status for statement in self.statements.told(event)} & others)
        if told:
            return f"{event.name} for what the venue calls {' and '.join(told)}"
        return f"{event.name} {self.lacking(event)} the venue's word for it"

    def is_filled(self, event: Event, total: Decimal) -> bool:
        """Whether the venue had said by then that the order had filled, and `total` of it."""
        issued_ns = self.statements.first_of_trade(event)
        if issued_ns is not None and issued_ns > event.ns:
            return False
        return any(
            statement.tells_a_fill for statement in self.statements.told(event)
        ) and total <= self.statements.filled(event)

    def lacking(self, event: Event) -> str:
        """Return `before` where the venue's word came later, `without` where it never came."""
        later = [statement for statement in self.statements.about(event) if statement.ns > event.ns]
        if event.name == "OrderFilled":
            return "before" if any(statement.tells_a_fill for statement in later) else "without"
        return "before" if any(statement.status in self._words(event) for statement in later) else "without"

    def _words(self, event: Event) -> Set[str]:
        """Return what the venue calls an end that is told like this, as its trader is configured."""
        start = self._reading.lineages.start_of(event)
        as_cancelled = start is not None and configured.takes_expiries_for_cancellations(start.config)
        return _ENDED[event.name] | ({"EXPIRED"} if as_cancelled and event.name == "OrderCanceled" else set())

    def second_orders(self) -> Iterator[Break]:
        """Yield orders of the trader that the venue has placed twice, whether an answer or a frame tells of it.

        One that another client calls the same, before or after, is not the trader's.
        """
        others = self._reading.placed_by_others
        for order, acts in self._reading.placements.items():
            said = (statement for statement in self.statements.of(order) if statement.number)
            numbers = {(each.algo, each.number) for each in said if not others[each.algo].has(each.symbol, each.number)}
            for algo in (True, False):
                found = sorted(number for kind, number in numbers if kind is algo)
                # The child of a triggered algo order has the same name: it is a second order only of its own kind.
                if len(found) > 1 and any(act.algo is algo for act in acts):
                    yield Break("one order was placed twice", f"order {order}: {found}")

    def _is_ended_here(self, event: Event) -> bool:
        """Whether the trader ended an order that it held back itself, of which the venue knows nothing, with a cause.

        The causes: a command about it or about one of its family, the end of one of these, and its own date: this one
        expires it, and is a cause to cancel it for a strategy that holds the dates of its orders. What the venue has
        refused to place has ended, whichever of the two ends the trader tells first.
        """
        order = str(event.client_order_id)
        family = self._reading.kept_here.get(order)
        if family is None or any(act.request.seq < event.seq for act in self._attempts(event)):
            return False
        book = self._reading.lineages.of(event)
        before = {
            name: [each for each in self._reading.order_events[book, name] if each.seq < event.seq] for name in family
        }
        own = before[order]
        if any(each.name in _SENDING for each in own):
            return False
        asked = self._reading.submission(order, event)
        date_ms = None if asked is None or asked.order is None else asked.order.expire_time_ms
        has_come = date_ms is not None and event.ts_event // 1_000_000 + _EARLY_MS >= date_ms
        if event.name == "OrderExpired":
            return has_come
        if has_come and self._holds_dates(event):
            return True
        begun = own[0].seq if own else event.seq
        since = begun if asked is None else min(asked.seq, begun)
        commands = (command for command in self._reading.commands if since <= command.seq < event.seq)
        others = family - {order}
        ended = (each for name in others for each in before[name] if each.name in _FAMILY_ENDS)
        placed = (act for name in others for act in self._reading.placements.get(name, []))
        refused = (_fate(act, event.ns) in _NOT_DONE for act in placed)
        return any(_ends(command, family) for command in commands) or any(ended) or any(refused)

    def _holds_dates(self, event: Event) -> bool:
        """Whether the event's trader is configured to cancel its orders at their dates."""
        lineages = self._reading.lineages
        start = lineages.start_of(event) or lineages.last_before(event.seq)
        return start is not None and configured.holds_dates(start.config)

    def _attempts(self, event: Event) -> list[OrderAct]:
        return self._reading.placements.get(str(event.client_order_id), [])

    def _answered(self, event: Event, what: Act) -> Iterator[OrderAct]:
        """Yield what was asked of this very order, by either of its ids, and answered when the event came."""
        for act in self._asked(event, what):
            if act.answer is not None and act.answer.ns <= event.ns:
                yield act

    def _asked(self, event: Event, what: Act) -> Iterator[OrderAct]:
        """Yield what was asked of this very order, by either of its ids."""
        numbers = {(statement.algo, statement.number) for statement in self.statements.about(event)}
        for act in self._acts:
            if act.what == what and (act.order == event.client_order_id or (act.algo, act.number) in numbers):
                yield act

    def _was_cancelled(self, event: Event) -> bool:
        """Whether a cancellation of this very order was granted; in a batch, its own row counts."""
        return any(act.granted for act in self._answered(event, "cancel"))

    def _was_among_all(self, event: Event) -> bool:
        """Whether all orders of its symbol and kind were cancelled after the trader knew that the venue had it."""
        kinds = self._kinds(event)
        known_ns = min((statement.ns for statement in self.statements.told(event)), default=None)
        symbols = {event.symbol, *(act.params.get("symbol") for act in self._attempts(event))} - {None}
        for request in self._cancels_all:
            answer = self._reading.answers.get(request.id)
            if answer is None or answer.status != 200 or answer.ns > event.ns:
                continue
            if known_ns is None or request.ns < known_ns or not isinstance(answer.body, dict | list):
                continue
            if _CANCEL_ALL[request.route] in kinds and (not symbols or request.params.get("symbol") in symbols):
                return True
        return False

    def _is_no_order(self, event: Event) -> bool:
        """Whether the venue had answered a query of this order, after its last placement, that there is none (-2013).

        The order's own kind must have been asked for: the order endpoints do not know a resting algo order. Of an order
        that the venue has told the trader about, the answer is no evidence: a read can lag behind (binance-usdm, 14).
        """
        if self.statements.told(event):
            return False
        last = max((act.request.seq for act in self._attempts(event) if act.request.ns <= event.ns), default=-1)
        return any(
            act.code == NO_SUCH_ORDER and act.request.seq > last and act.algo in self._kinds(event)
            for act in self._answered(event, "query")
        )

    def _is_gone(self, event: Event) -> bool:
        """Whether an order that the venue had is neither among its open ones nor found (-2013) any more.

        Of what it no longer finds, that has ended without a fill (Query Order); either answer alone may lag behind, and
        neither says anything once the venue has told again that the order is open. A stop that has triggered is the
        order that it became.
        """
        told = self.statements.told(event)
        if not told or any(statement.tells_a_fill for statement in told):
            return False
        known_ns = min(statement.ns for statement in told)
        lived_ns = max((statement.ns for statement in told if statement.status in _LIVES), default=known_ns)
        algo = all(statement.algo for statement in told)
        return any(
            act.code == NO_SUCH_ORDER and act.request.ns > known_ns and _came_after(lived_ns, act.answer)
            for act in self._answered(event, "query")
            if act.algo is algo
        ) and any(
            request.ns > known_ns and _came_after(lived_ns, answer) and self._lacks(event, request, answer)
            for request in self._open_orders
            if _OPEN_ORDERS[request.route] is algo and (answer := self._reading.answers.get(request.id)) is not None
        )

    def _lacks(self, event: Event, request: Request, answer: Answer) -> bool:
        """Whether a list of open orders of the event's symbol had come by then, without its order."""
        if answer.status != 200 or answer.ns > event.ns or not isinstance(answer.body, list):
            return False
        if request.params.get("symbol") not in (None, event.symbol):
            return False
        numbers = {statement.number for statement in self.statements.told(event)}
        listed = {str(row.get(name)) for row in answer.body for name in ("orderId", "algoId")}
        return numbers.isdisjoint(listed)

    def _kinds(self, event: Event) -> set[bool]:
        """Return what the order is: of the Algo service, plain, or, once triggered, both."""
        kinds = {act.algo for act in self._attempts(event)} | {
            statement.algo for statement in self.statements.told(event)
        }
        return kinds or {True, False}


def _came_after(ns: int, answer: Answer | None) -> bool:
    return answer is not None and answer.ns > ns


def _fate(act: OrderAct, at_ns: int) -> str:
    """Return the fate of a placement as the trader could know it at that time."""
    return act.fate if act.answer is not None and act.answer.ns <= at_ns else "unknown"


def _manner(act: OrderAct, at_ns: int) -> str:
    if act.answer is None or act.answer.ns > at_ns:
        return "no answer yet"
    if act.answer.ended != "answered":
        return "never answered" if act.answer.ended == "hung" else f"connection {act.answer.ended}"
    code = act.body.get("code") if isinstance(act.body, dict) else "no JSON"
    return f"{act.status}, {code}"


def _ends(command: Command, family: Set[str]) -> bool:
    """Whether a command is to end an order of these."""
    return command.op in ("cancel_all", "market_exit") or (
        command.op in ("cancel", "cancel_batch") and not family.isdisjoint(command.orders)
    )
