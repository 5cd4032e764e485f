"""Invariants 5, 6 and 7: the form of every request that the trader makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.binance.answers import AlgoRow, OrderRow, TradeRow, read_rows
from conformance.binance.client_order_id import FORM, NEW_ID_PARAMETERS
from conformance.binance.events import AlgoUpdate, OrderUpdate, read_event
from conformance.binance.order_types import CLOSES_POSITION, CONDITIONAL
from conformance.binance.usdm import LOGON, USDM
from conformance.history.history import History
from conformance.history.record import Record
from conformance.invariants.order_acts import OrderAct, batch_is_readable, order_acts, route
from conformance.invariants.rule import Violation, invariant

_DEFAULT_RECV_WINDOW_MS = 5000
_AHEAD_MS = 1000  # the venue takes a timestamp up to a second ahead of its own clock: binance-usdm, section 3


@invariant(5)
def requests_are_well_formed(history: History) -> Iterator[Violation]:
    """A signed request has a valid signature, a timestamp inside recvWindow, a client order id of the venue's form."""
    granted = {answer["to"] for answer in history.of("answer") if answer.get("status") == 200}
    logged_on = False
    for request in _by_trader(history):
        where = f"#{request['id']} {route(request)}"
        if request.get("signature") == "invalid":
            yield Violation(5, f"invalid signature on {route(request)}", where)
        # After `session.logon` a request of the WS API is signed by its connection.
        logged_on = logged_on or (route(request) == LOGON.route and request["id"] in granted)
        by_connection = request.get("channel") == "ws-api" and logged_on
        endpoint = USDM.of(request["method"], request["path"])
        if endpoint is not None and endpoint.signed:
            if request.get("signature") == "absent" and not by_connection:
                yield Violation(5, f"no signature on {route(request)}", where)
            yield from _without_time(request, where)
        yield from _outside_window(request, where)
        if not batch_is_readable(request):
            yield Violation(5, f"no list of orders in {route(request)}", where)
    for act in order_acts(history):
        for name in NEW_ID_PARAMETERS:
            value = act.params.get(name)
            if value is not None and not FORM.match(value):
                yield Violation(5, f"{name} is not of the venue's form", f"{act}: {value!r}")


def _without_time(request: Record, where: str) -> Iterator[Violation]:
    if request.get("skew_ms") is None:
        stamp = request["params"].get("timestamp")
        what = "no timestamp" if stamp is None else "a timestamp that is no number"
        yield Violation(5, f"{what} on {route(request)}", f"{where}: {stamp!r}")


def _outside_window(request: Record, where: str) -> Iterator[Violation]:
    skew_ms = request.get("skew_ms")
    window = str(request["params"].get("recvWindow", _DEFAULT_RECV_WINDOW_MS))
    if not window.isdecimal():
        yield Violation(5, f"a recvWindow that is no number on {route(request)}", f"{where}: {window!r}")
    elif skew_ms is not None and not -int(window) <= skew_ms < _AHEAD_MS:
        # The gateway writes timestamp − wall clock: what is old is negative.
        detail = f"{where}: {skew_ms} ms from the clock, recvWindow {window} ms"
        yield Violation(5, f"timestamp outside recvWindow on {route(request)}", detail)


@dataclass
class _Namespaces:
    """Which ids are the Algo service's and which the order endpoints', as far as anybody had been told."""

    algo: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)

    def learn(self, record: Record) -> None:
        """Take in the ids of a frame or answer."""
        if record.kind == "frame":
            match read_event(record["data"]):
                case AlgoUpdate() as told:
                    self._add(self.algo, told.algo_id, told.client_algo_id)
                    self._add(self.plain, told.child_id, "")
                case OrderUpdate() as told:
                    self._add(self.plain, told.order_id, told.client_order_id)
            return
        for row in read_rows(record.get("body")):
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
def conditional_orders_go_to_the_algo_service(history: History) -> Iterator[Violation]:
    """Conditional types go to the Algo endpoints and nowhere else, and their cancels follow the id's namespace."""
    acts: dict[int, list[OrderAct]] = {}
    for act in order_acts(history, "place", "cancel"):
        acts.setdefault(act.request.seq, []).append(act)
    known = _Namespaces()
    for record in history.of("request", "answer", "frame"):
        if record.kind != "request":
            known.learn(record)
        for act in acts.get(record.seq, []):
            kind = act.params.get("type")
            if act.what == "place":
                known.place(act)
                if (kind in CONDITIONAL) is not act.algo:
                    yield Violation(6, f"{kind} sent to {act.route}", str(act))
            elif known.mistaken(act):
                kind = "a plain order" if act.algo else "an algo order"
                yield Violation(6, f"{kind} was cancelled with {act.route}", str(act))


@invariant(7)
def flags_combine_as_allowed(history: History) -> Iterator[Violation]:
    """`reduceOnly`, `positionSide` and `closePosition` appear only in combinations that the venue allows."""
    for act in order_acts(history, "place", "modify"):
        params: Mapping[str, str] = act.params
        side = params.get("positionSide")
        if side in ("LONG", "SHORT") and "reduceOnly" in params:
            yield Violation(7, "reduceOnly with a hedge-mode positionSide", str(act))
        if params.get("closePosition", "").lower() != "true":
            continue
        for forbidden in ("quantity", "reduceOnly"):
            if forbidden in params:
                yield Violation(7, f"{forbidden} with closePosition", str(act))
        if params.get("type") not in CLOSES_POSITION:  # binance-usdm, 10.4
            yield Violation(7, f"{params.get('type')} with closePosition", str(act))
        if (params.get("side"), side) in (("BUY", "LONG"), ("SELL", "SHORT")):
            yield Violation(7, f"closePosition with {params['side']} of the {side} position", str(act))


def _by_trader(history: History) -> list[Record]:
    return [request for request in history.of("request") if request["by"] == "trader"]
