"""How a program on a subject ends: what the trader does to itself is a finding, not the suite's fault."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.explore import playhouse
from conformance.explore.program import Program
from conformance.explore.stage import Stage
from conformance.history.entries import Note
from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.run import CaseRun
from conformance.subject.errors import SubjectDied, SubjectHung
from conformance.subject.profiles import load
from conformance.subject.subject import Subject
from tests.explore.some import some
from tests.plugin.stand_in import StandInSubject

RUN = SimpleNamespace(market=None, venue=None, gateway=SimpleNamespace(faults=None), history=History())


@pytest.mark.parametrize(
    ("raised", "signature"),
    [
        (SubjectDied("submit", -6, "aborted"), "the trader's process died during submit"),
        (SubjectHung("cancel", 5, "busy"), "the trader hung at cancel"),
        (CheckError("x", required="a", seen="b", signature="it is b"), "it is b"),
    ],
)
async def test_what_the_trader_does_to_itself_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, signature: str
) -> None:
    """A process that dies, one that hangs and a failed check are signs, each under its own signature."""

    async def played(*_: Any) -> None:
        raise raised

    monkeypatch.setattr(playhouse, "play", played)

    (sign,) = await playhouse._performed(cast(CaseRun, RUN), some()[0])

    assert sign.signature == signature


def broken_by(monkeypatch: pytest.MonkeyPatch, play: Callable[[Program, Stage], Awaitable[None]]) -> str:
    """Return why a program that is played so has shown nothing."""
    monkeypatch.setattr(playhouse, "play", play)
    house = playhouse.Playhouse(cast(Subject, StandInSubject("1.0.0")), load("default"))
    try:
        return house(some()[0]).broken
    finally:
        house._runner.close()


def test_a_program_that_is_given_up_says_its_step_and_what_it_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that takes too long is told with its limit, the step it stood at, and what it was waiting for."""
    monkeypatch.setattr(playhouse, "_LONGEST_S", 2.0)

    async def waits(_: Program, stage: Stage) -> None:
        await stage.begins()
        stage.history.append(Note(text="step 3: cancel a"))
        await stage.history.wait(lambda _: False, what="the end of a", within_s=60)

    assert broken_by(monkeypatch, waits) == "not over within 2 s, at step 3: cancel a, waiting for the end of a"


def test_a_program_in_which_something_happens_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as something happens a program goes on beyond the limit, on a busy machine, but not for ever."""
    monkeypatch.setattr(playhouse, "_LONGEST_S", 0.8)
    went_on = []

    async def goes_on(_: Program, stage: Stage) -> None:
        await stage.begins()
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            stage.history.append(Note(text="step 1: buy"))
            await asyncio.sleep(0.05)
            went_on.append(loop.time() - began)

    assert broken_by(monkeypatch, goes_on).startswith("not over within 0.8 s, at step 1: buy")
    assert max(went_on) > 2 * 0.8


def test_an_error_without_words_says_where_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that says nothing itself is told by its name, how far the program was, and what was last seen."""

    async def fails(_: Program, stage: Stage) -> None:
        await stage.begins()
        stage.history.append(Note(text="step 1: buy"))
        raise TimeoutError

    told = broken_by(monkeypatch, fails)

    assert told.startswith("TimeoutError, at step 1: buy, last seen: ")
    assert "step 1: buy" in told.rpartition("last seen: ")[2]


@pytest.mark.parametrize("key_type", ["hmac", "ed25519"])
def test_the_venue_takes_the_key_that_the_profile_signs_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key_type: str
) -> None:
    """An Ed25519 profile gets an account with such a key; with the other one no trader of it would start."""
    keys: list[str] = []
    world = playhouse.SimulatorWorld
    monkeypatch.setattr(playhouse, "SimulatorWorld", lambda key_type: keys.append(key_type) or world(key_type=key_type))
    file = tmp_path / "desk.toml"
    file.write_text(f'about = "A desk."\nkey_type = "{key_type}"\n')

    async def played(*_: Any) -> None:
        pass

    monkeypatch.setattr(playhouse, "play", played)
    house = playhouse.Playhouse(cast(Subject, StandInSubject("1.0.0")), load(file))
    try:
        house(some()[0])
    finally:
        house._runner.close()

    assert keys == [key_type]
