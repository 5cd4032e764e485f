"""The venue's statements to the trader: about orders and trades, and its reports of positions.

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
)
from conformance.history.entries import Answer, Event, Frame, Request
from conformance.history.history import History

_FILLING = {"FILLED", "PARTIALLY_FILLED", "FINISHED"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that the venue said about an order, at `ns`.

    `number` is its orderId or, where `algo`, its algoId; `filled` what it had filled in all and `average` at which
    price, `trade` and `quantity` one trade of it, `terms` all that it says of the trade; None and "" where this one
    does not say. `frame` is the ORDER_TRADE_UPDATE that pushed a trade: the one event that no trader may miss. `symbol`
    is the one that its number and a trade's id count for, "" where this one does not say.
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
    frame: Frame | None = None
    average: Decimal | None = None
    symbol: str = ""

    @property
    def tells_a_fill(self) -> bool:
        """Whether this statement says that something of the order was filled."""
        return bool(self.trade or self.status in _FILLING or self.filled)


class Statements:
    """All statements of one history, and which of them had reached the trader when one of its events came."""

    def __init__(self, history: History) -> None:
        self._by_order: dict[str, list[Statement]] = {}
        self._by_number: dict[str, list[Statement]] = {}
        self._by_trade: dict[str, list[Statement]] = {}
        for statement in _statements(history):
            if statement.order:
                self._by_order.setdefault(statement.order, []).append(statement)
            self._by_number.setdefault(statement.number, []).append(statement)
            if statement.trade:
                self._by_trade.setdefault(statement.trade, []).append(statement)
        self.reports = list(_reports(history))

    def of(self, order: str) -> list[Statement]:
        """Return all statements about an order, by client order id."""
        return self._by_order.get(order, [])

    def about(self, event: Event) -> list[Statement]:
        """Return all statements about an event's order, by its client order id or its symbol's venue order id."""
        named = self.of(str(event.client_order_id))
        numbered = [each for each in self._by_number.get(str(event.venue_order_id), []) if _may_be_of(event, each)]
        # The same objects stand in both indexes: comparing their contents made 500 fills take half a minute.
        known = {id(statement) for statement in named}
        return named + [statement for statement in numbered if id(statement) not in known]

    def told(self, event: Event) -> list[Statement]:
        """Return the statements about an event's order that the trader had when the event came."""
        return [statement for statement in self.about(event) if statement.ns <= event.ns]

    def first_about(self, order: str) -> int | None:
        """Return when the venue first mentioned an order to the trader, in monotonic ns, or None."""
        return min((statement.ns for statement in self.of(order)), default=None)

    def first_of_trade(self, fill: Event) -> int | None:
        """Return when the venue first mentioned a fill's trade to the trader, in monotonic ns, or None."""
        return min((statement.ns for statement in self.of_trade(fill)), default=None)

    def of_trade(self, fill: Event) -> list[Statement]:
        """Return all statements about a fill's trade, by its id, which counts for its symbol."""
        return [statement for statement in self._under_its_id(fill) if _may_be_of(fill, statement)]

    def is_of_another_symbol(self, fill: Event) -> bool:
        """Whether the venue had told by then of a trade by this fill's id, and of none of this fill's symbol."""
        told = [statement for statement in self._under_its_id(fill) if statement.ns <= fill.ns]
        return bool(told) and not self.of_trade(fill)

    def _under_its_id(self, fill: Event) -> list[Statement]:
        return self._by_trade.get(str(fill.trade_id), [])

    @property
    def pushed_trades(self) -> list[Statement]:
        """The trades that were pushed to a trader in full, in their order."""
        return [
            statement
            for statements in self._by_trade.values()
            for statement in statements
            if statement.frame is not None
        ]

    def name_of(self, number: str) -> str:
        """Return the client order id of the order that the venue knows under this orderId or algoId, or ""."""
        return next((statement.order for statement in self._by_number.get(number, []) if statement.order), "")

    def filled(self, event: Event) -> Decimal:
        """Return how much of an event's order the venue had reported as filled; without a figure, all of it."""
        told = [statement for statement in self.told(event) if statement.tells_a_fill]
        if any(statement.filled is None and statement.quantity is None for statement in told):
            return Decimal("Infinity")
        trades = {
            statement.trade: statement.quantity
            for statement in told
            if statement.trade and statement.quantity is not None
        }
        in_all = [statement.filled for statement in told if statement.filled is not None]
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


