"""A program: a sequence of steps, as data, as text, and as the code of a case."""

from collections.abc import Iterable
from typing import Self, cast

import msgspec

from conformance.explore.steps.commands import Amend, Busy, Cancel, CancelAll, CancelBatch, Query, Restart
from conformance.explore.steps.faults import Drop, Fault, FrameFault, HoldAnswers, HoldFrames, Lose, Release
from conformance.explore.steps.hedge_account import HedgeAccount
from conformance.explore.steps.lists import Bracket, SubmitList
from conformance.explore.steps.step import Step
from conformance.explore.steps.submission import Submit
from conformance.explore.steps.surroundings import Expire, Fill, Other, OtherOn, Price, VenueAct
from conformance.kit.needs import Need

AnyStep = (
    Submit
    | SubmitList
    | Bracket
    | Cancel
    | CancelBatch
    | CancelAll
    | Amend
    | Query
    | Restart
    | Busy
    | Price
    | Fill
    | Other
    | OtherOn
    | VenueAct
    | Expire
    | Fault
    | FrameFault
    | Lose
    | HoldAnswers
    | HoldFrames
    | Release
    | Drop
    | HedgeAccount
)


class Program(msgspec.Struct, frozen=True):
    """A sequence of steps. Orders are named by letters, from which their client order ids follow."""

    steps: tuple[AnyStep, ...] = ()

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Self:
        """Return the program of these steps, without those about orders that no step has made."""
        kept: list[Step] = []
        made: set[str] = set()
        for step in steps:
            if made.issuperset(step.about) and not made.intersection(step.makes):
                kept.append(step)
                made.update(step.makes)
        return cls(cast(tuple[AnyStep, ...], tuple(kept)))

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read a program from JSON; raises `msgspec.ValidationError`, which names the step and field that is wrong."""
        return msgspec.json.decode(text, type=cls)

    def written(self) -> bytes:
        """Return the program as JSON: equal programs are equal bytes."""
        return msgspec.json.encode({"steps": [step.data() for step in self.steps]})

    @property
    def shape(self) -> tuple[str, ...]:
        """The shapes of its steps, in order."""
        return tuple(step.shape for step in self.steps)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What a case with this program needs, in the kit's words."""
        needed = [need for step in self.steps for need in step.needs]
        return tuple(dict.fromkeys([*needed, "cache_database"] if self.is_warm else needed))

    @property
    def is_hedged(self) -> bool:
        """Whether it plays in an account in hedge mode."""
        return any(isinstance(step, HedgeAccount) for step in self.steps)

    @property
    def is_warm(self) -> bool:
        """Whether a trader starts on what the one before it has kept."""
        return any(isinstance(step, Restart) and step.warm for step in self.steps)

    @property
    def races(self) -> bool:
        """Whether a step follows before the consequences of another have passed: who wins, the machine decides."""
        return any(step.at_once for step in self.steps)

    def contains(self, other: "Program") -> bool:
        """Say whether the other's steps, by their shapes, are all here and in the same order."""
        shapes = iter(self.shape)
        return all(shape in shapes for shape in other.shape)

    def text(self) -> str:
        """Return the program as a person reads it: one line a step."""
        return "\n".join(
            f"{number}. {step.words()}{'; at once:' if step.at_once and not isinstance(step, Drop) else ''}"
            for number, step in enumerate(self.steps, 1)
        )
