"""Defects: recorded knowledge of one cause, with the versions that have it and the cases that show it.

One file a defect, `fixtures/defects/ID.yaml`, checked when loaded. A list of known failures rots unless it is held to
the truth: a known failure that passes or fails differently, and an entry that matches no case, are errors.
"""

import fnmatch
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from packaging.version import Version

from conformance.nearest import nearest
from conformance.verdict.outcomes import Outcome
from conformance.verdict.schema import Piece, SchemaError, read_yaml
from conformance.verdict.spans import Span
from conformance.worlds.names import WORLDS, World

UNREPORTED = "unreported"
_UPSTREAM = re.compile(rf"#\d+|https://\S+|[0-9a-f]{{7,40}}|{UNREPORTED}")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REMEDY = "expected a defect with `summary`, `upstream`, `versions` and `cases`"

type Shown = tuple[tuple[Span, str], ...]
"""How one case shows a defect: on which versions with which signature."""


class DefectsError(SchemaError):
    """Defects that break their schema, or contradict each other; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One cause of failures in NautilusTrader."""

    id: str
    summary: str
    """What a trader loses by it, in a sentence."""
    upstream: tuple[str, ...]
    """NautilusTrader's issues (`#4215`), URLs, commits; empty is unreported."""
    versions: tuple[Span, ...]
    cases: Mapping[str, Shown]
    """Case id, or a pattern such as `FATE-010.cancel.*`, → how it shows."""
    worlds: tuple[World, ...] = WORLDS
    profiles: tuple[str, ...] = ()
    """The profiles in which it shows; empty is all."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Key of `cases` → `file:line`, for messages."""

    def applies(self, world: str, profile: str) -> bool:
        """Say whether it shows in runs of this world and profile."""
        return world in self.worlds and (not self.profiles or profile in self.profiles)

    def expanded(self, known_ids: Iterable[str]) -> dict[str, Shown]:
        """Return how each known case shows it, patterns filled in; an id of its own goes before a pattern."""
        return {case_id: self.cases[key] for key, case_id in self._matched(known_ids)}

    def of_cases(self, known_ids: Collection[str]) -> "Defect":
        """Return the defect without the entries that match no known case."""
        known = {key for key, _ in self._matched(known_ids)}
        return replace(self, cases={key: shown for key, shown in self.cases.items() if key in known})

    def _matched(self, known_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        patterns = [(key, re.compile(fnmatch.translate(key))) for key in self.cases if is_pattern(key)]
        for case_id in known_ids:
            if case_id in self.cases:
                yield case_id, case_id
            else:
                yield from ((key, case_id) for key, pattern in patterns if pattern.match(case_id))


@dataclass(frozen=True, slots=True)
class Known:
    """A failure that is on record: the defect, and the signature with which the case shows it."""

    case: str
    defect: Defect
    signature: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.defect.id} ({' '.join(self.defect.upstream) or UNREPORTED}): {self.defect.summary}"


class Defects:
    """Every defect on record."""

    def __init__(self, entries: Iterable[Defect] = ()) -> None:
        self.entries = tuple(entries)

    def matching(self, case_id: str, version: str, world: str, profile: str = "") -> Known | None:
        """Return what is known of the case on this version in this world and profile, or None: then it must pass."""
        exact = Version(version)
        found = [
            Known(case_id, defect, signature, defect.places.get(key, defect.id))
            for key, defect in self._candidates(case_id)
            if defect.applies(world, profile)
            for span, signature in defect.cases[key]
            if exact in span
        ]
        return found[0] if found else None

    def _candidates(self, case_id: str) -> Iterator[tuple[str, Defect]]:
        own = self._by_id.get(case_id, [])
        yield from ((case_id, defect) for defect in own)
        for pattern, key, defect in self._patterns:
            if defect not in own and pattern.match(case_id):
                yield key, defect

    @cached_property
    def _by_id(self) -> dict[str, list[Defect]]:
        found: dict[str, list[Defect]] = {}
        for defect in self.entries:
            for key in defect.cases:
                found.setdefault(key, []).append(defect)
        return found

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str, Defect]]:
        return [
            (re.compile(fnmatch.translate(key)), key, defect)
            for defect in self.entries
            for key in defect.cases
            if is_pattern(key)
        ]


def is_pattern(key: str) -> bool:
    """Say whether a key of `cases` stands for many cases."""
    return "*" in key or "?" in key


def is_defect_id(text: str) -> bool:
    """Say whether a text can name a defect, which is its file's name too."""
    return _ID.fullmatch(text) is not None


def is_upstream(text: str) -> bool:
    """Say whether a text refers to NautilusTrader's side: an issue, a URL, a commit, or that there is none."""
    return _UPSTREAM.fullmatch(text) is not None


def judge(outcome: Outcome, signature: str | None, known: Known | None) -> tuple[bool, str | None]:
    """Return whether the outcome was expected, and what is wrong with the record if it does not hold.

    Nothing is ever expected to drift or break, but neither disproves what is on record.
    """
    if outcome in (Outcome.DRIFTED, Outcome.BROKEN):
        return False, None
    if known is None:
        return outcome is not Outcome.FAILED, None
    said = f"{known.place}: {known.case} was expected to fail with {known.signature!r}, by the defect {known.defect.id}"
    remedy = "`conformance defects --update RESULTS` corrects the record"
    if outcome is Outcome.FAILED:
        if signature == known.signature:
            return True, None
        return False, f"{said}, but failed with {signature!r}. If that is the same defect, {remedy}"
    if outcome is Outcome.PASSED:
        return False, f"{said}, but passed: {remedy}"
    return False, f"{said}, but is unsupported: {remedy}"