def _may_be_of(event: Event, statement: Statement) -> bool:
    """Whether a statement is about an event's symbol, or one of the two does not say its own."""
    return statement.symbol in ("", event.symbol) or not event.symbol


def _statements(history: History) -> Iterator[Statement]:
    names = _names(history)
    asked = {request.id: request for request in history.of(Request)}
    for record in history.of(Frame, Answer):
        if isinstance(record, Frame):
            yield from _framed(record)
        elif _is_answer_to_the_trader(record, asked):
            for row in read_rows(record.body):
                yield _described(record, row, names)


def _framed(frame: Frame) -> Iterator[Statement]:
    match frame.event:
        case TradeLite() as told:
            trade, quantity, terms = _traded(told.trade)
            name, number, where = told.client_order_id, told.order_id, told.symbol
            yield Statement(frame.ns, name, number, False, "", None, trade, quantity, terms, symbol=where)
        case OrderUpdate() as told:
            trade, quantity, terms = _traded(told.trade)
            name, number, pushed = told.client_order_id, told.order_id, frame if trade else None
            status, filled, where = told.status, told.filled, told.symbol
            yield Statement(frame.ns, name, number, False, status, filled, trade, quantity, terms, pushed, symbol=where)
        case AlgoUpdate() as told:
            yield Statement(
                frame.ns,
                told.client_algo_id,
                told.algo_id,
                True,
                told.status,
                told.filled,
                average=told.average,
                symbol=told.symbol,
            )


def _described(answer: Answer, row: Row, names: Mapping[str, str]) -> Statement:
    match row:
        case AlgoRow():
            name, number = row.client_algo_id, row.algo_id
        case OrderRow():
            name, number = row.client_order_id, row.order_id
        case TradeRow():
            trade, quantity, terms = _traded(row.trade)
            name, where = names.get(row.order_id, ""), row.symbol
            return Statement(answer.ns, name, row.order_id, False, "", None, trade, quantity, terms, symbol=where)
    algo, average, where = isinstance(row, AlgoRow), row.average, row.symbol
    return Statement(answer.ns, name, number, algo, row.status, row.filled, average=average, symbol=where)


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
    """Return client order ids by orderId: rows of trades have none."""
    names: dict[str, str] = {}
    for record in history.of(Frame, Answer):
        told = record.event if isinstance(record, Frame) else None
        if isinstance(told, OrderUpdate) and told.client_order_id and told.order_id:
            names[told.order_id] = told.client_order_id
        for row in read_rows(record.body) if isinstance(record, Answer) else ():
            if isinstance(row, OrderRow) and row.order_id:
                names[row.order_id] = row.client_order_id
    return names


def _reports(history: History) -> Iterator[Report]:
    asked = {request.id: request for request in history.of(Request)}
    for record in history.of(Frame, Answer):
        if isinstance(record, Frame):
            told = record.event
            if isinstance(told, AccountUpdate):
                yield Report(record.ns, _amounts(told.positions), whole=False)
        elif _is_answer_to_the_trader(record, asked):
            request = asked[record.to]
            endpoint, body = request.endpoint, record.body
            whole = "symbol" not in request.params
            if endpoint is not None and endpoint.act == "positions":
                # A question about one symbol is answered for it even where nothing is open: with no row at all.
                named = {} if whole else {request.params["symbol"]: Decimal(0)}
                yield Report(record.ns, {**named, **_amounts(read_positions(body))}, whole)
            elif endpoint is not None and endpoint.act == "account" and isinstance(body, dict):
                yield Report(record.ns, _amounts(read_positions(body)), whole=True)


def _amounts(rows: Iterable[PositionChange | PositionRow]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.symbol] = found.get(row.symbol, Decimal(0)) + row.amount
    return found


def _is_answer_to_the_trader(answer: Answer, asked: Mapping[int, Request]) -> bool:
    request = asked.get(answer.to)
    return request is not None and request.by == "trader" and answer.status == 200
