"""The history: append-only, awaitable, readable by a person, and refused when a stored one is damaged."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.history.entries import (
    Answer,
    AskedOrder,
    Command,
    Connection,
    Control,
    Declared,
    Entry,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Note,
    Reply,
    Request,
    Snapshot,
)
from conformance.history.history import DeadlineError, History
from conformance.history.stored import HistoryError
from conformance.history.timeline import describe

REASON = "because " * 40 + "code -2021"


def everything() -> History:
    """Return a history with an entry of every kind."""
    history = History()
    for entry in (
        Command(n=1, op="submit", order=AskedOrder(client_order_id="A-1", type="LIMIT")),
        Reply(n=1, ok=False, error="no"),
        Event(name="OrderAccepted", client_order_id="A-1", ts_event=1),
        Snapshot.of("venue", {"orders": [], "positions": [{"symbol": "BTCUSDT", "signed_qty": "1"}], "balances": []}),
        Request(id=7, by="trader", method="POST", path="/fapi/v1/order", params={"price": "1"}),
        Answer(to=7, status=200, body={"orderId": 1}),
        Answer(to=8, ended="dropped"),
        Answer(to=9, by="suite", ended="hung"),
        Connection(id=1, channel="user", state="closed", code=1000),
        Frame(connection=1, channel="user", data={"e": "X" * 300}, after=7),
        FaultApplied(what="lose", event="ALGO_UPDATE"),
        Control(number=9, what="price moves", given={"path": ["1"]}),
        Note(text="the last words"),
        Declared(difference="an order is live at the venue", about="A-1", why="the cancellation was refused"),
        FailedCheck(about="order A-1", required="FILLED", seen="ACCEPTED", signature="LIMIT stayed", began=12),
    ):
        history.append(entry)
    return history


def test_every_kind_reads_as_one_line() -> None:
    """A person sees who spoke to whom, and what."""
    history = everything()
    assert {type(entry) for entry in history} == set(Entry.__subclasses__())
    lines = [describe(entry) for entry in history]
    assert all("\n" not in line for line in lines)
    assert "refused: no" in lines[1]
    assert "#7 POST /fapi/v1/order price=1" in lines[4]
    assert "venue  ✗ trader  #8 connection dropped" in lines[6]
    assert "suite   #9 never answered" in lines[7]
    assert "code 1000" in lines[8]
    assert "CONTROL 9" in lines[11]
    told = len(history.timeline(last=None).splitlines())
    assert history.timeline(last=2).splitlines()[0] == f"  … {told - 2} earlier lines"
    assert History().timeline() == "  (nothing happened)"


def test_a_command_tells_whatever_it_was_handed() -> None:
    """A value that no trader can be sent is told in the timeline: a case's own slip must not end the whole run."""
    history = History()
    history.append(Command(n=1, op="submit", more={"price": Decimal("1.50")}))

    assert "1.50" in history.timeline()


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        (Event(name="OrderRejected", client_order_id="A-1", reason=REASON, more={"z": "z" * 300}), REASON),
        (Answer(to=1, status=400, body={"z": "z" * 300, "code": -2021, "msg": REASON}), f"code=-2021 {REASON}"),
        (Reply(n=1, error=REASON), REASON),
        (Note(text=REASON), REASON),
        (
            Frame(connection=1, channel="user", data={"e": "ALGO_UPDATE", "o": {"z": "z" * 300, "rm": REASON}}),
            f"rm={REASON}",
        ),
    ],
)
def test_reasons_and_codes_are_never_cut(entry: Entry, kept: str) -> None:
    """What a reader decides by is whole, however long the rest is."""
    line = describe(entry)
    assert kept in line
    assert "z" * 300 not in line


def test_what_a_frame_says_of_the_account_stands_first() -> None:
    """Why, each position and each wallet as they are now: a reader compares them with the trader's."""
    account = {"m": "ORDER", "P": [{"s": "BTCUSDT", "pa": "-0.004", "ps": "BOTH"}], "B": [{"a": "USDT", "wb": "9.5"}]}
    line = describe(Frame(connection=1, channel="user", data={"e": "ACCOUNT_UPDATE", "E": 1, "T": 1, "a": account}))
    assert "user ACCOUNT_UPDATE m=ORDER BTCUSDT=-0.004 USDT=9.5" in line


