"""Defects: recorded knowledge of one cause, with the versions that have it and the cases that show it.

One file a defect, `fixtures/defects/ID.yaml`, checked when loaded. A list of known failures rots unless it is held to
the truth: a known failure that passes or fails differently, and an entry that matches no case, are errors.
"""

import fnmatch
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from packaging.version import Version

from conformance.nearest import nearest
from conformance.verdict.outcomes import Outcome
from conformance.verdict.repaint import overlaid
from conformance.verdict.schema import Piece, SchemaError, read_yaml
from conformance.verdict.spans import Shown, Span
from conformance.worlds.names import WORLDS, WorldName

UNREPORTED = "unreported"
_UPSTREAM = re.compile(rf"#\d+|https://\S+|[0-9a-f]{{7,40}}|{UNREPORTED}")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REMEDY = "expected a defect with `summary`, `upstream`, `versions` and `cases`"

PASSES = "passes"
"""In place of a signature: in this profile the case does not show the defect."""


class DefectsError(SchemaError):
    """Defects that break their schema, or contradict each other; the message names file, line and remedy."""


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One cause of failures in NautilusTrader."""

    id: str
    summary: str
    """What a trader loses by it, in a sentence."""
    upstream: tuple[str, ...]
    """NautilusTrader's issues (`#4215`), URLs, commits; empty is unreported."""
    versions: tuple[Span, ...]
    cases: Mapping[str, Shown]
    """Case id, or a pattern such as `FATE-010.cancel.*`, → how it shows; `ID@PROFILE` is of that profile alone."""
    worlds: tuple[WorldName, ...] = WORLDS
    profiles: tuple[str, ...] = ()
    """The profiles in which it shows; empty is all."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Key of `cases` → `file:line`, for messages."""

    def applies(self, world: str, profile: str) -> bool:
        """Say whether it shows in runs of this world and profile."""
        return world in self.worlds and (not self.profiles or profile in self.profiles)

    def expanded(self, known_ids: Iterable[str], profile: str = "") -> dict[str, Shown]:
        """Return how each known case shows it, patterns filled in; an id of its own goes before a pattern.

        What is said of a `profile` goes before what is said of all, on the versions of which it says something.
        """
        known = dict.fromkeys(known_ids)
        mentioned = dict.fromkeys(case_id for case_id in self._keys if case_id in known)
        for pattern, _, _ in self._patterns:
            mentioned |= dict.fromkeys(filter(pattern.match, known))
        return {case_id: shown for case_id in mentioned if (shown := self.shown(case_id, profile))}

    def shown(self, case_id: str, profile: str = "") -> Shown:
        """Return how one case shows it in a profile; empty where it does not."""
        anywhere = self._said(case_id, "")
        here = self._said(case_id, profile) if profile else ()
        if not here:
            return anywhere
        return tuple((span, signature) for span, signature in overlaid(anywhere, here) if signature != PASSES)

    def of_cases(self, known_ids: Collection[str]) -> "Defect":
        """Return the defect without the entries that match no known case."""
        return replace(self, cases={key: shown for key, shown in self.cases.items() if matches_any(key, known_ids)})

    def mentions(self, case_id: str) -> bool:
        """Say whether an entry is about the case, in any profile."""
        return case_id in self._keys or any(pattern.match(case_id) for pattern, _, _ in self._patterns)

    def place_of(self, case_id: str, profile: str = "") -> str:
        """Return `file:line` of the entry that says how a case shows it, or the defect's id."""
        exact = (f"{case_id}@{profile}", case_id)
        patterns = (key for pattern, where, key in self._patterns if where in ("", profile) and pattern.match(case_id))
        keys = [key for key in (*exact, *patterns) if key in self.places]
        return self.places[keys[0]] if keys else self.id

    def _said(self, case_id: str, profile: str) -> Shown:
        exact = f"{case_id}@{profile}" if profile else case_id
        if exact in self.cases:
            return self.cases[exact]
        found = (key for pattern, where, key in self._patterns if where == profile and pattern.match(case_id))
        key = next(found, None)
        return () if key is None else self.cases[key]

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(split_key(key)[0] for key in self.cases)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str, str]]:
        """The compiled pattern, the profile or "", and the key itself, of each key that stands for many cases."""
        split = ((*split_key(key), key) for key in self.cases if is_pattern(key))
        return [(re.compile(fnmatch.translate(pattern)), profile, key) for pattern, profile, key in split]


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
            Known(case_id, defect, signature, defect.place_of(case_id, profile))
            for defect in self._about(case_id)
            if defect.applies(world, profile)
            for span, signature in defect.shown(case_id, profile)
            if exact in span
        ]
        return found[0] if found else None

    def failing(self, case_ids: Collection[str], version: str, world: str, profile: str = "") -> frozenset[str]:
        """Return those of the cases of which something is known here: `matching` for many at once."""
        exact = Version(version)
        return frozenset(
            case_id
            for defect in self.entries
            if defect.applies(world, profile)
            for case_id, shown in defect.expanded(case_ids, profile).items()
            if any(exact in span for span, _ in shown)
        )

    def _about(self, case_id: str) -> Sequence[Defect]:
        if case_id not in self._found:
            self._found[case_id] = [defect for defect in self.entries if defect.mentions(case_id)]
        return self._found[case_id]

    @cached_property
    def _found(self) -> dict[str, list[Defect]]:
        return {}


