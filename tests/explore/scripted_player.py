"""A player whose subject is a rule: what a program shows follows from its steps alone."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from conformance.explore.playhouse import Played, Player, Sign
from conformance.explore.program import Program
from conformance.explore.shrinking import Shrunk, shrink
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.faults import Fault

type Rule = Callable[[Program], Iterable[Sign]]

BATCH = Sign("invariant 6: an algo order was cancelled with DELETE /fapi/v1/batchOrders")
LOST = Sign("invariant 8: the trader's position is not the venue's", "stop")


class ScriptedPlayer:
    """Shows what its rule says, and remembers what it has played."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.played: list[Program] = []

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play a program."""
        del history
        self.played.append(program)
        return Played(signs=tuple(self._rule(program)), timeline="timeline" if timeline else "")


class OneAfterTheOther:
    """A company of one, who plays at once."""

    players = 1

    def __init__(self, player: Player) -> None:
        self._player = player

    def play(self, program: Program) -> Future[Played]:
        """Play it now."""
        return _done(self._player(program))

    def shrink(self, program: Program, key: tuple[str, str], seconds: float) -> Future[Shrunk]:
        """Make it small now."""
        return _done(shrink(program, key, self._player, seconds=seconds))


def cancels_stops_in_a_batch(program: Program) -> Iterable[Sign]:
    """The defect of 1.231.0: a batch cancellation of a stop goes to the order endpoint."""
    stops = {step.order for step in program.steps if getattr(step, "kind", "") in ("stop", "stop-limit", "trailing")}
    if any(isinstance(step, CancelBatch) and stops.intersection(step.orders) for step in program.steps):
        yield BATCH


def loses_stops_after_a_fault(program: Program) -> Iterable[Sign]:
    """A defect of two steps in their order: a stop that is submitted after a fault on a submission."""
    armed = False
    for step in program.steps:
        armed = armed or (isinstance(step, Fault) and step.request == "place")
        if armed and getattr(step, "kind", "") == "stop":
            yield LOST
            return


def both(program: Program) -> Iterable[Sign]:
    """A version with both defects."""
    yield from cancels_stops_in_a_batch(program)
    yield from loses_stops_after_a_fault(program)


def _done[T](result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future
