"""Expectations: recorded knowledge that a case fails on a range of versions.

They are data with a schema (`fixtures/expectations.yaml`), checked when loaded. A list of known failures rots unless
it is held to the truth: an expected failure that passes, or fails differently, is a problem of the run.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from conformance.nearest import nearest
from conformance.verdict.outcomes import Outcome
from conformance.worlds.names import WORLDS

_REQUIRED = ("case", "versions", "signature", "upstream", "reason")
_OPTIONAL = ("worlds",)
_UPSTREAM = re.compile(r"#\d+|https://\S+|[0-9a-f]{7,40}|unreported")


class ExpectationsError(ValueError):
    """An expectations file that breaks its schema; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A case is known to fail with `signature` on `versions` of NautilusTrader, in `worlds`."""

    case: str
    versions: SpecifierSet
    signature: str
    upstream: str
    """NautilusTrader's issue (`#4215`), a URL, the commit that tells the story, or `unreported`."""
    reason: str
    worlds: tuple[str, ...] = WORLDS
    place: str = "an expectation"
    """`file:line`, for messages."""

    def covers(self, version: str, world: str) -> bool:
        """Say whether it speaks of this version in this world. Pre-releases order as PEP 440 orders them.

        So `<=1.231.0` covers `1.231.0a20260801`, `>=1.231.0` covers `1.232.0a20260801+abc`, and `<2.0.0` does not
        cover `2.0.0rc6`.
        """
        return world in self.worlds and self.versions.contains(Version(version), prereleases=True)


class Expectations:
    """All expectations of one file."""

    def __init__(self, entries: Sequence[Expectation] = ()) -> None:
        self.entries = tuple(entries)

    def matching(self, case_id: str, version: str, world: str) -> Expectation | None:
        """Return what is expected of the case on this version in this world, or None: then it must pass."""
        return next((each for each in self.entries if each.case == case_id and each.covers(version, world)), None)


def judge(outcome: Outcome, signature: str | None, expectation: Expectation | None) -> tuple[bool, str | None]:
    """Return whether the outcome was expected, and the problem of the expectation if it does not hold.

    Nothing is ever expected to drift or break, but neither disproves an expectation.
    """
    if outcome in (Outcome.DRIFTED, Outcome.BROKEN):
        return False, None
    if expectation is None:
        return outcome is not Outcome.FAILED, None
    known = f"{expectation.place}: {expectation.case} was expected to fail with {expectation.signature!r}"
    known += f" ({expectation.upstream})"
    if outcome is Outcome.FAILED:
        if signature == expectation.signature:
            return True, None
        return False, (
            f"{known}, but failed with {signature!r}: if the new failure is the same defect, correct `signature`; "
            "if not, it is a new defect, so give it an expectation of its own or report it"
        )
    if outcome is Outcome.PASSED:
        return False, f"{known}, but passed: end its `versions` before this version, or remove the expectation"
    return False, f"{known}, but is unsupported: leave this version out of its `versions`"


def load_expectations(path: Path, known_ids: Collection[str]) -> Expectations:
    """Load and check the file; `known_ids` are the ids of all cases that exist.

    Raises `ExpectationsError` for anything that breaks the schema, for a case that does not exist, and for two
    expectations of one case that speak of the same version in the same world.
    """
    try:
        entries = [_expectation(raw, place, known_ids) for raw, place in _entries(path)]
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectationsError(f"{path}: cannot be read ({error}); name another with --expectations") from error
    for index, later in enumerate(entries):
        for earlier in entries[:index]:
            if _overlap(earlier, later):
                raise ExpectationsError(
                    f"{later.place}: {later.case} on {later.versions} overlaps {earlier.versions} at {earlier.place}; "
                    "a version may have one expectation of a case: make the ranges disjoint, or join the two"
                )
    return Expectations(entries)


def _entries(path: Path) -> list[tuple[dict[str, Any], str]]:
    """Return each entry with its `file:line`."""
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        if root is None:
            return []
        if not isinstance(root, yaml.SequenceNode):
            raise ExpectationsError(f"{path}:1: expected a list of expectations, each beginning with `- case: ID`")
        return [_mapping(loader, node, f"{path}:{node.start_mark.line + 1}") for node in root.value]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ExpectationsError(f"{path}:{line}: not YAML: {error.problem}") from error
    finally:
        loader.dispose()


def _mapping(loader: yaml.SafeLoader, node: yaml.Node, place: str) -> tuple[dict[str, Any], str]:
    if not isinstance(node, yaml.MappingNode):
        raise ExpectationsError(f"{place}: expected an expectation with {', '.join(_REQUIRED)}")
    entry: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in entry:
            raise ExpectationsError(f"{place}: `{key}` is given twice")
        entry[key] = loader.construct_object(value_node, deep=True)
    return entry, place


def _expectation(raw: Mapping[str, Any], place: str, known_ids: Collection[str]) -> Expectation:
    allowed = (*_REQUIRED, *_OPTIONAL)
    for key in raw:
        if key not in allowed:
            raise ExpectationsError(f"{place}: unknown field {key!r}{nearest(key, allowed)}")
    for key in _REQUIRED:
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise ExpectationsError(
                f"{place}: `{key}` is {raw.get(key)!r}; expected text (in quotes if it is a number)"
            )
    if raw["case"] not in known_ids:
        raise ExpectationsError(
            f"{place}: there is no case {raw['case']!r}{nearest(raw['case'], known_ids)}; "
            "`conformance cases` lists them all"
        )
    if not _UPSTREAM.fullmatch(raw["upstream"]):
        raise ExpectationsError(
            f"{place}: `upstream` is {raw['upstream']!r}; expected an issue such as '#4215', a URL, a commit, or "
            "'unreported'"
        )
    return Expectation(
        **{key: raw[key] for key in _REQUIRED if key != "versions"},
        versions=_versions(raw["versions"], place),
        worlds=_worlds(raw.get("worlds", list(WORLDS)), place),
        place=place,
    )


def _versions(text: str, place: str) -> SpecifierSet:
    try:
        versions = SpecifierSet(text, prereleases=True)
    except InvalidSpecifier:
        raise ExpectationsError(
            f'{place}: `versions` is {text!r}; expected a version specifier such as ">=1.221.0,<=1.231.0"'
        ) from None
    if versions.is_unsatisfiable():
        raise ExpectationsError(f"{place}: no version satisfies {text!r}; turn the range round, or remove it")
    return versions


def _worlds(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or any(world not in WORLDS for world in value):
        raise ExpectationsError(f"{place}: `worlds` is {value!r}; expected a list of some of {', '.join(WORLDS)}")
    return tuple(value)


def _overlap(one: Expectation, other: Expectation) -> bool:
    return (
        one.case == other.case
        and not set(one.worlds).isdisjoint(other.worlds)
        and not one.versions.is_disjoint(other.versions)
    )
