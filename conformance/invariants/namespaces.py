"""Invariant 6: conditional orders belong to the Algo service, and a cancellation goes where its id belongs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.binance.answers import AlgoRow, OrderRow, TradeRow, read_rows
from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.binance.fate import CANCEL_REJECTED, NO_SUCH_ORDER
from conformance.binance.order_types import CONDITIONAL
from conformance.history.entries import Answer, Frame, Request
from conformance.invariants.order_acts import OrderAct
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant


@dataclass
class _Namespaces:
    """Which ids are the Algo service's and which the order endpoints', as far as the history shows."""

    algo: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)

    def learn(self, entry: Frame | Answer) -> None:
        """Take in the ids of a frame or answer."""
        if isinstance(entry, Frame):
            match entry.event:
                case AlgoUpdate() as told:
                    self._add(self.algo, told.algo_id, told.client_algo_id)
                    self._add(self.plain, told.child_id, "")
                case OrderUpdate() as told:
                    self._add(self.plain, told.order_id, told.client_order_id)
            return
        for row in read_rows(entry.body):
            match row:
                case AlgoRow():
                    self._add(self.algo, row.algo_id, row.client_algo_id)
                    self._add(self.plain, row.child_id, "")
                case OrderRow():
                    self._add(self.plain, row.order_id, row.client_order_id)
                case TradeRow():
                    self._add(self.plain, row.order_id, "")

    def place(self, act: OrderAct) -> None:
        """Take in the client order id of a placement: it is known before the venue has answered."""
        self._add(self.algo if act.algo else self.plain, "", act.order or "")

    def mistaken(self, act: OrderAct) -> bool:
        """Whether a cancellation names an order by an id that belongs to the other kind only.

        A triggered algo order's child has its name and an orderId of its own: from then on its name is of both kinds.
        """
        named = act.number or act.order
        own, other = (self.algo, self.plain) if act.algo else (self.plain, self.algo)
        return named in other - own

    @staticmethod
    def _add(ids: set[str], number: str, name: str) -> None:
        ids.update(each for each in (number, name) if each)


@invariant(6)
def conditional_orders_go_to_the_algo_service(reading: Reading) -> Iterator[Break]:
    """Conditional types go to the Algo endpoints and nowhere else, and their cancels follow the id's namespace."""
    acts: dict[int, list[OrderAct]] = {}
    for act in reading.acts("place", "cancel"):
        acts.setdefault(act.request.seq, []).append(act)
    known = _Namespaces()
    for entry in reading.history.of(Request, Answer, Frame):
        if not isinstance(entry, Request):
            known.learn(entry)
        for act in acts.get(entry.seq, []):
            named = reading.statements.name_of(act.number or "")
            if act.what == "cancel" and act.order and named not in ("", act.order):
                yield Break(f"{act.route} names two orders", f"{act}: {act.order}, and the venue's id of {named}")
            kind = act.params.get("type")
            if act.what == "place":
                known.place(act)
                if (kind in CONDITIONAL) is not act.algo:
                    yield Break(f"{kind} sent to {act.route}", str(act))
            elif known.mistaken(act) and not _own_service_knew_none(act, reading.acts("cancel")):
                kind = "a plain order" if act.algo else "an algo order"
                yield Break(f"{kind} was cancelled with {act.route}", str(act))


def _own_service_knew_none(act: OrderAct, cancels: list[OrderAct]) -> bool:
    """Whether the order's own service had answered before that it has no such open order.

    A stop may trigger while its cancellation is on its way: then the Algo service answers -2011 (FINISHED) or -2013,
    and the child, which has the same client order id, is at the order endpoints (binance-usdm, 11). To try there next
    is right; to try there first is not.
    """
    return any(
        each.order == act.order
        and each.algo is not act.algo
        and each.code in (CANCEL_REJECTED, NO_SUCH_ORDER)
        and each.answer is not None
        and each.answer.seq < act.request.seq
        for each in cancels
        if act.order
    )
