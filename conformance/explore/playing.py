"""How a program is played: its steps one after the other, then a time without faults to agree with the venue."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from conformance.explore.impossible import Impossible
from conformance.explore.program import Program
from conformance.explore.stage import Stage, is_of_the_trader
from conformance.history.entries import Declared, Note, Snapshot
from conformance.history.history import DeadlineError
from conformance.invariants import books
from conformance.kit.venue import VenueError
from conformance.simulator.control.acts import ControlError
from conformance.subject.errors import CommandRefused, NotSupported

#: A trader that is asked, and answered, needs no longer; one with periodic checks has several of them in this time.
_PEACE_S = 3.0
#: The in-flight check, and periodic ones, ask more often than that: a trader that is silent for so long asks no more.
_SILENT_S = 0.7
#: What the history has of the time after the last step.
PEACE = "peace: no fault any more, and the stream is up"
_FREE = "the trader's free balance is more than the venue has available"


@dataclass(frozen=True)
class Skipped:
    """A step that could not be taken as things stood."""

    number: int
    why: str


async def play(program: Program, stage: Stage) -> Sequence[Skipped]:
    """Take every step, then add no more faults and wait until trader and venue agree, for a few seconds at most.

    Returns the steps that could not be taken. Raises what a trader raises that dies or hangs, and `CheckError` for one
    whose user stream stays away.
    """
    await stage.begins(hedged=program.is_hedged)
    skipped: list[Skipped] = []
    for number, step in enumerate(program.steps, 1):
        stage.history.append(Note(text=f"step {number}: {step.words()}"))
        since = len(stage.history)
        try:
            await step.take(stage)
        except (Impossible, VenueError, ControlError, CommandRefused, NotSupported) as error:
            skipped.append(Skipped(number, str(error).splitlines()[0]))
            stage.history.append(Note(text=f"step {number} is passed over: {skipped[-1].why}"))
        if not step.at_once:
            await stage.passes(since)
    await comes_right(stage)
    return skipped


async def comes_right(stage: Stage) -> None:
    """End every fault and hold, let the stream come back, and give the trader what it needs to learn the truth.

    The trader queries every order whose end it has not seen, or that it has otherwise than the venue. The invariants
    judge what still differs then, or after the trader's own checks.
    """
    stage.history.append(Note(text=PEACE))
    since = len(stage.history)
    stage.trader.may_differ(_FREE, about="USDT", why="the cases of the account are about what is free")
    await stage.peace()
    await stage.passes(since)
    if await _agree(stage):
        return
    await _asks(stage)
    deadline = stage.history.now_s() + _PEACE_S
    while not await _agree(stage) and (left := deadline - stage.history.now_s()) > 0:
        moment = len(stage.history)
        try:
            await stage.history.wait(is_of_the_trader, what="news", within_s=min(left, _SILENT_S), since=moment)
        except DeadlineError:
            return
        await stage.passes(moment)


async def _asks(stage: Stage) -> None:
    """Have the trader ask the venue for every order whose end it has not seen."""
    rows = {row["client_order_id"]: row for row in (await stage.trader.books())["orders"]}
    for letter in stage.letters:
        order = stage.order(letter)
        if order.id in rows:
            since = len(stage.history)
            with suppress(CommandRefused):
                await order.query()
            await stage.passes(since)


async def _agree(stage: Stage) -> bool:
    """Say whether the trader waits for nothing any more, and has the venue's books."""
    venue = Snapshot.of("venue", await stage.venue.books())
    shown = await stage.trader.books()
    if any(row.get("inflight") for row in shown["orders"]):
        return False
    mine = Snapshot.of("trader", shown)
    return not any(books.differences(mine, venue, stage.history.of(Declared)))
