"""The entries of a history: one type for each kind of thing that happens in a case.

On disk an entry is one line of JSON, its type under `kind`. What is not set is not written.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import msgspec
from msgspec.structs import replace

from conformance.binance.endpoint import Endpoint
from conformance.binance.events import Event as VenueEvent
from conformance.binance.events import read_event
from conformance.binance.usdm import USDM
from conformance.history.books import BalanceRow, OrderRow, PositionRow

By = Literal["trader", "suite"]
Who = Literal["trader", "venue"]
Channel = Literal["user", "market", "ws-api"]
Source = Literal["venue", "fault", "cassette"]


class Entry(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"
):
    """One thing that happened: its place in the one order (`seq`) and its monotonic time in ns."""

    seq: int = -1
    ns: int = 0


class AskedOrder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An order as a case asked for it, in the words of the subject protocol; figures are decimal strings."""

    client_order_id: str
    type: str = ""
    side: str = ""
    quantity: str | None = None
    symbol: str = "BTCUSDT"
    price: str | None = None
    trigger_price: str | None = None
    activation_price: str | None = None
    trigger_type: str | None = None
    callback_rate: str | None = None
    time_in_force: str | None = None
    expire_time_ms: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    close_position: bool = False
    position_side: str | None = None
    more: Mapping[str, Any] = {}

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Self:
        """Read the `order` of a submit command; what this type does not know is kept under `more`."""
        return _read(cls, line)


class Command(Entry, frozen=True, kw_only=True, tag="command"):
    """A command of the case to the trader. `config` is that of a start; what only one command has is under `more`."""

    n: int
    op: str
    order: AskedOrder | None = None
    client_order_id: str | None = None
    client_order_ids: Sequence[str] = ()
    symbol: str | None = None
    quantity: str | None = None
    price: str | None = None
    trigger_price: str | None = None
    config: Mapping[str, Any] = {}
    more: Mapping[str, Any] = {}

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Self:
        """Read a command as it went to the trader's process."""
        order = line.get("order")
        return _read(cls, {**line, "order": AskedOrder.of(order) if order is not None else None})

    @property
    def apart(self) -> Sequence[Self]:
        """The command for each of its orders by itself, where it submits or amends several; else the command.

        A submission that ends its order in the same handler (`then`) is followed by the command that does.
        """
        if self.op == "submit_list" and "orders" in self.more:
            return [replace(self, op="submit", order=AskedOrder.of(order)) for order in self.more["orders"]]
        if self.op == "modify_batch" and "changes" in self.more:
            return [replace(self, op="modify", **change) for change in self.more["changes"]]
        if self.op == "pair" and "other" in self.more:
            # No `submit`: the strategy amends these itself, as the others fill.
            more = {name: value for name, value in self.more.items() if name != "other"}
            return [replace(self, order=order, more=more) for order in (self.order, AskedOrder.of(self.more["other"]))]
        if self.op == "submit" and self.order is not None and "then" in self.more:
            more = {name: value for name, value in self.more.items() if name != "then"}
            return replace(self, more=more), self._ending(self.more["then"], self.order)
        return (self,)

    @property
    def arms(self) -> Sequence[Mapping[str, Any]]:
        """The commands that handlers are armed with: one by a `when`, any number by a start, for its `on_start`."""
        if self.op == "when" and "do" in self.more:
            return [self.more["do"]]
        return self.config.get("at_start", ()) if self.op == "start" else ()

    def acted(self, seq: int, ns: int) -> Sequence[Self]:
        """The commands that handlers were armed with, as they were carried out there and then."""
        return [replace(type(self).of({"n": self.n, **do}), seq=seq, ns=ns) for do in self.arms]

    def _ending(self, op: str, order: AskedOrder) -> Self:
        about: dict[str, dict[str, Any]] = {
            "cancel": {"client_order_id": order.client_order_id},
            "cancel_batch": {"client_order_ids": [order.client_order_id]},
            "cancel_all": {"symbol": order.symbol},
        }
        return type(self)(seq=self.seq, ns=self.ns, n=self.n, op=op, **about.get(op, {}))

    @property
    def orders(self) -> tuple[str, ...]:
        """The client order ids of the orders that the command names."""
        submitted = (self.order.client_order_id,) if self.order is not None else ()
        single = (self.client_order_id,) if self.client_order_id is not None else ()
        return (*submitted, *single, *self.client_order_ids)


class Reply(Entry, frozen=True, kw_only=True, tag="reply"):
    """The trader's process answers command `n`; `ns_called` is when it made the native call."""

    n: int
    ok: bool = False
    error: str | None = None
    ns_called: int | None = None


class Event(Entry, frozen=True, kw_only=True, tag="event"):
    """An event of the trader's node, named and worded as NautilusTrader does; `trader` is the number of its start.

    `acts` has the numbers of the commands by which its handler was armed (`when`, or the start) that then acted.
    """

    name: str
    trader: int | None = None
    client_order_id: str | None = None
    venue_order_id: str | None = None
    status: str | None = None
    symbol: str | None = None
    side: str | None = None
    type: str | None = None
    quantity: str | None = None
    filled_qty: str | None = None
    price: str | None = None
    trigger_price: str | None = None
    time_in_force: str | None = None
    reduce_only: bool | None = None
    last_qty: str | None = None
    last_px: str | None = None
    currency: str | None = None
    trade_id: str | None = None
    commission: str | None = None
    commission_currency: str | None = None
    liquidity: str | None = None
    position_id: str | None = None
    signed_qty: str | None = None
    avg_px_open: str | None = None
    balances: Sequence[Mapping[str, Any]] | None = None
    reason: str | None = None
    due_post_only: bool | None = None
    reconciliation: bool = False
    ts_event: int = 0
    acts: Sequence[int] = ()
    more: Mapping[str, Any] = {}

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Self:
        """Read an event as the trader's process wrote it; its own time (`ns`) is the entry's."""
        return _read(cls, {**line, "name": line["event"]}, without=("event", "seq"))

    def fields(self) -> dict[str, Any]:
        """Return what the event says, by name, without what it leaves out."""
        said = {name: getattr(self, name) for name in self.__struct_fields__ if name not in _NOT_SAID}
        return {name: value for name, value in said.items() if value is not None} | dict(self.more)