def test_line_is_cut_at_a_readable_width() -> None:
    """What nobody decides by is cut."""
    line = describe(Frame(connection=1, channel="market", data={"e": "x", "z": "z" * 300}))
    assert len(line) == 220
    assert line.endswith("…")


def test_answers_to_the_suite_are_the_suites() -> None:
    """The suite's own questions are in the history, too; nobody takes their answers for the trader's."""
    assert "venue  → suite   #1 200" in describe(Answer(to=1, by="suite", status=200))
    assert "venue  → trader  #1 200" in describe(Answer(to=1, status=200))


def test_stored_history_comes_back_the_same(tmp_path: Path) -> None:
    """Any check can be re-run over it: same order, same times, same data."""
    history, path = everything(), tmp_path / "deep" / "one.jsonl"
    history.write(path)
    assert list(History.read(path)) == list(history)


@pytest.mark.parametrize("cut", [1, 40, -20])
def test_damaged_history_is_refused(tmp_path: Path, cut: int) -> None:
    """The error names file and line: cut within a line, or an entry that is missing."""
    path = tmp_path / "one.jsonl"
    everything().write(path)
    path.write_text(path.read_text()[:cut])
    with pytest.raises(HistoryError, match=rf"{path}:\d+: not an entry of a history"):
        History.read(path)


def test_history_with_an_entry_missing_is_refused(tmp_path: Path) -> None:
    """An entry taken out is noticed, and so is a kind or a field that does not exist, or a file that does not."""
    path = tmp_path / "one.jsonl"
    everything().write(path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[1:]))
    with pytest.raises(HistoryError, match="expected entry 0"):
        History.read(path)
    path.write_text(lines[0].replace('"command"', '"thought"'))
    with pytest.raises(HistoryError, match="'thought'"):
        History.read(path)
    path.write_text(lines[0].replace('"op"', '"opp"'))
    with pytest.raises(HistoryError, match="opp"):
        History.read(path)
    with pytest.raises(HistoryError, match=r"cannot be read .*give the path"):
        History.read(tmp_path / "none.jsonl")


def test_books_are_read_whole_or_refused() -> None:
    """A field of another type is a mistake on one side, and the error names it; what is more than known is kept."""
    with pytest.raises(msgspec.ValidationError, match=r"quantity"):
        Snapshot.of("trader", {"orders": [{"client_order_id": "A-1", "quantity": 1.5}]})
    books = Snapshot.of("venue", {"margins": [1], "orders": [{"client_order_id": "A-1", "colour": "red"}]})
    assert (books.more, books.orders[0].more) == ({"margins": [1]}, {"colour": "red"})


def test_what_a_process_tells_beyond_the_known_is_kept() -> None:
    """A version may say more than others: nothing of it is lost."""
    event = Event.of({"event": "OrderAccepted", "ns": 5, "client_order_id": "A-1", "new": 3, "reason": None})
    assert event.fields() == {"client_order_id": "A-1", "new": 3, "reconciliation": False, "ts_event": 0}
    command = Command.of({"n": 1, "op": "submit", "order": {"client_order_id": "A-1", "new": 3}, "other": 4})
    assert command.order is not None
    assert (command.order.more, command.more, command.orders) == ({"new": 3}, {"other": 4}, ("A-1",))


async def test_all_who_wait_are_woken_by_what_they_wait_for() -> None:
    """Several wait at once for different entries, some of which are there already."""
    history, heard = History(), list[Entry]()
    history.listen(heard.append)
    waits = [
        asyncio.create_task(history.wait_for(Note, lambda note, n=n: note.text == n, what=n)) for n in ("a", "b", "a")
    ]
    await asyncio.sleep(0)
    for text in ("x", "b", "a"):
        history.append(Note(text=text))
    assert [note.text for note in await asyncio.gather(*waits)] == ["a", "b", "a"]
    assert heard == list(history)


async def test_deadline_tells_what_was_awaited_and_what_happened_instead() -> None:
    """The error names what was awaited, and the entry from which on it was."""
    history = everything()
    with pytest.raises(DeadlineError, match=r"the fill: did not happen within 0\.01 s") as missed:
        await history.wait_for(Event, lambda event: event.name == "OrderFilled", what="the fill", within_s=0.01)
    assert missed.value.since == len(history)


