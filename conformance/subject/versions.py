"""Which NautilusTrader is meant, and on which Python: a selector, an exact version, or a build of one's own."""

import platform
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from conformance.nearest import most_like

from . import builds, pythons
from .errors import (
    DiskFull,
    IndexUnreachable,
    NoWheel,
    ProvisionError,
    ProvisionFailed,
    PythonMissing,
    UnknownVersion,
    how_to_get,
)
from .index import (
    CONFIGURED,
    NIGHTLY_INDEX_VARIABLE,
    PACKAGE,
    Place,
    newest,
    newest_by_python,
    nightly_place,
    place_of,
)
from .installations import cache_folder, installed
from .pythons import PYTHONS
from .uv import Progress, UvError

SELECTORS = ("newest", "stable", "previous", "nightly")
OLDEST = "1.221.0"
"""The oldest version that the suite is meant for; hints name none before it."""
_SYNONYMS = {"latest": "newest", "last": "newest", "release": "stable", "before": "previous", "dev": "nightly"}


@dataclass(frozen=True, slots=True)
class Selection:
    """The version that was meant, and the Python that it will run on."""

    asked: str
    version: str
    python: str
    """The series, such as 3.13."""
    pythons: tuple[str, ...] = ()
    """All Pythons for which the index has a wheel, newest first."""
    place: Place = CONFIGURED
    wheel: Path | None = None
    """The wheel file, of a build of one's own."""
    passed_over: str | None = None
    """The version that was meant by the selector, but needs a Python that is not to be had here."""
    needs: tuple[str, ...] = ()
    """The Pythons that it needs, newest first."""

    @property
    def exact(self) -> str:
        """What means this version from now on, whatever the index publishes: a version, or the path of a wheel."""
        return str(self.wheel) if self.wheel else self.version

    @property
    def note(self) -> str | None:
        """What the verdict has to say about the choice; None if it is what was asked for."""
        if self.passed_over is None:
            return None
        wanted = " or ".join(sorted(self.needs, key=_number))
        return (
            f"{self.asked} is {self.passed_over}, which needs Python {wanted}; this machine has neither that nor a way "
            f"for uv to install it, so {self.version} stands in for it. {how_to_get(list(self.needs))}"
        )


def select(
    asked: str,
    *,
    python: str | None = None,
    index: str | None = None,
    candidate: str | None = None,
    on_progress: Progress | None = None,
) -> Selection:
    """Return which version, on which Python, is meant now.

    "newest" is the newest release of the index that uv is configured with, pre-releases included; "stable" the newest
    that is none; "previous" the one before `candidate`, or before the newest, in its line (1.x or 2.x); "nightly" the
    newest development wheel of NautilusTrader's own index. An exact version is looked up unless it is installed. A
    path or `git+URL@REVISION` is a build of one's own.

    The Python is the newest on this machine for which there is a wheel; if there is none, uv is asked to install one;
    `python`, such as 3.13, asks for that one. `index` is another index to look in. A selector whose version has no
    Python here falls back to the newest that has one, and the selection's `note` says so.

    Raises `UnknownVersion`, `IndexUnreachable`, `PythonMissing`, `NoWheel` or another `ProvisionError`.
    """
    tell = on_progress or _silent
    if python is not None and not re.fullmatch(r"3\.\d+", python):
        raise UnknownVersion(python, "a Python is asked for by its series, such as 3.13", [])
    if builds.is_own(asked):
        return _own(asked, python, tell)
    place = Place(index) if index else None
    if asked in SELECTORS:
        return _selected(asked, python, place, candidate, tell)
    try:
        version = str(Version(asked))
    except InvalidVersion:
        raise UnknownVersion(asked, "it is neither a version nor a selector", _similar(asked)) from None
    ready = None if place else _ready(version, python)
    if ready is not None:
        return ready
    place = place or place_of(version)
    return _found(f"{PACKAGE}=={version}", asked, python, place, tell)


