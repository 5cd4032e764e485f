"""A subject that lies on the pipe or leaves something behind: its own failure, and never the suite's."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.history.entries import AskedOrder, Command, Event, Snapshot
from conformance.history.history import History
from conformance.invariants import violations
from conformance.subject.errors import SubjectDied
from conformance.subject.provision import Installation
from conformance.subject.subject import Subject
from conformance.verdict.classify import classify
from conformance.verdict.outcomes import Outcome
from tests.subject.processes import ends
from tests.subject.test_process import interpreter

HELLO = {
    "kind": "hello",
    "version": "9.9.9",
    "generation": 1,
    "python": "3",
    "capabilities": [],
    "fields": {},
    "overlay": {},
    "pid": 1,
}
EVENT = {"kind": "event", "trader": 1, "event": "OrderAccepted", "client_order_id": "A-1"}
Make = Callable[..., Subject]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Make a subject that does as named with what a file holds; all are closed at the end."""
    made: list[Subject] = []

    def make_one(behaviour: str, content: Any = b"") -> Subject:
        path = tmp_path / "content"
        if isinstance(content, dict):
            content = json.dumps({"key": "@KEY@", **content}).encode() + b"\n"
        path.write_bytes(content)
        python = interpreter(tmp_path, behaviour.replace("FILE", str(path)))
        made.append(Subject(Installation("9.9.9", python, "by a test"), logs=tmp_path / "logs"))
        return made[-1]

    yield make_one
    for subject in made:
        await subject.close()


@pytest.mark.parametrize(
    "change",
    [
        {"generation": 3},
        {"generation": "1"},
        {"version": None},
        {"capabilities": "all"},
        {"fields": {"client": "x"}},
        {"overlay": [1]},
        {"pid": "1"},
        {"key": ""},
        {"kind": "greeting"},
    ],
)
async def test_malformed_hello_is_the_subjects_failure(make: Make, change: dict[str, Any]) -> None:
    """What it says of itself is believed only in the form that the suite reads."""
    with pytest.raises(SubjectDied, match="not a line of the protocol") as died:
        await make("greets with FILE", {**HELLO, **change}).start()

    assert classify(died.value)[0] is Outcome.FAILED


