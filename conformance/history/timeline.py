"""How one entry of a history reads to a person: who spoke to whom, and what was said, on one line.

A line has three parts: who speaks; what a reader decides by (routes, ids, figures, states, codes, reasons), which is
never cut; and the rest, which is cut at a readable width.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from conformance.binance.events import AccountUpdate, AlgoUpdate, OrderUpdate
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Declared,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Note,
    Reply,
    Request,
    Snapshot,
)
from conformance.history.folding import Fold, Told, WaitBegins
from conformance.history.plain import plain

WIDTH = 220
"""Where a line is cut, unless somebody asks for less."""
_NOISE = ("timestamp", "signature", "recvWindow", "apiKey")
_EVENT_NOISE = ("symbol", "ts_event", "reason", "client_order_id", "reconciliation", "balances")
#: What a person looks for in an order's frame: its id, execution, state, trade, expiry reason, rejection reason.
_ORDER_FIELDS = ("c", "caid", "i", "aid", "x", "X", "l", "L", "t", "er", "rm")
#: What stands first in a request, a command, an event and an answer, where it is there.
_REQUEST_FIELDS = (
    *("newClientOrderId", "clientAlgoId", "origClientOrderId", "orderId", "algoId", "type", "side", "quantity"),
    *("price", "stopPrice", "triggerPrice", "activatePrice", "callbackRate", "timeInForce", "goodTillDate"),
    *("reduceOnly", "closePosition", "positionSide", "workingType", "priceMatch", "batchOrders"),
)
_COMMAND_FIELDS = (
    *("client_order_id", "type", "side", "quantity", "price", "trigger_price", "activation_price", "callback_rate"),
    *("time_in_force", "post_only", "reduce_only", "close_position", "position_id"),
)
_EVENT_FIELDS = (
    *("venue_order_id", "last_qty", "last_px", "trade_id", "filled_qty", "quantity", "price", "trigger_price"),
    *("commission", "position_id", "signed_qty", "avg_px_open"),
)
_ANSWER_FIELDS = (
    *("clientOrderId", "clientAlgoId", "orderId", "algoId", "status", "algoStatus", "executedQty", "avgPrice"),
)


class Line(NamedTuple):
    """An entry's line: its direction, the part that is never cut, and the rest."""

    speaker: str
    what: str
    rest: str = ""


def line_of(told: Told) -> Line:
    """Return the entry, fold or beginning of a wait in the parts of its line."""
    return _DESCRIBERS[type(told)](told)


def describe(told: Told, width: int = WIDTH) -> str:
    """Return it as one line; what is not needed to understand it is cut at a readable width."""
    # A trader writes its own requests: what it puts there must not act on a terminal.
    speaker, what, rest = (plain(part) for part in line_of(told))
    kept = f"{speaker:16} {what}"
    line = f"{kept} {rest}".rstrip()
    return line if len(line) <= max(width, len(kept)) else f"{line[: max(width - 1, len(kept))]}…"


def _command(entry: Command) -> Line:
    order = entry.order
    asked = {name: getattr(order, name) for name in order.__struct_fields__} if order is not None else {}
    said = {
        **{name: value for name, value in asked.items() if value not in (None, False, "", {})},
        "client_order_id": ",".join(entry.orders) or None,
        "symbol": entry.symbol or asked.get("symbol"),
        "quantity": entry.quantity or asked.get("quantity"),
        "price": entry.price or asked.get("price"),
        "trigger_price": entry.trigger_price or asked.get("trigger_price"),
        **entry.config,
        **entry.more,
    }
    first, rest = _parted({name: value for name, value in said.items() if value is not None}, _COMMAND_FIELDS)
    return Line("suite  → trader", f"{entry.op} {first}".rstrip(), rest)


def _reply(entry: Reply) -> Line:
    return Line("trader → suite", f"reply {entry.n} " + ("ok" if entry.ok else f"refused: {entry.error}"))


def _event(entry: Event) -> Line:
    named = f" {entry.client_order_id}" if entry.client_order_id else ""
    reason = f" reason={_compact(entry.reason)}" if entry.reason else ""
    by = " reconciliation" if entry.reconciliation else ""
    said = {name: value for name, value in entry.fields().items() if name not in _EVENT_NOISE}
    shown = _EVENT_FIELDS if "Filled" in entry.name or "Position" in entry.name else _EVENT_FIELDS[:1]
    first, rest = _parted(said, shown)
    return Line("trader", f"{entry.name}{named}{reason}{by} {first}".rstrip(), rest)


def _snapshot(entry: Snapshot) -> Line:
    orders = [_fields(_known(row, ("client_order_id", "status", "filled_qty"))) for row in entry.orders if row.open]
    positions = [f"{row.symbol} {row.signed_qty}" for row in entry.positions]
    what = f"books: {len(entry.orders)} orders, {len(entry.positions)} positions"
    shown = "; ".join([*positions, *orders])
    return Line(entry.who, f"{what}: {shown}" if shown else what)