class Snapshot(Entry, frozen=True, kw_only=True, tag="snapshot"):
    """The books of the trader or of the venue: orders, open positions, balances."""

    who: Who
    orders: Sequence[OrderRow] = ()
    positions: Sequence[PositionRow] = ()
    balances: Sequence[BalanceRow] = ()
    more: Mapping[str, Any] = {}

    @classmethod
    def of(cls, who: Who, books: Mapping[str, Any]) -> Self:
        """Read books; raises `msgspec.ValidationError`, which names the field that is wrong."""
        return cls(
            who=who,
            orders=[OrderRow.of(row) for row in books.get("orders", ())],
            positions=[PositionRow.of(row) for row in books.get("positions", ())],
            balances=[BalanceRow.of(row) for row in books.get("balances", ())],
            more={name: value for name, value in books.items() if name not in ("orders", "positions", "balances")},
        )


class Request(Entry, frozen=True, kw_only=True, tag="request"):
    """A request on the wire. `params` are without secrets; `signature` is the gateway's verdict on it.

    `skew_ms` is the request's timestamp minus the wall clock, None where it has no timestamp.
    """

    id: int
    by: By
    method: str
    path: str
    channel: Literal["http", "ws-api"] = "http"
    params: Mapping[str, str] = {}
    signature: Literal["absent", "unverified", "valid", "invalid"] = "absent"
    skew_ms: int | None = None
    api_key: Literal["absent", "known", "unknown"] = "absent"

    @property
    def route(self) -> str:
        """`METHOD path`."""
        return f"{self.method} {self.path}"

    @property
    def endpoint(self) -> Endpoint | None:
        """What the request is for, None where the venue's table does not have it."""
        return USDM.of(self.method, self.path)


class Answer(Entry, frozen=True, kw_only=True, tag="answer"):
    """What came back on request `to`, which `by` had made: a status and a parsed body, or no answer (`ended`).

    A redirect (`redirected`, with its status) never reaches the one who asked.
    """

    to: int
    by: By = "trader"
    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = {}
    source: Source = "venue"
    ended: Literal["answered", "dropped", "hung", "redirected"] = "answered"
    error: str | None = None


class Connection(Entry, frozen=True, kw_only=True, tag="connection"):
    """A WebSocket connection of the trader was opened or closed; without a `code` it was cut."""

    id: int
    channel: Channel
    state: Literal["open", "closed"]
    path: str = ""
    code: int | None = None
    reason: str = ""


class Frame(Entry, frozen=True, kw_only=True, tag="frame"):
    """A WebSocket message. `data` is bare, `stream` the name in the envelope where it came in one.

    `after` is the number of the request or control that it followed.
    """

    connection: int
    channel: Channel
    data: Any
    direction: Literal["down", "up"] = "down"
    after: int = 0
    stream: str | None = None

    @property
    def event(self) -> VenueEvent | None:
        """What the venue says with it, None for what is no event and for what the trader sent."""
        return read_event(self.data) if self.direction == "down" else None


class FaultApplied(Entry, frozen=True, kw_only=True, tag="fault"):
    """A fault was applied: to request `to`, to a frame, or to connections. `venue` is the answer thrown away."""

    what: str
    route: str | None = None
    to: int | None = None
    processed: bool | None = None
    venue: Any = None
    event: str | None = None
    connection: int | None = None
    connections: Sequence[int] = ()
    channel: Channel | None = None
    after: int | None = None
    data: Any = None


class Control(Entry, frozen=True, kw_only=True, tag="control"):
    """An act on the venue that was no request; it shares its numbers with the requests."""

    number: int
    what: str
    given: Mapping[str, Any] = {}


class Note(Entry, frozen=True, kw_only=True, tag="note"):
    """A remark of the suite's own."""

    text: str


class Declared(Entry, frozen=True, kw_only=True, tag="declared"):
    """A difference between the trader's books and the venue's that the case intends; invariant 8 passes over it.

    `about` names an order, a symbol or a currency, "" for all of them; `why` is the reason in words.
    """

    difference: str
    about: str = ""
    why: str = ""


class FailedCheck(Entry, frozen=True, kw_only=True, tag="check"):
    """A check of the case failed, here: what it is `about`, `required` and `seen`, with the failure's `signature`.

    `began` is the number of the first entry after the wait for it began, None where nothing was waited for.
    """

    about: str
    required: str = ""
    seen: str = ""
    signature: str = ""
    began: int | None = None


ANY = (
    Command
    | Reply
    | Event
    | Snapshot
    | Request
    | Answer
    | Connection
    | Frame
    | FaultApplied
    | Control
    | Note
    | Declared
    | FailedCheck
)
_NOT_SAID = frozenset({"seq", "ns", "name", "acts", "more"})


class _Known:
    """The names of each type's fields, looked up once."""

    names: ClassVar[dict[type, frozenset[str]]] = {}


def _read[T: msgspec.Struct](kind: type[T], line: Mapping[str, Any], without: tuple[str, ...] = ()) -> T:
    names = _Known.names.setdefault(kind, frozenset(kind.__struct_fields__))
    known = {name: value for name, value in line.items() if name in names and value is not None}
    more = {name: value for name, value in line.items() if name not in names and name not in without}
    return kind(**known, more=more) if more else kind(**known)
