"""What the venue told the trader: its words about orders and trades, and its reports of positions.

Only what was sent to the trader counts, the answers to its own requests and the frames on its own connections: what
the venue told the suite, the trader cannot know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from conformance.history.history import History
from conformance.history.record import Record
from conformance.invariants.order_acts import route
from conformance.kit.wire import client_order_id, event_of

_FILLING = {"FILLED", "PARTIALLY_FILLED", "FINISHED"}
_POSITION_ROUTES = ("GET /fapi/v2/positionRisk", "GET /fapi/v3/positionRisk", "WS account.position")
#: What the venue says of a trade, under the names that the trader's own events have for it: binance-usdm, 9.1, 9.2 and
#: "Account Trade List".
_PUSHED = {
    "last_qty": "l",
    "last_px": "L",
    "side": "S",
    "liquidity": "m",
    "commission": "n",
    "commission_currency": "N",
}
_LISTED = {
    "last_qty": "qty",
    "last_px": "price",
    "side": "side",
    "liquidity": "maker",
    "commission": "commission",
    "commission_currency": "commissionAsset",
}
_ACCOUNT_ROUTES = ("GET /fapi/v2/account", "GET /fapi/v3/account", "WS account.status", "WS v2/account.status")


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that the venue said about an order, at `ns`.

    `number` is its orderId or, where `algo`, its algoId; `filled` what it had filled in all, `trade` and `quantity`
    one trade of it, `terms` all that it says of the trade; None and "" where this word does not say. `frame` is the
    ORDER_TRADE_UPDATE that pushed a trade: the one event that no trader may miss.
    """

    ns: int
    order: str
    number: str
    algo: bool
    status: str = ""
    filled: Decimal | None = None
    trade: str = ""
    quantity: Decimal | None = None
    terms: Mapping[str, str | Decimal] = field(default_factory=dict)
    frame: Record | None = None

    @property
    def tells_a_fill(self) -> bool:
        """Whether this word says that something of the order was filled."""
        return bool(self.trade or self.status in _FILLING or self.filled)


class Words:
    """All words of one history, to be asked what the trader had been told when one of its events came."""

    def __init__(self, history: History) -> None:
        self._by_order: dict[str, list[Word]] = {}
        self._by_number: dict[str, list[Word]] = {}
        self._by_trade: dict[str, list[Word]] = {}
        for word in _words(history):
            if word.order:
                self._by_order.setdefault(word.order, []).append(word)
            self._by_number.setdefault(word.number, []).append(word)
            if word.trade:
                self._by_trade.setdefault(word.trade, []).append(word)
        self.reports = list(_reports(history))

    def of(self, order: str) -> list[Word]:
        """Return all words about an order, by client order id."""
        return self._by_order.get(order, [])

    def about(self, event: Record) -> list[Word]:
        """Return all words about an event's order, by its client order id or its venue order id."""
        named = self.of(str(event.get("client_order_id")))
        numbered = self._by_number.get(str(event.get("venue_order_id")), [])
        return named + [word for word in numbered if word not in named]

    def told(self, event: Record) -> list[Word]:
        """Return the words about an event's order that the trader had when the event came."""
        return [word for word in self.about(event) if word.ns <= event.ns]

    def first_about(self, order: str) -> int | None:
        """Return when the trader was first told of an order, in monotonic ns, or None."""
        return min((word.ns for word in self.of(order)), default=None)

    def first_of_trade(self, trade: str) -> int | None:
        """Return when the trader was first told of a trade id, in monotonic ns, or None."""
        return min((word.ns for word in self.of_trade(trade)), default=None)

    def of_trade(self, trade: str) -> list[Word]:
        """Return all words about a trade, by its id."""
        return self._by_trade.get(trade, [])

    @property
    def pushed_trades(self) -> list[Word]:
        """The trades that were pushed to a trader in full, in their order."""
        return [word for words in self._by_trade.values() for word in words if word.frame is not None]

    def name_of(self, number: str) -> str:
        """Return the client order id of the order that the venue knows under this orderId or algoId, or ""."""
        return next((word.order for word in self._by_number.get(number, []) if word.order), "")

    def filled(self, event: Record) -> Decimal:
        """Return how much of an event's order the trader had been told to be filled; without a figure, all of it."""
        told = [word for word in self.told(event) if word.tells_a_fill]
        if any(word.filled is None and word.quantity is None for word in told):
            return Decimal("Infinity")
        trades = {word.trade: word.quantity for word in told if word.trade and word.quantity is not None}
        in_all = [word.filled for word in told if word.filled is not None]
        return max([sum(trades.values(), Decimal(0)), *in_all])

    def position(self, symbol: str, at_ns: int) -> Decimal | None:
        """Return the position that the venue had last reported by `at_ns` (short is negative), or None."""
        known = [report for report in self.reports if report.ns <= at_ns and report.speaks_of(symbol)]
        return known[-1].amounts.get(symbol, Decimal(0)) if known else None


@dataclass(frozen=True, slots=True)
class Report:
    """Positions that the venue reported at `ns`, by symbol; a `whole` report says of all others that they are flat."""

    ns: int
    amounts: Mapping[str, Decimal]
    whole: bool

    def speaks_of(self, symbol: str) -> bool:
        """Whether this report says what the position in `symbol` is."""
        return self.whole or symbol in self.amounts


