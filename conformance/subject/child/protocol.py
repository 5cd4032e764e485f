"""The line format both sides speak: one JSON object a line, both ways, on a private pair of pipes.

Suite → child: `{"n": 7, "op": "submit", ...arguments}`, answered by exactly one `reply` with the same `n`. The config
of `start` is a `settings.Settings`; every other operation is a method of `commands.Commands`, with its arguments, and
with the number of the `strategy` that it is for, where the trader has several.

A `stop` that says `by` which signal it is follows that signal, which the suite has sent to the process: the node is on
its way to its end, and the reply comes then.

Child → suite, told apart by `kind`:

* `hello`  once, first: version, generation (1 or 2), python, capabilities, fields (of each native config), overlay, pid
* `reply`  `{"n": 7, "ok": true, ...}` or `{"n": 7, "ok": false, "by": "trader", "error": "…"}`
* `event`  a normalised trader event, as it happened
* `note`   `{"by": "suite", "text": "…"}`: something went wrong that no reply tells, or not in full; never silence

`by` says at whose fault: `trader`; `suite` for a command that makes no sense and for an error in the child's own code;
`version` where there is no fault, the installed version just does not have what was asked for.

Every line of the child's carries as `key` what the suite wrote on the pipe before the first command: what other code in
the process writes there by chance or by guessing is not taken for the child's.

Events and notes carry `trader`, the number of the start command that made the trader they belong to, so that a late
event of one trader can never be taken for one of the next.
"""

import json
import os
from typing import Any

OVERLAY_REFUSED = 78
"""The exit code (sysexits: EX_CONFIG) of a child whose overlay cannot be laid: no fault of the version's."""

UNFIT = 70
"""The exit code (sysexits: EX_SOFTWARE) of a child whose own code does not load beside the version: no fault of its."""

HELLO, REPLY, EVENT, NOTE = "hello", "reply", "event", "note"
OPERATIONS = (
    "start",
    "submit",
    "submit_list",
    "bracket",
    "pair",
    "modify",
    "cancel",
    "cancel_all",
    "cancel_batch",
    "modify_batch",
    "close_position",
    "close_all_positions",
    "market_exit",
    "query_order",
    "query_account",
    "snapshot",
    "instruments",
    "profits",
    "sums",
    "prices",
    "heard",
    "hear",
    "hear_no_more",
    "rung",
    "threads",
    "own_book",
    "names",
    "readouts",
    "untrue_answers",
    "untrue_relations",
    "shipped",
    "busy",
    "purge",
    "configures",
    "set_trading_state",
    "pause",
    "resume",
    "when",
    "set_timer",
    "cancel_timer",
    "fail",
    "stop",
    "kill",
)


KEY_LENGTH = 32


class ProtocolError(ValueError):
    """A line that is not one JSON object of the protocol; the message quotes its beginning."""


def encode(message: dict[str, Any]) -> bytes:
    """Return the message as one line, newline included."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the message that the line holds; raises `ProtocolError` on anything but one JSON object."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        shown = line[:120].decode(errors="replace")
        raise ProtocolError(f"expected one JSON object a line, got {shown!r}")
    return message


def read_key(descriptor: int) -> str:
    """Return the key of this process's lines, which comes before the first command; "" where the pipe hangs up."""
    key = b""
    while len(key) < KEY_LENGTH and (more := os.read(descriptor, KEY_LENGTH - len(key))):
        key += more
    return key.decode()


class LineBuffer:
    """Cuts a stream of bytes into whole lines; what follows the last newline waits for the rest."""

    LONGEST = 16 * 1024 * 1024

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines completed by `data`, without newlines; empty lines are dropped.

        A line of more than `LONGEST` bytes is cut there, and is then not a line of the protocol.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self.LONGEST:
            lines, self._rest = [*lines, self._rest[: self.LONGEST]], b""
        return [line for line in lines if line.strip()]

    def flush(self) -> list[bytes]:
        """Return what is left when the stream has ended without a newline."""
        rest, self._rest = self._rest, b""
        return [rest] if rest.strip() else []
