"""A history says when the machine kept the suite from running: its reader would blame the trader for what came late."""

import asyncio
from types import SimpleNamespace

import pytest

from conformance.history.entries import Note
from conformance.history.history import History
from conformance.plugin import standstill


@pytest.mark.parametrize(
    ("passed_s", "used_s", "said"),
    [
        pytest.param(7.25, 0.1, ["6.9 s"], id="stood still"),
        pytest.param(7.25, 6.9, [], id="at work itself"),
        pytest.param(0.26, 0.0, [], id="on time"),
    ],
)
def test_a_standstill_is_told_where_it_ended(
    monkeypatch: pytest.MonkeyPatch, passed_s: float, used_s: float, said: list[str]
) -> None:
    """What the process neither slept nor used a core for, the machine kept from it; less is not worth a word."""
    history, wall, cores = History(), iter((0.0, passed_s, passed_s)), iter((0.0, used_s, used_s))
    monkeypatch.setattr(standstill, "time", SimpleNamespace(monotonic=wall.__next__, process_time=cores.__next__))
    standstills = standstill.Standstills(history)
    standstills.look()
    standstills.look()

    notes = [entry.text for entry in history.of(Note)]
    assert len(notes) == len(said)
    assert all(seconds in note for seconds, note in zip(said, notes, strict=True))
    assert standstills.seen is bool(said)


async def test_it_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A standstill stands in the history before what happens after it."""
    history, slept = History(), []

    async def sleep(seconds: float) -> None:
        if slept:
            await asyncio.Event().wait()
        slept.append(seconds)
        now_s[0] += 60

    now_s = [0.0]
    monkeypatch.setattr(standstill, "time", SimpleNamespace(monotonic=lambda: now_s[0], process_time=lambda: 0.0))
    monkeypatch.setattr(standstill, "asyncio", SimpleNamespace(sleep=sleep))
    watching = asyncio.create_task(standstill.Standstills(history).watch())
    # A task that goes on to wait runs once.
    await asyncio.sleep(0)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert len(list(history.of(Note))) == 1
