"""What the venue told the trader: its words about orders and trades, and its reports of positions.

Only what was sent to the trader counts, the answers to its own requests and the frames on its own connections: what
the venue told the suite, the trader cannot know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from conformance.binance.answers import AlgoRow, OrderRow, PositionRow, Row, TradeRow, read_positions, read_rows
from conformance.binance.events import (
    AccountUpdate,
    AlgoUpdate,
    OrderUpdate,
    PositionChange,
    TradeLite,
    TradeTerms,
    read_event,
)
from conformance.binance.usdm import USDM
from conformance.history.history import History
from conformance.history.record import Record

_FILLING = {"FILLED", "PARTIALLY_FILLED", "FINISHED"}


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
            for row in read_rows(record.get("body")):
                yield _described(record, row, names)


def _framed(frame: Record) -> Iterator[Word]:
    match read_event(frame["data"]):
        case TradeLite() as told:
            trade, quantity, terms = _traded(told.trade)
            yield Word(frame.ns, told.client_order_id, told.order_id, False, "", None, trade, quantity, terms)
        case OrderUpdate() as told:
            trade, quantity, terms = _traded(told.trade)
            name, number, pushed = told.client_order_id, told.order_id, frame if trade else None
            yield Word(frame.ns, name, number, False, told.status, told.filled, trade, quantity, terms, pushed)
        case AlgoUpdate() as told:
            yield Word(frame.ns, told.client_algo_id, told.algo_id, True, told.status, told.filled)


def _described(answer: Record, row: Row, names: Mapping[str, str]) -> Word:
    match row:
        case AlgoRow():
            return Word(answer.ns, row.client_algo_id, row.algo_id, True, row.status, row.filled)
        case OrderRow():
            return Word(answer.ns, row.client_order_id, row.order_id, False, row.status, row.filled)
        case TradeRow():
            trade, quantity, terms = _traded(row.trade)
            return Word(answer.ns, names.get(row.order_id, ""), row.order_id, False, "", None, trade, quantity, terms)


def _traded(told: TradeTerms | None) -> tuple[str, Decimal | None, dict[str, str | Decimal]]:
    """Return a trade's id, its quantity, and all that is said of it under the names of the trader's own events."""
    if told is None:
        return "", None, {}
    said = {
        "last_qty": told.quantity,
        "last_px": told.price,
        "side": told.side,
        "liquidity": told.liquidity,
        "commission": told.commission,
        "commission_currency": told.commission_asset,
    }
    return told.trade, told.quantity, {name: value for name, value in said.items() if value not in (None, "")}


def _names(history: History) -> dict[str, str]:
    """Return client order ids by orderId: rows of trades have none. Whoever was told, the name is the same."""
    names: dict[str, str] = {}
    for record in history.of("frame", "answer"):
        told = read_event(record["data"]) if record.kind == "frame" else None
        if isinstance(told, OrderUpdate) and told.client_order_id and told.order_id:
            names[told.order_id] = told.client_order_id
        for row in read_rows(record.get("body")) if record.kind == "answer" else ():
            if isinstance(row, OrderRow) and row.order_id:
                names[row.order_id] = row.client_order_id
    return names


def _reports(history: History) -> Iterator[Report]:
    asked = {request["id"]: request for request in history.of("request")}
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            told = read_event(record["data"])
            if isinstance(told, AccountUpdate):
                yield Report(record.ns, _amounts(told.positions), whole=False)
        elif _is_answer_to_the_trader(record, asked):
            request = asked[record["to"]]
            endpoint = USDM.of(request["method"], request["path"])
            body = record.get("body")
            whole = "symbol" not in request["params"]
            if endpoint is not None and endpoint.act == "positions":
                # A question about one symbol is answered for it even where nothing is open: with no row at all.
                named = {} if whole else {str(request["params"]["symbol"]): Decimal(0)}
                yield Report(record.ns, {**named, **_amounts(read_positions(body))}, whole)
            elif endpoint is not None and endpoint.act == "account" and isinstance(body, dict):
                yield Report(record.ns, _amounts(read_positions(body)), whole=True)


def _amounts(rows: Iterable[PositionChange | PositionRow]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.symbol] = found.get(row.symbol, Decimal(0)) + row.amount
    return found


def _is_answer_to_the_trader(answer: Record, asked: Mapping[int, Record]) -> bool:
    request = asked.get(answer["to"])
    return request is not None and request["by"] == "trader" and answer.get("status") == 200
