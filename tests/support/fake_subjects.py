"""A gate without subjects: versions that resolve to themselves, and runs that end as a scenario says."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from conformance.running.identity import header_of, surroundings
from conformance.running.progress import Steps
from conformance.running.pytest_run import RunRequest
from conformance.running.subjects import version_of
from conformance.subject.errors import IndexUnreachable, UnknownVersion
from conformance.subject.installations import Identity, Installation
from conformance.subject.profiles import load

type Cases = Mapping[str, str]


@dataclass
class Scenario:
    """What each run of each role does: the n-th run of `baseline` or `candidate` takes the n-th entry, the last stays.

    An entry is its cases in short form, or a pair of cases and ending.
    """

    baseline: list[Cases | tuple[Cases, str]]
    candidate: list[Cases | tuple[Cases, str]]
    requests: list[RunRequest] = field(default_factory=list)
    with_headers: bool = False
    """Whether results say of themselves what a real run would."""

    def __call__(self, request: RunRequest) -> list[str]:
        """Return the command of a run, as `pytest_command` would."""
        role = _role(request)
        entries = getattr(self, role, self.candidate)
        nth = sum(_role(earlier) == role for earlier in self.requests)
        entry = entries[min(nth, len(entries) - 1)]
        cases, ending = entry if isinstance(entry, tuple) else (entry, "whole")
        self.requests.append(request)
        chosen = request.options.case_ids
        wanted = {key: short for key, short in cases.items() if not chosen or key in chosen}
        told = {
            "results": str(request.results.absolute()),
            "subject": request.options.nautilus,
            "cases": wanted,
            "header": header_for(request) if self.with_headers else {},
            "ending": ending,
        }
        return [sys.executable, "-m", "tests.support.fake_pytest", json.dumps(told)]


def header_for(request: RunRequest) -> dict[str, Any]:
    """Return what a run's results say of it, for `fake_pytest`."""
    options = request.options
    installed = FakeSubjects().provision(options.nautilus, python=options.python)
    # An address may be one at which nothing listens.
    around = surroundings(replace(options, cache_database=None))
    return asdict(header_of(options, load(options.profile), installed, around))


def _role(request: RunRequest) -> str:
    return request.results.stem.partition("@")[0].rpartition("-")[2]


class FakeSubjects:
    """Versions `previous` and `newest`, and exact ones; provisioning fails for those in `broken`."""

    def __init__(self, broken: tuple[str, ...] = (), note: str | None = None) -> None:
        self.broken = broken
        self.note = note
        self.provisioned: list[str] = []

    def resolve(self, version: str, *, on_note: Callable[[str], None] | None = None, **_: object) -> str:
        """Return the exact version; where there is a `note`, the newest stands in for another."""
        if self.note is not None and version == "newest" and on_note is not None:
            on_note(self.note)
        if version == "unreachable":
            raise IndexUnreachable("https://pypi.org", "no route to host", [])
        exact = {"previous": "1.230.0", "newest": "1.231.0"}.get(version, version)
        if not exact[0].isdigit() and not exact.endswith(".whl"):
            raise UnknownVersion(version, "there is none of that name", ["1.231.0"])
        return exact

    def provision(
        self,
        version: str,
        on_progress: Callable[[str], None] | None = None,
        *,
        python: str | None = None,
        index: str | None = None,
    ) -> Installation:
        """Pretend to make it ready; a wheel is known by its content."""
        del index
        if on_progress is not None:
            on_progress(f"downloading {version}")
        if version in self.broken:
            raise IndexUnreachable("https://pypi.org", "no route to host", [])
        self.provisioned.append(version)
        exact, wheel = version_of(version), Path(version) if version.endswith(".whl") else None
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest() if wheel and wheel.is_file() else None
        identity = Identity(exact, f"{python or '3.13'}.0", None, sha256, build=wheel.name if wheel else None)
        return Installation(exact, Path("python"), "not at all", identity)


@pytest.fixture
def subjects() -> FakeSubjects:
    """Subjects that are always ready."""
    return FakeSubjects()


@pytest.fixture
def steps() -> Iterator[Steps]:
    """Progress that nobody watches."""
    with Steps(Console(quiet=True)) as shown:
        yield shown