def split_key(key: str) -> tuple[str, str]:
    """Return the case or pattern of a key, and the profile that it is about; "" is every profile."""
    case, _, profile = key.partition("@")
    return case, profile


def matches_any(key: str, known_ids: Collection[str]) -> bool:
    """Say whether a key is about a case that exists."""
    case, _ = split_key(key)
    return bool(fnmatch.filter(known_ids, case)) if is_pattern(key) else case in known_ids


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
    worlds: tuple[WorldName, ...] = WORLDS
    profiles: tuple[str, ...] = ()


def load_defects(folder: Path, known_ids: Collection[str] | None = None) -> Defects:
    """Load and check every defect in the folder; `known_ids` are the ids of all cases that exist, where known.

    Raises `DefectsError` for anything that breaks the schema, and as `confirm` does.
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
        confirm(defects, known_ids)
    return defects


def confirm(defects: Defects, known_ids: Collection[str]) -> None:
    """Raise `DefectsError` for an entry that matches no case, and for two that say how one case fails on one version.

    `known_ids` are the ids of all cases that exist.
    """
    _refuse_unknown(defects, known_ids)
    refuse_contradictions(defects, known_ids)


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
        cases={key: _shown(key, piece, versions) for key, piece in cases.items()},
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


def _shown(key: str, piece: Piece, versions: Sequence[Span]) -> Shown:
    """Return how a case shows the defect: one signature on all its versions, or a signature for each span."""
    value = piece.convert(_SHOWN)
    shown = (
        tuple((span, value) for span in versions)
        if isinstance(value, str)
        else tuple((_span(text, each), str(each.value)) for text, each in piece.items())
    )
    if not shown or any(not signature.strip() for _, signature in shown):
        raise piece.wrong("expected a signature, or one for each range of versions")
    if not split_key(key)[1] and any(signature == PASSES for _, signature in shown):
        raise piece.wrong(f"`{PASSES}` is for one profile, as in `{key}@checks`: elsewhere leave the entry out")
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
            case, _ = split_key(key)
            if matches_any(key, known_ids):
                continue
            if is_pattern(key):
                raise DefectsError(f"{defect.places[key]}: no case matches {case!r}{nearest(case, known_ids)}")
            raise DefectsError(
                f"{defect.places[key]}: there is no case {case!r}{nearest(case, known_ids)}; "
                "`conformance cases` lists them all"
            )


def refuse_contradictions(defects: Defects, known_ids: Iterable[str]) -> None:
    """Raise `DefectsError` for two defects that say how one case fails on one version, in one world and profile."""
    ids = list(known_ids)
    _refuse_contradictions_in("", defects, ids)
    apart: dict[str, list[str]] = {}
    for case_id, profile in (split_key(key) for defect in defects.entries for key in defect.cases):
        if profile:
            apart.setdefault(profile, []).extend(fnmatch.filter(ids, case_id))
    for profile, of_profile in sorted(apart.items()):
        _refuse_contradictions_in(profile, defects, of_profile)


def _refuse_contradictions_in(profile: str, defects: Defects, ids: Sequence[str]) -> None:
    by_case: dict[str, list[tuple[Defect, Shown]]] = {}
    for defect in defects.entries:
        if profile and defect.profiles and profile not in defect.profiles:
            continue
        for case_id, shown in defect.expanded(ids, profile).items():
            for other, earlier in by_case.setdefault(case_id, []):
                both = set(defect.worlds) & set(other.worlds) and _share(defect.profiles, other.profiles)
                overlap = next((a for a, _ in shown for b, _ in earlier if not a.is_disjoint(b)), None)
                if both and overlap is not None:
                    raise DefectsError(
                        f"{defect.place_of(case_id, profile)}: {case_id} on {overlap} is in {other.id} too "
                        f"({other.place_of(case_id, profile)}): make their versions disjoint"
                    )
            by_case[case_id].append((defect, shown))


def _share(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or not set(one).isdisjoint(other)