def resolve(
    version: str,
    *,
    python: str | None = None,
    index: str | None = None,
    candidate: str | None = None,
    on_note: Callable[[str], None] | None = None,
) -> str:
    """Return the exact version that `version` means now, or the path of one's own wheel. See `select`.

    `on_note` gets the sentence about a version that stands in for the one that was meant (`Selection.note`).
    """
    selection = select(version, python=python, index=index, candidate=candidate)
    if selection.note is not None and on_note is not None:
        on_note(selection.note)
    return selection.exact


def _ready(version: str, python: str | None) -> Selection | None:
    """What is installed already needs no index, and stays on its Python unless a newer one that fits has come."""
    found = {each.series: each for each in installed() if each.name == f"{version}-py{each.series}"}
    if python is not None:
        found = {series: each for series, each in found.items() if series == python}
    if not found:
        return None
    known = next(iter(found.values())).pythons
    here = pythons.on_machine()
    best = max((each for each in ({*known} & here.keys()) | found.keys()), key=_number) if python is None else python
    return Selection(version, version, best, known, place_of(version)) if best in found else None


def _selected(asked: str, python: str | None, place: Place | None, candidate: str | None, tell: Progress) -> Selection:
    if asked == "nightly":
        return _found(PACKAGE, asked, python, place or nightly_place(), tell)
    if asked == "previous":
        return _previous(python, place, candidate, tell)
    return _found(PACKAGE, asked, python, place or CONFIGURED, tell, prereleases=asked == "newest")


def _previous(python: str | None, place: Place | None, candidate: str | None, tell: Progress) -> Selection:
    of = Version(candidate or select("newest", python=python, index=place.index if place else None).version)
    # A build of one's own, 1.231.0+mine, comes after the release that it was made from.
    before = f"<={of.public}" + ("" if of.local else f",!={of.public}")
    place = place or place_of(of.public)
    if not of.is_prerelease:
        try:
            return _found(f"{PACKAGE}>={of.major},{before}", "previous", python, place, tell, prereleases=False)
        except UnknownVersion:
            tell(f"no release before {of} in its line is final: taking the newest candidate")
    try:
        return _found(f"{PACKAGE}>={of.major}.dev0,{before}", "previous", python, place, tell)
    except UnknownVersion:
        raise UnknownVersion("previous", f"no version is before {of} in its line, {of.major}.x", []) from None


def _found(
    requirement: str, asked: str, python: str | None, place: Place, tell: Progress, *, prereleases: bool = True
) -> Selection:
    asked_of = [*PYTHONS, *([python] if python and python not in PYTHONS else [])]
    found, errors = newest_by_python(requirement, place, prereleases=prereleases, pythons=asked_of)
    for error in errors.values():
        if error.is_network or error.is_disk:
            raise explained(error, asked, place=place)
    if not found:
        raise _not_found(asked, place, list(errors.values()))
    version = max(found.values(), key=Version)
    fitting = [each for each in asked_of if found.get(each) == version]
    if python is not None and python not in fitting:
        if python not in found:
            raise NoWheel(version, platform.platform(), python, fitting)
        version, fitting = found[python], [each for each in asked_of if found.get(each) == found[python]]
    wanted = [python] if python else fitting
    chosen = _to_be_had(wanted, tell)
    if chosen is not None:
        return Selection(asked, version, chosen, tuple(fitting), place)
    here = pythons.here()
    usable = [found[each] for each in found if each in here and pythons.interpreter(each)]
    if python is not None or asked not in SELECTORS or not usable:
        raise PythonMissing(version, wanted, here)
    instead = _found(f"{PACKAGE}=={max(usable, key=Version)}", asked, None, place, tell)
    return replace(instead, passed_over=version, needs=tuple(fitting))


