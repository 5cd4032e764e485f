"""The history: append-only, awaitable, readable by a person, and refused when a stored one is damaged."""

import asyncio
from pathlib import Path

import pytest

from conformance.history.history import DeadlineError, History, HistoryError
from conformance.history.record import KINDS
from conformance.history.timeline import describe


def everything() -> History:
    """Return a history with a record of every kind."""
    history = History()
    history.append("command", n=1, op="submit", order={"type": "LIMIT"})
    history.append("reply", n=1, ok=False, error="no")
    history.append("event", event="OrderAccepted", client_order_id="A-1", ts_event=1, ns=2)
    history.append("snapshot", who="venue", orders=[], positions=[{}])
    history.append("request", id=7, by="trader", method="POST", path="/fapi/v1/order", params={"price": "1"})
    history.append("answer", to=7, status=200, source="venue", body={"orderId": 1}, headers={})
    history.append("answer", to=8, dropped=True)
    history.append("connection", id=1, channel="user", state="closed", code=1000, path="")
    history.append("frame", connection=1, channel="user", direction="down", data={"e": "X" * 300}, after=7)
    history.append("fault", what="lose", event="ALGO_UPDATE")
    history.append("control", number=9, what="price moves", path=["1"])
    history.append("note", text="the last words")
    return history


def test_every_kind_reads_as_one_line_of_readable_width() -> None:
    """A person sees who spoke to whom, and what; nothing is longer than a line."""
    history = everything()
    assert {record.kind for record in history} == set(KINDS)
    lines = [describe(record) for record in history]
    assert all("\n" not in line and len(line) <= 220 for line in lines)
    assert "refused: no" in lines[1]
    assert "#7 POST /fapi/v1/order price=1" in lines[4]
    assert "#8 connection dropped" in lines[6]
    assert "code 1000" in lines[7]
    assert "CONTROL 9" in lines[10]
    assert history.timeline(last=2).splitlines()[0] == f"  … {len(history) - 2} earlier records"
    assert History().timeline() == "  (nothing happened)"


def test_stored_history_comes_back_the_same(tmp_path: Path) -> None:
    """Any check can be re-run over it: same order, same times, same data."""
    history, path = everything(), tmp_path / "deep" / "one.jsonl"
    history.write(path)
    assert list(History.read(path)) == list(history)


@pytest.mark.parametrize("cut", [1, 40, -20])
def test_damaged_history_is_refused(tmp_path: Path, cut: int) -> None:
    """The error names file and line: cut within a line, or a record that is missing."""
    path = tmp_path / "one.jsonl"
    everything().write(path)
    path.write_text(path.read_text()[:cut])
    with pytest.raises(HistoryError, match=rf"{path}:\d+: not a history record"):
        History.read(path)


def test_history_with_a_record_missing_is_refused(tmp_path: Path) -> None:
    """A record taken out is noticed, and so is a kind that does not exist."""
    path = tmp_path / "one.jsonl"
    everything().write(path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[1:]))
    with pytest.raises(HistoryError, match="expected record 0"):
        History.read(path)
    path.write_text(lines[0].replace('"command"', '"thought"'))
    with pytest.raises(HistoryError, match="kind 'thought'"):
        History.read(path)


async def test_all_who_wait_are_woken_by_what_they_wait_for() -> None:
    """Several wait at once for different records, some of which are there already."""
    history, heard = History(), list[str]()
    history.listen(lambda record: heard.append(record["text"]))
    waits = [
        asyncio.create_task(history.wait(lambda record, n=n: record["text"] == n, what=n)) for n in ("a", "b", "a")
    ]
    await asyncio.sleep(0)
    for text in ("x", "b", "a"):
        history.append("note", text=text)
    assert [record["text"] for record in await asyncio.gather(*waits)] == ["a", "b", "a"]
    assert heard == ["x", "b", "a"]


async def test_deadline_tells_what_was_awaited_and_what_happened_instead() -> None:
    """The history is the error message."""
    history = everything()
    with pytest.raises(DeadlineError, match=r"the fill: did not happen within 0\.01 s") as missed:
        await history.wait(lambda record: record.get("event") == "OrderFilled", what="the fill", within_s=0.01)
    assert "OrderAccepted" in str(missed.value)


async def test_end_wakes_whoever_waits_with_its_reason() -> None:
    """When nothing more can come, nobody waits for a deadline."""
    history = History()
    waiting = asyncio.create_task(history.wait(lambda record: False, what="never"))
    await asyncio.sleep(0)
    history.end(RuntimeError("the trader died"))
    with pytest.raises(RuntimeError, match="the trader died"):
        await waiting
