"""What comes up the pipe, checked: a process full of third-party code writes there.

A line that the protocol does not have is a failure of the subject and ends its process, whatever it says of itself.
What passes has the types that the rest of the suite takes for granted: figures are finite decimals, times are of this
machine's clock, and no text can act on a terminal or a page.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from conformance.history.books import BalanceRow, OrderRow, PositionRow
from conformance.history.entries import Event, Snapshot
from conformance.history.plain import plain

from .child import protocol
from .child.blame import By
from .child.protocol import ProtocolError

Message = dict[str, Any]

DEEPEST = 32
"""Levels of lists and objects in a line; a trader's books have four."""
_FIGURE = re.compile(r"-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?")
_FIGURES: Mapping[type[msgspec.Struct], tuple[str, ...]] = {
    Event: (
        *("quantity", "filled_qty", "price", "trigger_price", "last_qty", "last_px"),
        *("commission", "signed_qty", "avg_px_open"),
    ),
    OrderRow: ("quantity", "filled_qty", "price", "trigger_price", "activation_price"),
    PositionRow: ("signed_qty", "avg_px_open"),
    BalanceRow: ("total", "free", "locked"),
}
# What may stand in a line that is not plain text as it is: an escape, or a character beyond ASCII.
_MAYBE_ACTING = re.compile(rb"\\[ubfr]|[\x7f-\xff]")


class _Hello(msgspec.Struct):
    version: str
    generation: Literal[1, 2]
    python: str
    capabilities: list[str]
    fields: dict[str, list[str]]
    overlay: dict[str, list[str]]
    pid: int


class _Note(msgspec.Struct):
    trader: int
    by: By
    text: str


class _Done(msgspec.Struct):
    n: int
    ok: Literal[True]
    ns_called: int | None = None


class _Refused(msgspec.Struct):
    n: int
    ok: Literal[False]
    by: By
    error: str


class _Stopped(msgspec.Struct):
    clean: bool
    within_s: float = 0.0
    raised: str | None = None


class _Made(msgspec.Struct):
    client_order_ids: list[str]


class _Heard(msgspec.Struct):
    heard: list[dict[str, str]]


class _Own(msgspec.Struct):
    orders: list[dict[str, str]]


class _Odds(msgspec.Struct):
    of: str
    about: str
    says: str
    is_: str = msgspec.field(name="is")


class _Listed(msgspec.Struct):
    instruments: list[dict[str, Any]]


class _Profits(msgspec.Struct):
    realized: str | None
    unrealized: str | None
    total: str | None
    net_position: str


def read(line: bytes, key: str, *, numbers: int, since_ns: int) -> tuple[str, Message]:
    """Return the kind of a line and what it says.

    `key` is the one that the process was given, `numbers` how many commands it has got, `since_ns` when it was started.
    Raises `ProtocolError`, which says what is wrong.
    """
    message = _decoded(line)
    if message.pop("key", None) != key:
        raise ProtocolError(f"a line without this process's key: {_shown(line)}")
    kind = message.pop("kind", None)
    checks: Mapping[Any, Callable[[Message], None]] = {
        protocol.HELLO: lambda each: _is(each, _Hello),
        protocol.NOTE: lambda each: _is(each, _Note),
        protocol.REPLY: lambda each: _is(each, _Done if each.get("ok") is True else _Refused),
        protocol.EVENT: lambda each: _event(each, since_ns),
    }
    if not isinstance(kind, str) or kind not in checks:
        raise ProtocolError(f"expected a line of a kind of {', '.join(checks)}: {_shown(line)}")
    try:
        checks[kind](message)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProtocolError(f"{kind}: {error}: {_shown(line)}") from error
    number = int(message.get("n", message.get("trader")) or 0)
    if not 0 <= number <= numbers:
        raise ProtocolError(f"{kind}: of command {number}, and {numbers} were given: {_shown(line)}")
    return kind, message


def check_reply(op: str, message: Message) -> None:
    """Raise `ProtocolError` where a reply lacks what the command asked for, or has it in no form that can be read."""
    try:
        if op == "stop":
            _is(message, _Stopped)
        elif op in ("close_position", "close_all_positions"):
            _is(message, _Made)
        elif op == "instruments":
            _is(message, _Listed)
        elif op == "own_book":
            _is(message, _Own)
        elif op == "heard":
            _is(message, _Heard)
        elif op == "profits":
            _is(message, _Profits)
        elif op == "prices":
            _is(message, dict[str, Any])
            msgspec.convert(message["trades"], list[str])
        elif op == "snapshot":
            _books(message)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(f"the reply to {op!r}: {type(error).__name__}: {error}") from error


def _decoded(line: bytes) -> Message:
    if len(line) >= protocol.LineBuffer.LONGEST:
        raise ProtocolError(f"a line of more than {protocol.LineBuffer.LONGEST} bytes: {_shown(line)}")
    try:
        # Only a line with so many brackets can be so deep: most have none to be counted.
        message = msgspec.json.decode(line)
        if line.count(b"[") + line.count(b"{") > DEEPEST and _is_deeper(message, DEEPEST):
            raise RecursionError
    except RecursionError:
        raise ProtocolError(f"a line of more than {DEEPEST} levels: {_shown(line)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        message = None
    if not isinstance(message, dict):
        raise ProtocolError(f"not one JSON object: {_shown(line)}")
    return _plain(message) if _MAYBE_ACTING.search(line) else message


def _is(message: Any, form: Any) -> None:
    msgspec.convert(message, form)


def _event(message: Message, since_ns: int) -> None:
    """Check an event as the history will hold it."""
    if "more" in message:
        raise ValueError("more: a name that the history keeps for itself")
    line = {**message, "name": message.get("event")}
    known = {name: line[name] for name in Event.__struct_fields__ if line.get(name) is not None}
    _figures(msgspec.convert(known, Event))
    msgspec.convert(message.get("trader"), int)
    at_ns = message.get("ns")
    if at_ns is not None and not since_ns <= at_ns <= time.monotonic_ns():
        raise ValueError(f"ns: {at_ns} is no time between the start of the process and now")
    for row in message.get("balances", ()):
        _figures(BalanceRow.of(row))


def _books(message: Message) -> None:
    shown = Snapshot.of("trader", {name: message[name] for name in ("orders", "positions", "balances")})
    for row in (*shown.orders, *shown.positions, *shown.balances):
        _figures(row)
    msgspec.convert(message.get("at_odds", []), list[_Odds])
    for symbol, net in msgspec.convert(message.get("net_positions", {}), dict[str, str]).items():
        if _FIGURE.fullmatch(net) is None:
            raise ValueError(f"net position in {symbol}: expected a finite decimal number, got {net[:60]!r}")


def _figures(told: msgspec.Struct) -> None:
    for name in _FIGURES[type(told)]:
        value = getattr(told, name)
        if value is not None and _FIGURE.fullmatch(value) is None:
            raise ValueError(f"{name}: expected a finite decimal number, got {value[:60]!r}")


def _is_deeper(value: Any, levels: int) -> bool:
    inner = list(_inner(value))
    return bool(inner) and (levels == 0 or any(_is_deeper(each, levels - 1) for each in inner))


def _inner(value: Any) -> Iterable[Any]:
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (each for each in found if isinstance(each, dict | list))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {plain(name): _plain(each) for name, each in value.items()}
    return value


def _shown(line: bytes) -> str:
    return repr(line[:120].decode(errors="replace"))
