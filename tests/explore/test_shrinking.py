"""How a finding is made small."""

import itertools
import math

import pytest

from conformance.explore.program import Program
from conformance.explore.shrinking import shrink
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.submission import Submit
from tests.explore.scripted_player import (
    BATCH,
    LOST,
    ScriptedPlayer,
    cancels_stops_in_a_batch,
    loses_stops_after_a_fault,
)
from tests.explore.some import batches, losses

_ONE = Program.of([Submit(order="a", kind="stop"), CancelBatch(orders=("a",))])


@pytest.mark.parametrize("nth", range(6))
def test_only_what_shows_it_stays(nth: int) -> None:
    """A program with a batch cancellation of a stop becomes the stop and its cancellation, as plain as they get."""
    shrunk = shrink(batches()[nth], BATCH.key, ScriptedPlayer(cancels_stops_in_a_batch))
    assert shrunk.program.shape == ("submit a stop", "cancel batch")
    assert shrunk.program.steps[0] == Submit(order=shrunk.program.steps[0].makes[0], kind="stop")


@pytest.mark.parametrize("nth", range(6))
def test_order_of_steps_stays(nth: int) -> None:
    """What shows only by two steps in their order becomes these two, in that order."""
    shrunk = shrink(losses()[nth], LOST.key, ScriptedPlayer(loses_stops_after_a_fault))
    assert [step.name for step in shrunk.program.steps] == ["fault", "submit"]


def test_same_program_shrinks_the_same_way() -> None:
    """The same program is made small by the same plays, each time."""
    players = [ScriptedPlayer(loses_stops_after_a_fault) for _ in range(3)]
    shrunk = {shrink(losses()[0], LOST.key, player).program for player in players}
    assert len(shrunk) == 1
    assert players[0].played == players[1].played == players[2].played


def test_no_candidate_is_played_twice() -> None:
    """But for the tries before and the proofs after, each program is played once at most."""
    player = ScriptedPlayer(cancels_stops_in_a_batch)
    shrunk = shrink(batches()[0], BATCH.key, player)
    candidates = player.played[: -shrunk.tries]
    assert len(set(candidates)) == len(candidates)


def test_what_does_not_come_back_is_told() -> None:
    """A program that shows nothing when it is played again stays as it is, with its share: none."""
    shrunk = shrink(_ONE, BATCH.key, ScriptedPlayer(lambda _: ()))
    assert (shrunk.program, shrunk.shown, shrunk.plays) == (_ONE, 0, 3)


def test_share_of_what_shows_now_and_then_is_told() -> None:
    """Of a program that shows its sign every other time, the share is told."""
    count = iter(range(1000))
    shrunk = shrink(_ONE, BATCH.key, ScriptedPlayer(lambda _: [BATCH] if next(count) % 2 == 0 else []))
    assert 0 < shrunk.shown < shrunk.tries


def test_most_plays_are_kept_to() -> None:
    """With few plays left, the smallest so far is taken."""
    player = ScriptedPlayer(cancels_stops_in_a_batch)
    shrunk = shrink(batches()[0], BATCH.key, player, most_plays=2)
    assert shrunk.plays <= 1 + 2 + shrunk.tries
    assert shrunk.shown == shrunk.tries


def test_slow_plays_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the plays take, where the caller sets no limit the result is the same: Hypothesis's own is off."""
    quick = shrink(losses()[0], LOST.key, ScriptedPlayer(loses_stops_after_a_fault))
    clock = itertools.count(step=100.0)
    monkeypatch.setattr("hypothesis.internal.conjecture.engine.time.perf_counter", lambda: next(clock))
    slow = shrink(losses()[0], LOST.key, ScriptedPlayer(loses_stops_after_a_fault), seconds=math.inf)
    assert (slow.program, slow.plays) == (quick.program, quick.plays)


def test_time_is_kept_to() -> None:
    """With no time left, nothing is tried but that it comes back."""
    shrunk = shrink(batches()[0], BATCH.key, ScriptedPlayer(cancels_stops_in_a_batch), seconds=-1)
    assert shrunk.program == batches()[0]