_SHOWN: Any = str | dict[str, str]


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    summary: str
    upstream: str | list[str]
    versions: str | list[str]
    cases: dict[str, Any]
    """Each is converted by itself: an error then names the line of its case."""
    worlds: tuple[World, ...] = WORLDS
    profiles: tuple[str, ...] = ()


def load_defects(folder: Path, known_ids: Collection[str] | None = None) -> Defects:
    """Load and check every defect in the folder; `known_ids` are the ids of all cases that exist, where known.

    Raises `DefectsError` for anything that breaks the schema, for an entry that matches no case, and for two defects
    that say how one case fails on one version.
    """
    if not folder.is_dir():
        raise DefectsError(f"{folder}: there is no such folder of defects; name another with --defects")
    try:
        defects = Defects([_defect(path) for path in sorted(folder.glob("*.yaml"))])
    except DefectsError:
        raise
    except SchemaError as error:
        raise DefectsError(str(error)) from error
    if known_ids is not None:
        _refuse_unknown(defects, known_ids)
        refuse_contradictions(defects, known_ids)
    return defects


def _defect(path: Path) -> Defect:
    root = read_yaml(path, _REMEDY)
    if not is_defect_id(path.stem):
        raise root.wrong(f"the file's name is the defect's id: small letters, digits and hyphens, not {path.stem!r}")
    if not isinstance(root.value, dict):
        raise root.wrong(_REMEDY)
    file = root.convert(_File)
    versions = tuple(_span(text, root.at("versions")) for text in _listed(file.versions))
    upstream = tuple(_listed(file.upstream))
    for each in upstream:
        if not is_upstream(each):
            raise root.at("upstream").wrong(
                f"`upstream` is {each!r}; expected an issue such as '#4215', a URL, a commit, or '{UNREPORTED}'"
            )
    cases = dict(root.at("cases").items())
    if not cases or not versions or not file.summary.strip():
        raise root.wrong("`summary`, `versions` and `cases` must not be empty")
    return Defect(
        id=path.stem,
        summary=" ".join(file.summary.split()),
        upstream=tuple(each for each in upstream if each != UNREPORTED),
        versions=versions,
        cases={key: _shown(piece, versions) for key, piece in cases.items()},
        worlds=file.worlds,
        profiles=file.profiles,
        places={key: piece.place for key, piece in cases.items()},
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _span(text: str, piece: Piece) -> Span:
    try:
        return Span.parse(text)
    except ValueError as error:
        raise piece.wrong(str(error)) from None


def _shown(piece: Piece, versions: Sequence[Span]) -> Shown:
    """Return how a case shows the defect: one signature on all its versions, or a signature for each span."""
    value = piece.convert(_SHOWN)
    shown = (
        tuple((span, value) for span in versions)
        if isinstance(value, str)
        else tuple((_span(text, each), str(each.value)) for text, each in piece.items())
    )
    if not shown or any(not signature.strip() for _, signature in shown):
        raise piece.wrong("expected a signature, or one for each range of versions")
    for span, _ in shown:
        if not any(not span.is_disjoint(whole) for whole in versions):
            raise piece.wrong(f"the defect is not on {span}: see its `versions`")
    for index, (span, _) in enumerate(shown):
        for other, _ in shown[:index]:
            if not span.is_disjoint(other):
                raise piece.wrong(f"{span} and {other} overlap: a version has one signature")
    return shown


def _refuse_unknown(defects: Defects, known_ids: Collection[str]) -> None:
    for defect in defects.entries:
        for key in defect.cases:
            if is_pattern(key) and not fnmatch.filter(known_ids, key):
                raise DefectsError(f"{defect.places[key]}: no case matches {key!r}{nearest(key, known_ids)}")
            if not is_pattern(key) and key not in known_ids:
                raise DefectsError(
                    f"{defect.places[key]}: there is no case {key!r}{nearest(key, known_ids)}; "
                    "`conformance cases` lists them all"
                )


def refuse_contradictions(defects: Defects, known_ids: Iterable[str]) -> None:
    """Raise `DefectsError` for two defects that say how one case fails on one version, in one world and profile."""
    by_case: dict[str, list[tuple[Defect, Shown]]] = {}
    ids = list(known_ids)
    for defect in defects.entries:
        for case_id, shown in defect.expanded(ids).items():
            for other, earlier in by_case.setdefault(case_id, []):
                both = set(defect.worlds) & set(other.worlds) and _share(defect.profiles, other.profiles)
                overlap = next((a for a, _ in shown for b, _ in earlier if not a.is_disjoint(b)), None)
                if both and overlap is not None:
                    raise DefectsError(
                        f"{defect.places.get(case_id, defect.id)}: {case_id} on {overlap} is in {other.id} too "
                        f"({other.places.get(case_id, other.id)}): make their versions disjoint"
                    )
            by_case[case_id].append((defect, shown))


def _share(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)
