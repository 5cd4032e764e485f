"""Some programs, made up."""

import itertools

from conformance.explore.generating import made_up
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.faults import Fault
from conformance.explore.steps.submission import Submit
from conformance.explore.weights import load_weights

SOME = list(itertools.islice(made_up(load_weights(), 7), 120))
_STOP = Submit(order="x", kind="stop", side="SELL", quantity="0.020")
BATCHES = [Program.of([*each.steps, _STOP, CancelBatch(orders=("x",))]) for each in SOME[:6]]
"""Programs in which a stop is cancelled with a batch, at their end."""
LOSSES = [Program.of([Fault(fate="page"), *each.steps, _STOP]) for each in SOME[6:12]]
"""Programs in which a stop is submitted some time after a fault on a submission."""
ALL = [program for several in zip(SOME[20:26], BATCHES, LOSSES, strict=True) for program in several] + SOME[26:80]
