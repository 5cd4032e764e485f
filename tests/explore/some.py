"""Some programs, made up, which takes seconds: in the first test that asks, not where tests are collected."""

import itertools
from functools import cache

from conformance.explore.generating import made_up
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.faults import Fault
from conformance.explore.steps.submission import Submit
from conformance.explore.weights import load_weights

_STOP = Submit(order="x", kind="stop", side="SELL", quantity="0.020")


@cache
def some() -> list[Program]:
    """Return 120 programs."""
    return list(itertools.islice(made_up(load_weights(), 7), 120))


@cache
def batches() -> list[Program]:
    """Return six programs in which a stop is cancelled with a batch, at their end."""
    return [Program.of([*each.steps, _STOP, CancelBatch(orders=("x",))]) for each in some()[:6]]


@cache
def losses() -> list[Program]:
    """Return six programs in which a stop is submitted some time after a fault on a submission."""
    return [Program.of([Fault(fate="page"), *each.steps, _STOP]) for each in some()[6:12]]


@cache
def of_all_kinds() -> list[Program]:
    """Return 72 programs, with a batch, with a loss and with neither in turns at first."""
    turns = zip(some()[20:26], batches(), losses(), strict=True)
    return [program for several in turns for program in several] + some()[26:80]
