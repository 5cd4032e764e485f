"""How one record of a history reads to a person: who spoke to whom, and what was said, on one line."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.history.record import Record

_WIDTH = 220
_NOISE = ("timestamp", "signature", "recvWindow", "apiKey")


def describe(record: Record) -> str:
    """Return the record as one line, cut at a readable width."""
    line = _DESCRIBERS[record.kind](record.data)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def _command(data: Mapping[str, Any]) -> str:
    return f"suite  → trader  {data['op']} {_fields(data, without=('n', 'op'))}"


def _reply(data: Mapping[str, Any]) -> str:
    return f"trader → suite   reply {data.get('n')} " + ("ok" if data.get("ok") else f"refused: {data.get('error')}")


def _event(data: Mapping[str, Any]) -> str:
    shown = {key: value for key, value in data.items() if key not in ("event", "ns", "ts_event", "symbol")}
    return f"trader           {data.get('event')} {_fields(shown)}"


def _snapshot(data: Mapping[str, Any]) -> str:
    counts = (f"{len(data[key])} {key}" for key in ("orders", "algo_orders", "positions") if key in data)
    return f"{data['who']:6}           books: {', '.join(counts)}"


def _request(data: Mapping[str, Any]) -> str:
    return f"{data['by']:6} → venue   #{data['id']} {data['method']} {data['path']} {_fields(data['params'])}"


def _answer(data: Mapping[str, Any]) -> str:
    if data.get("dropped"):
        return f"venue  ✗ trader  #{data['to']} connection dropped"
    return f"venue  → trader  #{data['to']} {data.get('status')} ({data.get('source')}) {_compact(data.get('body'))}"


def _connection(data: Mapping[str, Any]) -> str:
    code = f" code {data['code']}" if data.get("code") is not None else ""
    return f"connection {data['id']} {data['channel']} {data['state']}{code} {data.get('path', '')}"


def _frame(data: Mapping[str, Any]) -> str:
    arrow = "venue  ⇒ trader" if data.get("direction", "down") == "down" else "trader ⇒ venue "
    return f"{arrow}  {data['channel']} {_compact(data['data'])}"


def _fault(data: Mapping[str, Any]) -> str:
    return f"FAULT            {data['what']} {_fields(data, without=('what',))}"


def _control(data: Mapping[str, Any]) -> str:
    return f"CONTROL {data['number']}        {data['what']} {_fields(data, without=('what', 'number'))}"


def _note(data: Mapping[str, Any]) -> str:
    return f"note             {data['text']}"


def _fields(data: Mapping[str, Any], without: tuple[str, ...] = ()) -> str:
    skipped = {*without, *_NOISE}
    return " ".join(f"{key}={_compact(value)}" for key, value in data.items() if key not in skipped)


def _compact(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_DESCRIBERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "command": _command,
    "reply": _reply,
    "event": _event,
    "snapshot": _snapshot,
    "request": _request,
    "answer": _answer,
    "connection": _connection,
    "frame": _frame,
    "fault": _fault,
    "control": _control,
    "note": _note,
}
