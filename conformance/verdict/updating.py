"""The record of defects, corrected by results: signatures are added, changed and removed as web-platform-tests does.

What a run could not decide (broken, drifted, not given) corrects nothing. A failure that is on record under another
signature keeps its defect. A new failure goes to the defect that is asked for, or to the only one that shows in the
same case with the same signature; where there is none the failure is listed, because a person has to name its cause.
"""

import fnmatch
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.version import Version

from conformance.verdict.defect_file import by_family
from conformance.verdict.defects import PASSES, Defect, Defects, is_pattern, split_key
from conformance.verdict.outcomes import Outcome
from conformance.verdict.repaint import repainted
from conformance.verdict.results import Results
from conformance.verdict.spans import Shown, Span, in_any

_GENERAL = "default"
"""The profile whose runs say what holds in all of which nothing else is said."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one case did on one version: it failed with a signature, or did not fail (None)."""

    case: str
    version: Version
    world: str
    profile: str
    signature: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """What results change: the defects that are other now, those that nothing shows any more, and what is left open."""

    changed: tuple[Defect, ...] = ()
    emptied: tuple[Defect, ...] = ()
    unexplained: tuple[Ran, ...] = ()
    """New failures of no known cause."""
    unsteady: tuple[str, ...] = ()
    """Cases that did one thing in one results file and another in another, on one version: nothing is changed."""


type _Seen = dict[str, dict[Version, str | None]]
"""Case → version → signature, or None where it does not show."""


@dataclass(slots=True)
class _Painting:
    """What the results say of one defect: in general, and in profiles of which something else may hold."""

    cases: _Seen = field(default_factory=dict)
    of_profiles: dict[str, _Seen] = field(default_factory=dict)

    def set(self, defect: Defect, ran: Ran, signature: str | None) -> None:
        general = ran.profile in ("", _GENERAL) or (bool(defect.profiles) and _GENERAL not in defect.profiles)
        seen = self.cases if general else self.of_profiles.setdefault(ran.profile, {})
        seen.setdefault(ran.case, {})[ran.version] = signature

    def everywhere(self) -> list[_Seen]:
        return [self.cases, *self.of_profiles.values()]


def observed(runs: Iterable[Results]) -> list[Ran]:
    """Return what the results decided, in the order of the versions."""
    found = []
    for run in runs:
        version = Version(run.header.subject)
        for case in run.cases.values():
            decided = case.outcome in (Outcome.PASSED, Outcome.FAILED)
            # An unsupported case on record as failing is an error of the record; any other one decides nothing.
            if decided or (case.outcome is Outcome.UNSUPPORTED and not case.expected):
                found.append(Ran(case.id, version, run.header.world, run.header.recorded_in(), case.signature))
    return sorted(set(found), key=lambda each: (each.version, each.case, each.signature or ""))


def updated(
    defects: Defects,
    runs: Iterable[Results],
    known_ids: Sequence[str],
    target: Defect | None = None,
    only: Sequence[str] = ("*",),
) -> Update:
    """Return the defects as these results show them. New failures of cases that match one of `only` go to `target`."""
    seen = [ran for ran in observed(runs) if any(fnmatch.fnmatchcase(ran.case, each) for each in only)]
    entries = {defect.id: defect for defect in defects.entries}
    if target is not None:
        entries[target.id] = target
    steady, unsteady = _steady(seen)
    record = Defects(entries.values())
    paintings = {name: _Painting() for name in entries}
    unexplained = _attributed(steady, record, paintings, target)
    changed, emptied = [], []
    for defect in entries.values():
        painted = _painted(defect, paintings[defect.id], known_ids)
        if not painted.cases:
            emptied.append(defect)
        elif painted != defect or defect is target:
            changed.append(painted)
    return Update(tuple(changed), tuple(emptied), tuple(unexplained), tuple(unsteady))


def _steady(seen: Sequence[Ran]) -> tuple[list[Ran], list[str]]:
    """Return what was seen but for the cases that did several things on one version, and those, in words."""
    ways: dict[tuple[str, Version, str, str], set[str | None]] = {}
    for ran in seen:
        ways.setdefault((ran.case, ran.version, ran.world, ran.profile), set()).add(ran.signature)
    steady = [ran for ran in seen if len(ways[ran.case, ran.version, ran.world, ran.profile]) == 1]
    unsteady = [
        f"{case} on {version}: {' and '.join(sorted(each or 'not failed' for each in found))}"
        for (case, version, _, _), found in ways.items()
        if len(found) > 1
    ]
    return steady, unsteady


def _attributed(
    seen: Iterable[Ran], record: Defects, paintings: Mapping[str, _Painting], target: Defect | None
) -> list[Ran]:
    """Note under each defect what was seen of it; return the failures that belong to none."""
    unexplained = []
    for ran in seen:
        known = record.matching(ran.case, str(ran.version), ran.world, ran.profile)
        for defect in record.entries:
            # What a defect does not show is known of it too: its versions end there.
            if defect.applies(ran.world, ran.profile):
                paintings[defect.id].set(defect, ran, None)
        if ran.signature is None:
            continue
        if known is not None and (target is None or known.signature == ran.signature):
            cause: Defect | None = known.defect
        else:
            cause = target if target is not None else _same(ran, record)
        if cause is None or not cause.applies(ran.world, ran.profile):
            unexplained.append(ran)
        else:
            paintings[cause.id].set(cause, ran, ran.signature)
    return unexplained


