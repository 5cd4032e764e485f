"""A history says when the machine kept the suite from running: its reader would blame the trader for what came late."""

import asyncio
from itertools import chain, repeat
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
async def test_a_standstill_is_told_where_it_ended(
    monkeypatch: pytest.MonkeyPatch, passed_s: float, used_s: float, said: list[str]
) -> None:
    """What the process neither slept nor used a core for, the machine kept from it; less is not worth a word."""
    history, looked = History(), asyncio.Event()
    wall = chain((0.0, passed_s), repeat(passed_s))
    cores = chain((0.0, used_s), repeat(used_s))

    async def sleep(_seconds: float) -> None:
        if looked.is_set():
            await asyncio.Event().wait()
        looked.set()

    monkeypatch.setattr(standstill, "time", SimpleNamespace(monotonic=wall.__next__, process_time=cores.__next__))
    monkeypatch.setattr(standstill, "asyncio", SimpleNamespace(sleep=sleep))
    standstills = standstill.Standstills(history)
    watching = asyncio.create_task(standstills.watch())
    await looked.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    notes = [entry.text for entry in history.of(Note)]
    assert len(notes) == len(said)
    assert all(seconds in note for seconds, note in zip(said, notes, strict=True))
    assert bool(standstills.longest_s) is bool(said)
