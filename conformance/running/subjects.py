"""Making subjects ready before anything runs, with progress, and with the right end when that fails."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from conformance.running.progress import Steps


class Subjects(Protocol):
    """What the command line needs of `conformance.subject.provision`; tests give their own."""

    def resolve(self, version: str) -> str:
        """Return the exact version of `newest`, `previous`, `nightly`, or an exact version."""

    def provision(self, version: str, on_progress: Callable[[str], None] | None = None) -> Any:
        """Make the version's environment ready and return its installation."""


def real_subjects() -> Subjects:
    """Return the real thing, imported late because it is not needed for help."""
    from conformance.subject import provision

    return provision


def make_ready(subjects: Subjects, wanted: Mapping[str, str], steps: Steps) -> dict[str, str]:
    """Resolve and provision versions by role, and return their exact versions by role.

    Raises `conformance.subject.errors.ProvisionError`; `UnknownVersion` among them is wrong usage.
    """
    exact: dict[str, str] = {}
    for role, version in wanted.items():
        step = f"{role}: finding NautilusTrader {version}"
        steps.begin(step)
        exact[role] = subjects.resolve(version)
        steps.end(step)
    for role, version in exact.items():
        step = f"{role}: making NautilusTrader {version} ready"
        steps.begin(step)

        subjects.provision(version, functools.partial(steps.news, step))
        steps.end(step)
    return exact


def cache_folder() -> Path:
    """Return where the subjects' environments are kept."""
    from conformance.subject.installations import cache_folder as folder

    return folder()
