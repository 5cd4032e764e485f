"""How one entry of a history reads to a person: who spoke to whom, and what was said, on one line.

A line has two parts: what a reader decides by (routes, ids, states, codes, reasons), which is never cut, and the rest,
which is cut at a readable width.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.binance.events import AlgoUpdate, OrderUpdate
from conformance.history.entries import (
    Answer,
    Command,
    Connection,
    Control,
    Declared,
    Entry,
    Event,
    FaultApplied,
    Frame,
    Note,
    Reply,
    Request,
    Snapshot,
)

_WIDTH = 220
_NOISE = ("timestamp", "signature", "recvWindow", "apiKey")
_EVENT_NOISE = ("symbol", "ts_event", "reason", "client_order_id", "reconciliation", "balances")
#: What a person looks for in an order's frame: its id, execution, state, trade, expiry reason, rejection reason.
_ORDER_FIELDS = ("c", "caid", "i", "aid", "x", "X", "l", "L", "t", "er", "rm")

Line = tuple[str, str]


def describe(entry: Entry) -> str:
    """Return the entry as one line; what is not needed to understand it is cut at a readable width."""
    kept, rest = _DESCRIBERS[type(entry)](entry)
    line = f"{kept} {rest}".rstrip()
    return line if len(line) <= max(_WIDTH, len(kept)) else f"{line[: max(_WIDTH - 1, len(kept))]}…"


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
    return f"suite  → trader  {entry.op}", _fields({name: value for name, value in said.items() if value is not None})


def _reply(entry: Reply) -> Line:
    return f"trader → suite   reply {entry.n} " + ("ok" if entry.ok else f"refused: {entry.error}"), ""


def _event(entry: Event) -> Line:
    named = f" {entry.client_order_id}" if entry.client_order_id else ""
    reason = f" reason={entry.reason}" if entry.reason else ""
    by = " reconciliation" if entry.reconciliation else ""
    return f"trader           {entry.name}{named}{reason}{by}", _fields(entry.fields(), without=_EVENT_NOISE)


def _snapshot(entry: Snapshot) -> Line:
    counts = f"{len(entry.orders)} orders, {len(entry.positions)} positions"
    return f"{entry.who:6}           books: {counts}", _compact([_row(row) for row in entry.positions])


def _row(row: Any) -> dict[str, Any]:
    return {name: value for name in row.__struct_fields__ if (value := getattr(row, name)) is not None}


def _request(entry: Request) -> Line:
    return f"{entry.by:6} → venue   #{entry.id} {entry.route}", _fields(entry.params)


def _answer(entry: Answer) -> Line:
    if entry.ended == "dropped":
        return f"venue  ✗ {entry.by:6}  #{entry.to} connection dropped", entry.error or ""
    if entry.ended == "hung":
        return f"venue  … {entry.by:6}  #{entry.to} never answered", ""
    kept = f"venue  → {entry.by:6}  #{entry.to} {entry.status} ({entry.source})"
    if isinstance(entry.body, dict) and "code" in entry.body:
        kept = f"{kept} code={entry.body['code']} {entry.body.get('msg', '')}"
    return kept, _compact(entry.body)


def _connection(entry: Connection) -> Line:
    code = f" code {entry.code}" if entry.code is not None else ""
    return f"connection {entry.id} {entry.channel} {entry.state}{code}", entry.path


def _frame(entry: Frame) -> Line:
    arrow = "venue  ⇒ trader" if entry.direction == "down" else "trader ⇒ venue "
    kept = f"{arrow}  {entry.channel}"
    told = entry.event
    if told is not None:
        kept = f"{kept} {told.name}"
    if isinstance(told, OrderUpdate | AlgoUpdate):
        shown = {name: told.order[name] for name in _ORDER_FIELDS if told.order.get(name) not in (None, "", 0, "0")}
        kept = f"{kept} {_fields(shown)}"
    return kept, _compact(entry.data)


def _fault(entry: FaultApplied) -> Line:
    said = {
        "route": entry.route,
        "to": entry.to,
        "processed": entry.processed,
        "event": entry.event,
        "connections": list(entry.connections) or entry.connection,
        "venue": entry.venue,
        "data": entry.data,
    }
    return f"FAULT            {entry.what}", _fields({name: value for name, value in said.items() if value is not None})


def _control(entry: Control) -> Line:
    return f"CONTROL {entry.number}        {entry.what}", _fields(entry.given)


def _note(entry: Note) -> Line:
    return f"note             {entry.text}", ""


def _declared(entry: Declared) -> Line:
    return f"case             declares: {entry.difference} {entry.about}".rstrip(), entry.why


def _fields(data: Mapping[str, Any], without: tuple[str, ...] = ()) -> str:
    skipped = {*without, *_NOISE}
    return " ".join(f"{key}={_compact(value)}" for key, value in data.items() if key not in skipped)


def _compact(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("\r", "").replace("\n", "⏎")


_DESCRIBERS: Mapping[type[Entry], Callable[[Any], Line]] = {
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
}