def _known(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(row, name)) is not None}


def _request(entry: Request) -> Line:
    first, rest = _parted(entry.params, _REQUEST_FIELDS)
    return Line(f"{entry.by:6} → venue", f"#{entry.id} {entry.route} {first}".rstrip(), rest)


def _answer(entry: Answer) -> Line:
    if entry.ended == "dropped":
        return Line(f"venue  ✗ {entry.by}", f"#{entry.to} connection dropped", entry.error or "")
    if entry.ended == "redirected":
        return Line(f"venue  ✗ {entry.by}", f"#{entry.to} {entry.status} redirect refused", entry.error or "")
    if entry.ended == "hung":
        return Line(f"venue  … {entry.by}", f"#{entry.to} never answered")
    what = f"#{entry.to} {entry.status} ({entry.source})"
    if not isinstance(entry.body, dict):
        return Line(f"venue  → {entry.by}", what, _compact(entry.body))
    if "code" in entry.body:
        what = f"{what} code={entry.body['code']} {_compact(entry.body.get('msg', ''))}"
    first, rest = _parted(entry.body, _ANSWER_FIELDS, without=("code", "msg"))
    return Line(f"venue  → {entry.by}", f"{what} {first}".rstrip(), rest)


def _connection(entry: Connection) -> Line:
    code = f" code {entry.code}" if entry.code is not None else ""
    return Line(f"connection {entry.id}", f"{entry.channel} {entry.state}{code}", entry.path)


def _frame(entry: Frame) -> Line:
    speaker = "venue  ⇒ trader" if entry.direction == "down" else "trader ⇒ venue"
    what: str = entry.channel
    told = entry.event
    if told is not None:
        what = f"{what} {told.name}"
    if isinstance(told, OrderUpdate | AlgoUpdate):
        shown = {name: told.order[name] for name in _ORDER_FIELDS if told.order.get(name) not in (None, "", 0, "0")}
        what = f"{what} {_fields(shown)}"
    if isinstance(told, AccountUpdate):
        positions = [f"{each.symbol}={each.amount:f}" for each in told.positions]
        wallets = [f"{each.asset}={each.wallet:f}" for each in told.balances if each.wallet is not None]
        what = " ".join([what, f"m={told.reason}", *positions, *wallets])
    return Line(speaker, what, _compact(entry.data))


def _fault(entry: FaultApplied) -> Line:
    first = {
        "route": entry.route,
        "to": entry.to,
        "processed": entry.processed,
        "event": entry.event,
        "connections": list(entry.connections) or entry.connection,
    }
    rest = {"venue": entry.venue, "data": entry.data}
    return Line("FAULT", f"{entry.what} {_fields(_given(first))}".rstrip(), _fields(_given(rest)))


def _control(entry: Control) -> Line:
    return Line(f"CONTROL {entry.number}", f"{entry.what} {_fields(entry.given)}".rstrip())


def _note(entry: Note) -> Line:
    return Line("note", _compact(entry.text))


def _declared(entry: Declared) -> Line:
    return Line("case", f"declares: {entry.difference} {entry.about}".rstrip(), entry.why)


def _check(entry: FailedCheck) -> Line:
    compared = f"required {entry.required}, seen {entry.seen}" if entry.required else ""
    return Line("✗ FAILED CHECK", _compact(": ".join(filter(None, (entry.about, compared)))))


def _wait(told: WaitBegins) -> Line:
    required = f": {told.check.required}" if told.check.required else ""
    return Line("case", _compact(f"waits from here for {told.check.about}{required}"))


def _fold(told: Fold) -> Line:
    return Line("…", told.what)


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _parted(said: Mapping[str, Any], first: Iterable[str], without: tuple[str, ...] = ()) -> tuple[str, str]:
    """Return the fields that stand first, in their order, and all others."""
    ahead = {name: said[name] for name in first if name in said}
    return _fields(ahead), _fields(said, without=(*ahead, *without))


def _fields(data: Mapping[str, Any], without: tuple[str, ...] = ()) -> str:
    skipped = {*without, *_NOISE}
    return " ".join(f"{key}={_compact(value)}" for key, value in data.items() if key not in skipped)


def _compact(value: Any) -> str:
    # A case may hand a command anything: what no trader is sent must be told all the same.
    text = (
        value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    )
    return text.replace("\r", "").replace("\n", "⏎")


_DESCRIBERS: Mapping[type[Any], Callable[[Any], Line]] = {
    Command: _command,
    Reply: _reply,
    Event: _event,
    Snapshot: _snapshot,
    Request: _request,
    Answer: _answer,
    Connection: _connection,
    Frame: _frame,
    FaultApplied: _fault,
    Control: _control,
    Note: _note,
    Declared: _declared,
    FailedCheck: _check,
    WaitBegins: _wait,
    Fold: _fold,
}