async def test_end_wakes_whoever_waits_with_its_reason() -> None:
    """When nothing more can come, nobody waits for a deadline."""
    history = History()
    waiting = asyncio.create_task(history.wait(lambda entry: False, what="never"))
    await asyncio.sleep(0)
    history.end(RuntimeError("the trader died"))
    with pytest.raises(RuntimeError, match="the trader died"):
        await waiting


async def test_the_tightest_wait_is_remembered() -> None:
    """Of the waits that came to a good end, the history knows which took most of its deadline; a poll is none."""
    history = History()
    history.append(Note(text="here"))

    await history.wait(lambda _: True, what="a poll", within_s=0.1)
    assert history.tightest is None
    history.waited("slow", 0.9, 1.0)
    await history.wait(lambda _: True, what="quick", within_s=5.0)

    assert history.tightest is not None
    assert (history.tightest.what, history.tightest.share) == ("slow", 0.9)


def test_command_for_a_handler_is_known_by_what_is_done_there() -> None:
    """Once the handler has acted, it is the command carried out, in the place where that was done."""
    order = {"client_order_id": "EXIT-1", "type": "LIMIT", "side": "SELL", "quantity": "0.010", "price": "51000.0"}
    line = {"n": 7, "op": "when", "event": "OrderFilled", "of": "ENTRY-1", "do": {"op": "submit", "order": order}}
    history = History()
    history.append(Command.of(line))

    (armed,) = history.of(Command)
    (done,) = armed.acted(12, 345)

    assert (armed.apart, armed.orders) == ((armed,), ())
    assert (done.op, done.n, done.orders, done.seq, done.ns) == ("submit", 7, ("EXIT-1",), 12, 345)


def test_start_has_the_commands_of_its_strategys_on_start() -> None:
    """Each stands by itself, in their order, where the strategy was told that it has started."""
    first, then = {"op": "cancel_all", "symbol": "BTCUSDT"}, {"op": "close_all_positions", "symbol": "BTCUSDT"}
    history = History()
    history.append(Command.of({"n": 7, "op": "start", "config": {"at_start": [first, then]}}))
    history.append(Command.of({"n": 8, "op": "start", "config": {}}))

    does, does_nothing = history.of(Command)

    assert [(each.op, each.symbol, each.seq) for each in does.acted(12, 345)] == [
        ("cancel_all", "BTCUSDT", 12),
        ("close_all_positions", "BTCUSDT", 12),
    ]
    assert not does_nothing.acted(12, 345)


def test_pair_is_a_command_for_each_of_its_orders() -> None:
    """Apart, each order of a pair is asked for by itself, as the trader submits it; under the pair's own name."""
    first, second = ({"client_order_id": name, "type": "LIMIT", "quantity": "0.010"} for name in ("P-1", "P-2"))
    history = History()
    history.append(Command.of({"n": 7, "op": "pair", "order": first, "other": second, "contingency": "OTO"}))

    (command,) = history.of(Command)

    told = [(each.op, each.order, each.seq, each.more) for each in command.apart]
    assert told == [("pair", AskedOrder.of(order), command.seq, {"contingency": "OTO"}) for order in (first, second)]


@pytest.mark.parametrize(
    ("then", "about"),
    [
        ("cancel", {"client_order_id": "S-1"}),
        ("cancel_batch", {"client_order_ids": ["S-1"]}),
        ("cancel_all", {"symbol": "ETHUSDT"}),
        ("market_exit", {}),
    ],
)
@pytest.mark.parametrize("handled", [False, True])
def test_order_that_is_ended_at_once_is_submitted_and_ended(then: str, about: dict[str, Any], handled: bool) -> None:
    """Apart, the command by which it ends follows the submission, in its place in the history."""
    line = {"op": "submit", "order": {"client_order_id": "S-1", "symbol": "ETHUSDT"}, "then": then}
    history = History()
    history.append(Command.of({"n": 7, **({"op": "when", "do": line} if handled else line)}))

    (given,) = history.of(Command)
    (command,) = given.acted(given.seq, given.ns) if handled else (given,)
    submitted, ended = command.apart

    assert (submitted.op, submitted.orders, submitted.seq) == ("submit", ("S-1",), command.seq)
    assert ended == Command(seq=command.seq, ns=command.ns, n=7, op=then, **about)
    assert (*submitted.apart, *ended.apart) == (submitted, ended)