def _same(ran: Ran, record: Defects) -> Defect | None:
    """Return the only defect that shows in the same case with the same signature on another version, or elsewhere."""
    found = [
        defect
        for defect in record.entries
        if any(
            signature == ran.signature for where in ("", ran.profile) for _, signature in defect.shown(ran.case, where)
        )
    ]
    return found[0] if len(found) == 1 else None


def _painted(defect: Defect, painting: _Painting, known_ids: Sequence[str]) -> Defect:
    """Return the defect corrected by what was seen of it; patterns stay as long as all that they match is alike."""
    shows = {case: ran for case, ran in painting.cases.items() if any(ran.values())}
    all_shows = [ran for seen in painting.everywhere() for ran in seen.values() if any(ran.values())]
    versions = _widened(defect.versions, all_shows, _versions(painting))
    expanded = defect.expanded(known_ids)
    cases: dict[str, Shown] = {}
    for case_id in {*expanded, *shows}:
        shown = repainted(versions, expanded.get(case_id, ()), painting.cases.get(case_id, {}))
        if shown:
            cases[case_id] = shown
    before = {key: shown for key, shown in defect.cases.items() if split_key(key)[1]}
    apart = _apart(before, cases, versions, painting.of_profiles)
    if versions == defect.versions and cases == expanded and apart == before:
        return defect
    return replace(defect, versions=versions, cases=_gathered(defect, expanded, cases, known_ids) | apart)


def _apart(
    before: Mapping[str, Shown], cases: Mapping[str, Shown], versions: Sequence[Span], of_profiles: Mapping[str, _Seen]
) -> dict[str, Shown]:
    """Return the entries of one profile: those on record, corrected by what was seen otherwise than in general."""
    apart = {key: shown for key, shown in before.items() if split_key(key)[0] in cases or not _is_empty(shown)}
    for profile, seen in of_profiles.items():
        for case_id, ran in seen.items():
            key = f"{case_id}@{profile}"
            general = cases.get(case_id, ())
            if key not in apart and all(each == _signature_on(version, general) for version, each in ran.items()):
                continue
            found = {version: signature or PASSES for version, signature in ran.items()}
            apart[key] = repainted(versions, apart.get(key, ()), found)
            if all(_says_the_same(span, signature, general) for span, signature in apart[key]):
                del apart[key]
    return apart


def _says_the_same(span: Span, signature: str, general: Shown) -> bool:
    if signature == PASSES:
        return all(span.is_disjoint(other) for other, _ in general)
    return (span, signature) in general


def _is_empty(shown: Shown) -> bool:
    return all(signature == PASSES for _, signature in shown)


def _signature_on(version: Version, shown: Shown) -> str | None:
    return next((signature for span, signature in shown if version in span), None)


def _gathered(
    defect: Defect, before: Mapping[str, Shown], cases: Mapping[str, Shown], known_ids: Sequence[str]
) -> dict[str, Shown]:
    """Return the cases with the patterns that still hold, and a pattern for each family whose cells are alike."""
    left = dict(cases)
    kept: dict[str, Shown] = {}
    for key in (each for each in defect.cases if is_pattern(each) and not split_key(each)[1]):
        cells = [cell for cell in fnmatch.filter(known_ids, key) if cell in before and cell not in defect.cases]
        if cells and all(left.get(cell) == defect.cases[key] for cell in cells):
            kept[key] = defect.cases[key]
            for cell in cells:
                del left[cell]
    return kept | by_family(left, known_ids)


def _versions(painting: _Painting) -> list[Version]:
    return sorted({version for seen in painting.everywhere() for ran in seen.values() for version in ran})


def _widened(
    versions: tuple[Span, ...], shows: Collection[Mapping[Version, str | None]], ran: Sequence[Version]
) -> tuple[Span, ...]:
    """Return the defect's versions with those added on which it was seen, each up to the next that was run.

    The newest of a major version that was run stands for those to come: a defect lasts until it is seen to be gone.
    """
    spans = list(versions)
    for index, version in enumerate(ran):
        if in_any(spans, version) or not any(each.get(version) is not None for each in shows):
            continue
        later = ran[index + 1] if index + 1 < len(ran) else None
        same_line = later is not None and later.major == version.major
        upper = later if same_line else Version(str(version.major + 1))
        if later is not None and in_any(spans, later) and same_line:
            upper = next(span.lower for span in spans if later in span) or later
        added = Span(version, upper)
        spans = _merged(spans, added, ran)
    return tuple(sorted(spans, key=lambda span: span.lower or Version("0.dev0")))


def _merged(spans: Sequence[Span], added: Span, ran: Sequence[Version]) -> list[Span]:
    """Return the spans with one added: joined with those before and after it, with no other version run between."""
    assert added.lower is not None
    before = [version for version in ran if version < added.lower and version.major == added.lower.major]
    joined = added
    left = []
    for span in spans:
        if before and before[-1] in span:
            joined = span.joined(joined)
        elif span.lower is not None and span.lower == added.upper:
            joined = joined.joined(span)
        elif added.is_disjoint(span):
            left.append(span)
        else:
            joined = Span(min(joined.lower or added.lower, span.lower or added.lower), span.upper, span.closed)
    return [*left, joined]
