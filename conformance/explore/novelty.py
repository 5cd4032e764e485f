"""Novelty: what a program is meant to reach, worked out before it is played, and which programs go where none has been.

Chosen is by what programs are meant to reach, and not by what they have reached: what a version makes of a program may
differ from run to run, and the same seed must give the same programs.
"""

from collections.abc import Iterator, Sequence

from conformance.explore.program import Program
from conformance.explore.steps.step import Step


def meant(program: Program) -> set[object]:
    """Return what a program is meant to reach: which step follows which, about one order or at all.

    A fault counts with the next step, which it is meant for; so do a hold, and a race.
    """
    found: set[object] = set()
    histories: dict[str, str] = {}
    before: Step | None = None
    for step in program.steps:
        if before is not None:
            found.add((before.shape, step.shape, before.at_once))
        for letter in (*step.makes, *step.about):
            found.add((histories.get(letter, ""), step.shape))
            histories[letter] = f"{histories.get(letter, '')} > {step.shape}"
        before = step
    return found


def most_novel(pool: Sequence[Program], reached: set[object], most: int) -> Iterator[Program]:
    """Yield at most so many programs of the pool, each the one that adds most to what is reached; note what it does."""
    left = {program: meant(program) for program in pool}
    for _ in range(min(most, len(left))):
        # Of several that add as much, the first in the pool.
        best = max(left, key=lambda program: len(left[program] - reached))
        reached |= left.pop(best)
        yield best