def _own(asked: str, python: str | None, tell: Progress) -> Selection:
    found = builds.wheels(asked, tell)
    fitting = [each for each in PYTHONS if any(each in wheel.pythons for wheel in found)]
    if python is not None and python not in fitting:
        raise NoWheel(f"{found[0].version} in {asked}", platform.platform(), python, fitting)
    chosen = _to_be_had([python] if python else fitting, tell)
    if chosen is None:
        raise PythonMissing(f"{found[0].version} in {asked}", [python] if python else fitting, pythons.here())
    wheel = next(each for each in found if chosen in each.pythons)
    return Selection(asked, wheel.version, chosen, tuple(fitting), wheel=wheel.path)


def _to_be_had(wanted: Sequence[str], tell: Progress) -> str | None:
    """Return the newest of these Pythons that is here, or else that uv can install."""
    here = pythons.on_machine()
    for series in wanted:
        if series in here and pythons.interpreter(series):
            return series
    for series in wanted:
        if pythons.install(series, tell):
            return series
    return None


def explained(error: UvError, version: str, step: str = "looking it up", place: Place | None = None) -> ProvisionError:
    """Return what uv's error means for the person who asked for the version; `place` is where it was looked for."""
    if place is None:
        place = nightly_place() if version == "nightly" else CONFIGURED if version in SELECTORS else place_of(version)
    if error.is_disk:
        folder = cache_folder()
        return DiskFull(str(folder), shutil.disk_usage(folder).free // 2**20)
    if error.is_network:
        ready = [each.version for each in installed()]
        if place == nightly_place():
            return IndexUnreachable(str(place.index), error.cause, ready, told_by=NIGHTLY_INDEX_VARIABLE)
        if place.index:
            return IndexUnreachable(without_credentials(place.index), error.cause, ready, told_by="--index")
        return IndexUnreachable("the package index", error.cause, ready)
    if error.is_no_wheel:
        return NoWheel(version, platform.platform(), None, [])
    if error.is_unknown_version:
        return UnknownVersion(version, "the index does not have it", [])
    return ProvisionFailed(version, step, error.detail)


def without_credentials(url: str) -> str:
    """Return the URL without a user's name and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", url)


def _not_found(asked: str, place: Place, errors: list[UvError]) -> ProvisionError:
    without_wheel = next((error for error in errors if error.is_no_wheel), None)
    error = explained(without_wheel or errors[0], asked, place=place)
    if isinstance(error, UnknownVersion) and asked not in SELECTORS:
        return UnknownVersion(asked, "the index does not have it", _nearest(asked, place))
    return error


def _nearest(asked: str, place: Place) -> list[str]:
    """The versions that may have been meant: those that begin like it, or those right below and right above."""
    version = Version(asked)
    begun = re.fullmatch(r"(\d+)\.(\d+)", asked)
    if begun and Version(OLDEST) > version:
        low, high = int(begun[2]) * 10, int(begun[2]) * 10 + 10
        begins = f"{PACKAGE}>={begun[1]}.{low},<{begun[1]}.{high},>={OLDEST}"
        first = _first(begins, place, lowest=True)
        if first:
            return [first, *filter(None, [_first(f"{begins},!={first}", place, lowest=True)])]
    below = _first(f"{PACKAGE}<={version.public},!={version.public}", place)
    above = _first(f"{PACKAGE}>={version.public},!={version.public}", place, lowest=True)
    return [each for each in (below, above) if each]


def _first(requirement: str, place: Place, *, lowest: bool = False) -> str | None:
    """The newest, or the lowest, for any Python; None where the index cannot say."""
    found = []
    for python in PYTHONS[1:]:
        try:
            found.append(newest(requirement, python, place, lowest=lowest))
        except UvError:
            continue
    return (min if lowest else max)(found, key=Version) if found else None


def _similar(text: str) -> list[str]:
    word = text.lower()
    if word in _SYNONYMS:
        return [_SYNONYMS[word]]
    close = most_like(word, [*SELECTORS, *_SYNONYMS], at_least=0.6)
    return [_SYNONYMS.get(close, close)] if close else []


def _number(python: str) -> list[int]:
    return [int(part) for part in python.split(".")]


def _silent(_: str) -> None:
    pass
