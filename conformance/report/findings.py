"""What a reader wants to know of one case that changed: what was required, what happened, is it known, what to do."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.history.entries import FailedCheck
from conformance.history.history import History
from conformance.history.stored import HistoryError
from conformance.report.comparison import Comparison
from conformance.report.sequence import Row, Step, aligned, shortened, steps_of
from conformance.verdict.changes import CaseChange
from conformance.verdict.defects import Known
from conformance.verdict.joining import by_profile
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import NAUTILUS, PROFILE, Header, Results

UPSTREAM = "https://github.com/nautechsystems/nautilus_trader"


@dataclass(frozen=True)
class Finding:
    """One case of a comparison with all that explains its change."""

    comparison: Comparison
    change: CaseChange

    @property
    def id(self) -> str:
        """The case's id."""
        return self.change.id

    @property
    def requirement(self) -> str:
        """The case's sentence, "" where it is not known."""
        return self.comparison.requirements.get(self.id, "")

    @cached_property
    def checks(self) -> Sequence[FailedCheck]:
        """The checks that failed on the candidate, as its history has them."""
        history = self._history(self.comparison.candidate)
        return history.of(FailedCheck) if history is not None else ()

    @property
    def what_happened(self) -> str:
        """The candidate's failure or reason in words, with the numbers of this run."""
        after = self.change.candidate
        if after is None:
            return "no result"
        return after.reason or after.signature or after.outcome

    @property
    def sure(self) -> str:
        """How it is known not to be chance: what settled it, in the verdict's words, "" where nothing did."""
        words = (self.change.why or "").rpartition("; ")[2]
        return words if words.startswith(("confirmed by ", "on record as ")) else ""

    @property
    def before(self) -> str:
        """What the baseline did, in words."""
        before = self.change.baseline
        if before is None:
            return "no result"
        if before.outcome is Outcome.PASSED:
            return "passed"
        return f"{before.outcome}: {before.reason or before.signature}"

    @property
    def known(self) -> Known | None:
        """What the record of defects has of the candidate's failure, None for a failure that is new."""
        after = self.change.candidate
        return self.comparison.known.get(self.id) if after is not None and after.expected else None

    @property
    def links(self) -> list[tuple[str, str]]:
        """Where NautilusTrader talks about it, text and URL: the defect's issues, and the case's own."""
        known = self.known.defect.upstream if self.known is not None else ()
        named = [*known, *self.comparison.upstream.get(self.id, ())]
        return [(each, upstream_url(each)) for each in dict.fromkeys(named)]

    @cached_property
    def rows(self) -> tuple[Sequence[Row], int]:
        """The sequence diagram, baseline beside candidate, and how many rows of it were left out."""
        return shortened(
            aligned(*(self._steps(side) for side in (self.comparison.baseline, self.comparison.candidate)))
        )

    @property
    def history_files(self) -> list[tuple[str, str]]:
        """The stored histories, by side."""
        sides = (("baseline", self.comparison.baseline), ("candidate", self.comparison.candidate))
        found = [(name, side.history_of(self.id)) for name, side in sides if side is not None]
        return [(name, os.path.relpath(path)) for name, path in found if path is not None]

    @property
    def commands(self) -> list[str]:
        """How to run just this again: both versions, and the candidate alone."""
        verdict = self.comparison.verdict
        ((profile, (case_id,)),) = by_profile([self.id]).items()
        baseline, candidate = (
            [_asked(header, profile) for header in verdict.headers]
            if verdict.headers
            else [{NAUTILUS: [verdict.baseline]}, {NAUTILUS: [verdict.candidate]}]
        )
        versions = [*baseline[NAUTILUS], *candidate[NAUTILUS]]
        case = ["--case", case_id, *_written(candidate)]
        return [
            shlex.join(["conformance", "gate", "--baseline", versions[0], "--candidate", versions[1], *case]),
            shlex.join(["conformance", "run", NAUTILUS, versions[1], *case]),
        ]

    def _steps(self, side: Results | None) -> list[Step]:
        history = self._history(side)
        return steps_of(history) if history is not None else []

    def _history(self, side: Results | None) -> History | None:
        path = side.history_of(self.id) if side is not None else None
        if path is None:
            return None
        try:
            return History.read(path)
        except (HistoryError, OSError):
            return None


def upstream_url(name: str) -> str:
    """Return the address of an issue (`#4215`), a commit or a URL of NautilusTrader's."""
    if name.startswith("https://"):
        return name
    return f"{UPSTREAM}/issues/{name[1:]}" if name.startswith("#") else f"{UPSTREAM}/commit/{name}"


def _asked(header: Header, profile: str) -> dict[str, list[str]]:
    """Return option → values with which a run is like the reported one, in the one of its profiles; see `Header.asked`.

    A header of before this was kept has the names alone.
    """
    profile = profile or header.profile
    asked = {NAUTILUS: [header.subject], **header.asked}
    if header.world != "simulator":
        asked.setdefault("--world", [header.world])
    named = next((each for each in asked.get(PROFILE, ()) if Path(each).stem == profile), profile)
    return {**asked, PROFILE: [] if named in ("", "default") else [named]}


def _written(asked: Mapping[str, Sequence[str]]) -> list[str]:
    """Return options as they are written, but for the version."""
    return [word for flag, values in asked.items() if flag != NAUTILUS for value in values for word in (flag, value)]
