"""The identity of a run: what has to agree for stored results to stand for a run that is asked for.

It is the header that the run would write, but for when and where that was, and how it was asked for. A field that is
added to the header is part of it unless it is named here as one that is not: to run again costs minutes, and to take
another run's results for those of this one tells a user what is not so.
"""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.locations import DEFECTS, SUITE
from conformance.revision import digest, suite_revision
from conformance.running.options import RunOptions, asked_of
from conformance.running.profiles import check_profiles
from conformance.running.progress import Steps
from conformance.running.subjects import Subjects, make_ready, version_of
from conformance.subject.installations import Installation
from conformance.subject.profiles import Profile
from conformance.verdict.results import CASES, CASSETTES, KEPT_BY, Header, Results, ResultsError, read_results
from conformance.worlds.cache_database import CacheDatabase

NO_PART = frozenset({"python", "platform", "started", "asked"})
"""The fields of a header that the identity leaves out: the suite's own Python, the machine, the time, the words."""


def identity_of(header: Header) -> Mapping[str, Any]:
    """Return what has to agree, by the name of the header's field."""
    return {each.name: getattr(header, each.name) for each in fields(header) if each.name not in NO_PART}


def stored(path: Path, asked: Header) -> Results | None:
    """Return the whole results at `path` if they are of the run that would write the header `asked`."""
    try:
        found = read_results(path)
    except ResultsError:
        return None
    return found if identity_of(found.header) == identity_of(asked) else None


def stem_of(header: Header) -> str:
    """Return what a results file of the run is called: its version, told apart from others of the same name.

    A release of the configured index is called by its version alone. A build of one's own, another index's, an overlay
    and own cases are marked by their content, so that their results lie side by side.
    """
    apart = {
        "wheel": header.wheel_sha256 if header.build else "",
        "index": " ".join(header.asked.get("--index", ())),
        **header.overlays,
        CASES: header.versions.get(CASES, ""),
        KEPT_BY: header.versions.get(KEPT_BY, ""),
    }
    told = "\n".join(f"{name}={value}" for name, value in sorted(apart.items()) if value)
    return f"{header.subject}-{hashlib.sha256(told.encode()).hexdigest()[:8]}" if told else header.subject


def asked_header(options: RunOptions, steps: Steps, subjects: Subjects) -> Header:
    """Return the header that a run with these options would write, its version made ready to know it.

    Raises `RunRefusedError`, `CacheDatabaseError` and a `ProvisionError`.
    """
    (profile,) = check_profiles([options.profile])
    exact = make_ready(
        subjects, {"subject": options.nautilus}, steps, python=options.python, indexes={"subject": options.index}
    )["subject"]
    installed = subjects.provision(exact, python=options.python, index=options.index)
    return header_of(options, profile, installed, surroundings(options))


def surroundings(options: RunOptions) -> dict[str, str]:
    """Return name → version of what decides the results beside the suite and the subject; of folders, a digest.

    Raises `CacheDatabaseError` for a Redis that cannot be used.
    """
    found = {}
    if options.cache_database:
        found["redis"] = CacheDatabase.parse(options.cache_database).check()
    if options.kept_by:
        found[KEPT_BY] = version_of(options.kept_by)
    if options.world == "cassettes":
        found[CASSETTES] = digest([options.cassettes])
    own = [folder for folder in options.case_folders if not folder.resolve().is_relative_to(SUITE / "cases")]
    if own:
        # By their content alone: cases that were moved are the same.
        found[CASES] = digest({str(nth): folder for nth, folder in enumerate(own)}, only="*.py")
    if options.defects != DEFECTS and options.defects.is_dir():
        found["record of defects"] = digest({"defects": options.defects})
    return found


def header_of(options: RunOptions, profile: Profile, installed: Installation, versions: Mapping[str, str]) -> Header:
    """Return what a results file says of its run before any case; `versions` are its `surroundings`."""
    identity = installed.identity
    return Header(
        suite_revision=suite_revision(),
        subject=installed.version,
        installed=" ".join([installed.how, *(f"with {overlay}" for overlay in options.overlays)]),
        python=platform.python_version(),
        world=options.world,
        platform=platform.platform(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=dict(versions),
        profile=profile.name,
        profile_digest=profile.digest,
        profile_like={profile.name: profile.like} if profile.like != profile.name else {},
        tier=options.tier,
        subject_python=identity.python if identity else "",
        wheel=(identity and identity.wheel) or "",
        wheel_sha256=(identity and identity.sha256) or "",
        build=(identity and identity.build) or "",
        dependencies=dict(identity.dependencies) if identity else {},
        overlays={module: digest({module: Path(folder)}) for module, folder in _overlays(options)},
        asked=asked_of(options),
    )


def _overlays(options: RunOptions) -> list[tuple[str, str]]:
    return [(module, folder) for module, _, folder in (each.partition("=") for each in options.overlays)]