def _words(history: History) -> Iterator[Word]:
    names = _names(history)
    asked = {request["id"]: request for request in history.of("request")}
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            yield from _framed(record)
        elif _is_answer_to_the_trader(record, asked):
            for row in _rows(record):
                yield from _described(record, row, names)


def _framed(frame: Record) -> Iterator[Word]:
    data = event_of(frame)
    order = data.get("o")
    if data.get("e") == "TRADE_LITE":
        trade, quantity = _id(data.get("t")), figure(data.get("l"))
        terms = _terms(data, _PUSHED)
        yield Word(frame.ns, _name(data.get("c")), _id(data.get("i")), False, "", None, trade, quantity, terms)
    elif data.get("e") == "ORDER_TRADE_UPDATE" and isinstance(order, dict):
        trade = _id(order.get("t"))
        quantity = figure(order.get("l")) if trade else None
        status = str(order.get("X") or "")
        filled, name, number = figure(order.get("z")), _name(order.get("c")), _id(order.get("i"))
        told: tuple[Mapping[str, str | Decimal], Record | None] = (
            (_terms(order, _PUSHED), frame) if trade else ({}, None)
        )
        yield Word(frame.ns, name, number, False, status, filled, trade, quantity, *told)
    elif data.get("e") == "ALGO_UPDATE" and isinstance(order, dict):
        status, filled = str(order.get("X") or ""), figure(order.get("aq"))
        yield Word(frame.ns, _name(order.get("caid")), _id(order.get("aid")), True, status, filled)


def _described(answer: Record, row: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Word]:
    if row.get("clientAlgoId"):
        # The cancellation of an algo order is answered with the string "200" where others have a status.
        status = str(row.get("algoStatus") or ("CANCELED" if row.get("code") == "200" else ""))
        yield Word(answer.ns, _name(row["clientAlgoId"]), _id(row.get("algoId")), True, status, figure(row.get("aq")))
    elif row.get("clientOrderId"):
        name, number, status = _name(row["clientOrderId"]), _id(row.get("orderId")), str(row.get("status") or "")
        yield Word(answer.ns, name, number, False, status, figure(row.get("executedQty")))
    elif row.get("id") and row.get("orderId"):
        number, trade, terms = _id(row["orderId"]), _id(row["id"]), _terms(row, _LISTED)
        yield Word(answer.ns, names.get(number, ""), number, False, "", None, trade, figure(row.get("qty")), terms)


def _terms(row: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, str | Decimal]:
    """Return what a row says of a trade, by the trader's names; what it leaves out or garbles it does not say."""
    found: dict[str, str | Decimal] = {}
    for name, key in fields.items():
        value: Any = row.get(key)
        if name == "liquidity":
            value = {True: "MAKER", False: "TAKER"}[value] if isinstance(value, bool) else None
        elif name in ("last_qty", "last_px", "commission"):
            value = figure(value)
        if value not in (None, ""):
            found[name] = value
    return found


def _names(history: History) -> dict[str, str]:
    """Return client order ids by orderId: rows of trades have none. Whoever was told, the name is the same."""
    names: dict[str, str] = {}
    for record in history.of("frame", "answer"):
        order = event_of(record).get("o") if record.kind == "frame" else None
        if isinstance(order, dict) and order.get("c") and order.get("i"):
            names[_id(order["i"])] = _name(order["c"])
        for row in _rows(record) if record.kind == "answer" else ():
            if row.get("clientOrderId") and row.get("orderId"):
                names[_id(row["orderId"])] = _name(row["clientOrderId"])
    return names


def _reports(history: History) -> Iterator[Report]:
    asked = {request["id"]: request for request in history.of("request")}
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            changed = event_of(record).get("a")
            if event_of(record).get("e") == "ACCOUNT_UPDATE" and isinstance(changed, dict):
                yield Report(record.ns, _amounts(changed.get("P"), "s", "pa"), whole=False)
        elif _is_answer_to_the_trader(record, asked):
            request = asked[record["to"]]
            body = record.get("body")
            whole = "symbol" not in request["params"]
            if route(request) in _POSITION_ROUTES:
                # A question about one symbol is answered for it even where nothing is open: with no row at all.
                named = {} if whole else {str(request["params"]["symbol"]): Decimal(0)}
                yield Report(record.ns, {**named, **_amounts(body, "symbol", "positionAmt")}, whole)
            elif route(request) in _ACCOUNT_ROUTES and isinstance(body, dict):
                yield Report(record.ns, _amounts(body.get("positions"), "symbol", "positionAmt"), whole=True)


def _amounts(rows: Any, symbol: str, amount: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get(symbol):
            held = figure(row.get(amount)) or Decimal(0)
            found[str(row[symbol])] = found.get(str(row[symbol]), Decimal(0)) + held
    return found


def _is_answer_to_the_trader(answer: Record, asked: Mapping[int, Record]) -> bool:
    request = asked.get(answer["to"])
    return request is not None and request["by"] == "trader" and answer.get("status") == 200


def _rows(answer: Record) -> list[Mapping[str, Any]]:
    body = answer.get("body")
    return [row for row in (body if isinstance(body, list) else [body]) if isinstance(row, dict)]


def _name(raw: Any) -> str:
    return client_order_id(str(raw)) if raw else ""


def _id(raw: Any) -> str:
    """Return an id as text; 0 and none are no ids."""
    return str(raw) if raw else ""


def figure(raw: Any) -> Decimal | None:
    """Return what is written as a decimal; None for nothing, and for what is no finite number."""
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