LINES = {
    "hello again": HELLO,
    "note of the suite's": {"key": "guessed", "kind": "note", "trader": 1, "by": "suite", "text": "it was us"},
    "note without a key": b'{"kind":"note","trader":1,"by":"suite","text":"it was us"}\n',
    "note of nobody's": {"kind": "note", "trader": 1, "by": "nobody", "text": ""},
    "reply without its number": {"kind": "reply", "ok": True},
    "reply to nothing": {"kind": "reply", "n": 99, "ok": True},
    "reply of no sort": {"kind": "reply", "n": 2, "ok": "yes"},
    "refusal without words": {"kind": "reply", "n": 2, "ok": False},
    "event without a name": {**EVENT, "event": None},
    "event of a trader to come": {**EVENT, "trader": 77},
    "event of no trader": {**EVENT, "trader": "1"},
    "order id that is no text": {**EVENT, "client_order_id": 7},
    "quantity that is a number": {**EVENT, "quantity": 1.5},
    "quantity that is none": {**EVENT, "quantity": "NaN"},
    "price without an end": {**EVENT, "price": "Infinity"},
    "million digits": {**EVENT, "last_px": "1" * 1_000_000},
    "time to come": {**EVENT, "ns": 2**62},
    "time before its start": {**EVENT, "ns": 1},
    "balance that is none": {**EVENT, "event": "AccountState", "balances": [{"currency": "USDT", "total": "NaN"}]},
    "NaN": b'{"key":"@KEY@","kind":"event","trader":1,"event":"X","ts_event":NaN}\n',
    "half a character": b'{"key":"@KEY@","kind":"event","trader":1,"event":"\\ud800"}\n',
    "no text": b'{"key":"@KEY@","kind":"event","trader":1,"event":"\xff\xfe"}\n',
    "depth": b'{"key":"@KEY@","kind":"event","trader":1,"event":"X","more":' + b"[" * 900 + b"]" * 900 + b"}\n",
    "abyss": b'{"key":"@KEY@","a":' + b"[" * 1_000_000 + b"\n",
    "giant": b'{"key":"@KEY@","kind":"event","trader":1,"event":"' + b"x" * (17 * 1024 * 1024),
    "kind that is no text": {"kind": ["event"]},
    "name of the history's": {**EVENT, "more": {}, "other": 1},
    "array": b"[1]\n",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
async def test_line_of_no_protocol_is_the_subjects_failure(make: Make, line: Any) -> None:
    """Whatever it writes, the outcome is `failed`, its process is gone, and the suite goes on with the next case."""
    notes: list[str] = []
    subject = make("writes FILE", line)
    trader = await subject.start_trader({}, nothing, on_note=notes.append)

    with pytest.raises(SubjectDied, match="not a line of the protocol") as died:
        # Seventeen megabytes through a pipe take a busy machine more than a command's five seconds.
        await trader.command("submit", within_s=30)

    assert classify(died.value)[0] is Outcome.FAILED
    assert len(str(died.value)) < 2000
    assert notes == []
    assert ends(trader.pid, 0)
    await trader.stop()
    await subject.start_trader({}, nothing)


INVENTED: list[dict[str, Any]] = [
    {"name": "OrderFilled", "client_order_id": "NOBODY-1", "venue_order_id": "abc", "last_qty": "1", "trade_id": "x"},
    {"name": "OrderFilled", "client_order_id": "NOBODY-1"},
    {"name": "OrderFilled"},
    {"name": "OrderAccepted", "client_order_id": "A-1", "status": "NONSENSE", "venue_order_id": "A" * 100},
    {"name": "Nonsense", "client_order_id": ""},
    {"name": "OrderAccepted", "client_order_id": "x", "side": "SIDEWAYS", "type": "LIMITED", "quantity": "-5"},
    {"name": "PositionChanged", "symbol": "NOPE", "signed_qty": "3"},
    {"name": "AccountState", "balances": [{"currency": "NOPE", "total": "1e90"}]},
]


@pytest.mark.parametrize("event", INVENTED)
def test_invented_order_breaks_a_rule_and_nothing_else(event: dict[str, Any]) -> None:
    """Orders that nobody asked for, and words that nobody knows, are judged like others: no rule itself breaks."""
    history = History()
    history.append(Command(n=1, op="submit", order=AskedOrder(client_order_id="A-1", quantity="1", side="BUY")))
    history.append(Event(**event))
    order = {"client_order_id": "NOBODY-1", "venue_order_id": "q", "status": "WHO", "side": "?", "quantity": "1"}
    position, balance = {"symbol": "NOPE", "signed_qty": "1"}, {"currency": "NOPE", "total": "1"}
    books = {"orders": [order], "positions": [position], "balances": [balance]}
    history.append(Snapshot.of("trader", books))
    history.append(Snapshot.of("venue", {name: [] for name in books}))

    assert violations(history)
    assert history.timeline()


@pytest.mark.parametrize(
    "op", ["snapshot", "stop", "close_position", "instruments", "prices", "heard", "own_book", "profits"]
)
async def test_reply_without_what_was_asked_is_the_subjects_failure(make: Make, op: str) -> None:
    """A reply that the suite could not read is a failure where it comes in, and not an error where it is used."""
    trader = await make("answers emptily").start_trader({}, nothing)

    with pytest.raises(SubjectDied, match=f"the reply to '{op}'") as died:
        await trader.command(op)

    assert classify(died.value)[0] is Outcome.FAILED


async def test_control_characters_are_shown_and_do_nothing(make: Make, tmp_path: Path) -> None:
    """What would recolour a terminal, or turn a line around, comes as its escape: in events, errors and logs."""
    events: list[dict[str, Any]] = []
    bad = "\x1b[2J\x9b31m\u202eevil\rover\x00\x7f"
    line = json.dumps({"key": "@KEY@", **EVENT, "reason": bad, "tags": {bad: [bad]}}).encode() + b"\n[]\x1b\n"
    trader = await make("writes FILE", line).start_trader({}, events.append, name="CASE-1")

    with pytest.raises(SubjectDied) as died:
        await trader.command("submit")

    shown = r"\x1b[2J\x9b31m\u202eevil\x0dover\x00\x7f"
    assert (events[0]["reason"], events[0]["tags"]) == (shown, {shown: [shown]})
    for text in (str(died.value), (tmp_path / "logs" / "CASE-1.log").read_text()):
        assert text.replace("\n", "").isprintable()


async def test_log_without_an_end_is_cut(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that writes for ever fills no disk and no memory; its last words are still heard."""
    monkeypatch.setattr("conformance.subject.logs.LARGEST_LOG", 10_000)
    monkeypatch.setattr("conformance.subject.logs.LONGEST_LINE", 1_000)
    trader = await make("prints FILE", b"x" * 100_000 + b"\nlast words\n").start_trader({}, nothing, name="CASE-1")

    with pytest.raises(SubjectDied, match="last words"):
        await trader.command("submit")

    assert (tmp_path / "logs" / "CASE-1.log").stat().st_size < 20_000


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for orphans")
@pytest.mark.parametrize("end", ["stop", "kill", "close"])
async def test_daemon_ends_with_the_subject(make: Make, end: str) -> None:
    """Neither a session nor an environment of its own lets a process outlive the subject that started it."""
    daemons: list[int] = []
    subject = make("one trader, leaves a daemon")
    trader = await subject.start_trader({}, lambda event: daemons.append(int(event["reason"])))
    await trader.command("submit")

    await (subject.close() if end == "close" else getattr(trader, end)())

    assert ends(trader.pid, 0)
    assert ends(daemons[0], 0)


def nothing(_: Any) -> None:
    """Hear nothing."""
