"""Findings: what programs have shown, grouped, each with its smallest program; known defects apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from packaging.version import Version

from conformance.explore.kept import KeptProgram
from conformance.explore.playhouse import Sign
from conformance.explore.program import Program
from conformance.verdict.defects import Defect, Defects

#: What breaks these says what went wrong, and where: two programs that break one of them show one defect. Of the
#: others (the books are not the venue's, a fill was missed) the cause is only in the program.
_TELLING = ("invariant 3:", "invariant 6:", "invariant 7:", "invariant 13:")


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, by one sign and the smallest program that shows it."""

    sign: Sign
    program: Program
    first: Program
    """The program that showed it first."""
    shown: int
    tries: int
    plays: int
    instances: int = 1
    """How many of the programs played showed it."""
    known: str = ""
    """The defect on record that it is, or nothing."""
    timeline: str = ""
    also: tuple[Sign, ...] = ()
    """What else the smallest program shows: of one cause, for all that is known."""

    @property
    def came_back(self) -> bool:
        """Whether it was seen again at all."""
        return self.shown > 0

    @property
    def is_sure(self) -> bool:
        """Whether it will show again: it has each time, or all but once, and its smallest program is no race."""
        return self.came_back and self.shown >= self.tries - 1 and not self.program.races

    @property
    def shows_mostly(self) -> bool:
        """Whether most proofs showed it. Two versions are compared by one run of each: a race shows what both have."""
        return self.shown * 2 > self.tries

    def in_a_line(self) -> str:
        """Return the finding as a reason of a verdict says it."""
        steps = "; ".join(step.words() for step in self.program.steps)
        return f"{self.sign.signature}, in {self.shown} of {self.tries} runs of: {steps}"

    def explains(self, program: Program, sign: Sign) -> bool:
        """Say whether another program's sign is one more instance of this."""
        return self.came_back and self.shows(sign) and program.contains(self.program)

    def shows(self, sign: Sign) -> bool:
        """Say whether the smallest program shows this sign, first or beside another."""
        return any(sign.key == each.key for each in (self.sign, *self.also))


@dataclass(frozen=True)
class Record:
    """What is on record about a version: the defects, and the kept programs that show some of them."""

    version: str
    defects: Defects = field(default_factory=Defects)
    kept: Sequence[KeptProgram] = ()
    world: str = "simulator"
    profile: str = "default"

    def known(self, program: Program, sign: Sign) -> Defect | None:
        """Return the defect that the program's sign is of, or None where nothing like it is on record.

        It is one where a kept program is part of this one and shows the same, or where the sign tells its cause by
        itself and any case shows it.
        """
        for each in self.kept:
            known = self.defects.matching(each.name, self.version, self.world, self.profile)
            if known and sign.signature in known.signature.split("; ") and program.contains(each.program):
                return known.defect
        return self._by_signature(sign.signature) if sign.signature.startswith(_TELLING) else None

    def _by_signature(self, signature: str) -> Defect | None:
        exact = Version(self.version)
        # A case may say the same as the invariant, in the same words.
        words = {signature, signature.partition(": ")[2]}
        return next(
            (
                defect
                for defect in self.defects.entries
                if defect.applies(self.world, self.profile)
                for shown in defect.cases.values()
                for span, recorded in shown
                if exact in span and words.intersection(recorded.split("; "))
            ),
            None,
        )


def write_findings(folder: Path, findings: Sequence[Finding]) -> None:
    """Write each finding as data: `finding-01.json` and so on, with the timeline beside it as text."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("finding-*.json"), *folder.glob("finding-*.txt")):
        old.unlink()
    for number, finding in enumerate(findings, 1):
        bare = msgspec.structs.replace(finding, timeline="")
        stem = folder / f"finding-{number:02}"
        stem.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(bare), indent=2) + b"\n")
        if finding.timeline:
            stem.with_suffix(".txt").write_text(f"{finding.program.text()}\n\n{finding.timeline}\n", encoding="utf-8")
