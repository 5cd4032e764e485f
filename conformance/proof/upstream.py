"""The list of upstream's defects, held against what the cases did on the versions on either side of each.

A case catches a defect if it is red on the last version that has it and green on the first that has not. Of one that is
still open nothing can be green: there red is all that can be seen. A case that is red on both, but says something else,
tells the versions apart: the defect is gone, and another that it shows too has stayed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from conformance.locations import FIXTURES
from conformance.nearest import nearest
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult
from conformance.verdict.schema import Piece, SchemaError, read_yaml

FILE = FIXTURES / "upstream_defects.yaml"
_REMEDY = "expected a list of defects, each with `defect`, `summary`, `last_bad` and `cases` or a `reason`"

type Ran = Mapping[str, Mapping[str, CaseResult]]
"""Version → case → what it did there."""


class UpstreamDefectsError(SchemaError):
    """A list that breaks its schema or names a case that does not exist."""


class UpstreamDefect(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One entry of the list."""

    defect: str
    summary: str
    last_bad: str | None = None
    """None for one that users of another client told of and that no version of this one has shown."""
    first_bad: str | None = None
    first_good: str | None = None
    """None for one that is in the newest version that was tried."""
    upstream: list[str] = []
    cases: list[str] = []
    """Those that catch it."""
    reason: str | None = None
    """Why no case can catch it."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions on which its cases have to be run."""
        return tuple(version for version in (self.last_bad, self.first_good) if version is not None)


@dataclass(frozen=True, slots=True)
class Catch:
    """What one case did on either side; None where it was not run."""

    case_id: str
    bad: CaseResult | None
    good: CaseResult | None

    def holds(self, defect: UpstreamDefect) -> bool:
        """Say whether the case catches the defect."""
        green = self.good is not None and self.good.outcome is Outcome.PASSED
        return self._red and (green or defect.first_good is None)

    @property
    def tells_apart(self) -> bool:
        """Say whether the case is red on both sides, and fails otherwise on the good one."""
        fails = self.good is not None and self.good.outcome is Outcome.FAILED
        return self._red and fails and self._signature(self.good) != self._signature(self.bad)

    @property
    def _red(self) -> bool:
        return self.bad is not None and self.bad.outcome is Outcome.FAILED

    @staticmethod
    def _signature(result: CaseResult | None) -> str | None:
        return None if result is None else result.signature


@dataclass(frozen=True, slots=True)
class Held:
    """One defect with what each of its cases did."""

    defect: UpstreamDefect
    catches: Sequence[Catch]

    @property
    def caught_by(self) -> list[Catch]:
        """The cases that catch it."""
        return [each for each in self.catches if each.holds(self.defect)]

    @property
    def told_apart_by(self) -> list[Catch]:
        """The cases that are red on both sides, and say that another defect is left."""
        return [each for each in self.catches if each.tells_apart]

    @property
    def missed(self) -> bool:
        """Whether nothing shows it though a version has it, and no reason says why."""
        seen = self.caught_by or self.told_apart_by
        return not seen and self.defect.reason is None and self.defect.last_bad is not None


def load_upstream(path: Path = FILE, known_ids: Collection[str] | None = None) -> list[UpstreamDefect]:
    """Read the list; raises `UpstreamDefectsError`, with file and line, also for a case that does not exist."""
    try:
        found = [_entry(piece, known_ids) for piece in read_yaml(path, _REMEDY).entries()]
    except UpstreamDefectsError:
        raise
    except SchemaError as error:
        raise UpstreamDefectsError(str(error)) from error
    if not found:
        raise UpstreamDefectsError(f"{path}:1: {_REMEDY}")
    return found


def _entry(piece: Piece, known_ids: Collection[str] | None) -> UpstreamDefect:
    entry = piece.convert(UpstreamDefect)
    if not entry.cases and not (entry.reason or "").strip():
        raise UpstreamDefectsError(f"{piece.place}: {entry.defect} has neither cases nor a reason why it has none")
    for case_id in entry.cases:
        if known_ids is not None and case_id not in known_ids:
            raise UpstreamDefectsError(f"{piece.place}: there is no case {case_id!r}{nearest(case_id, known_ids)}")
    return entry


def wanted(defects: Sequence[UpstreamDefect]) -> dict[str, list[str]]:
    """Return which cases have to be run on which version, each once, in the order of the list."""
    runs: dict[str, dict[str, None]] = {}
    for defect in defects:
        for version in defect.versions:
            runs.setdefault(version, {}).update(dict.fromkeys(defect.cases))
    return {version: list(cases) for version, cases in runs.items() if cases}


def hold(defects: Sequence[UpstreamDefect], ran: Ran) -> list[Held]:
    """Return each defect with what its cases did."""

    def did(version: str | None, case_id: str) -> CaseResult | None:
        return None if version is None else ran.get(version, {}).get(case_id)

    return [
        Held(
            defect,
            [Catch(each, did(defect.last_bad, each), did(defect.first_good, each)) for each in defect.cases],
        )
        for defect in defects
    ]
