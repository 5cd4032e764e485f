"""Making subjects ready before anything runs, with progress, and with the right end when that fails."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from packaging.utils import parse_wheel_filename

from conformance.running.progress import Steps


class Subjects(Protocol):
    """What runs need of `conformance.subject.provision`; tests give their own."""

    def resolve(
        self,
        version: str,
        *,
        python: str | None = None,
        index: str | None = None,
        candidate: str | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> str:
        """Return the exact version, or the path of a wheel, that is meant; `previous` is the one before `candidate`.

        `on_note` gets what the verdict has to say where another version stands in for the one that was meant.
        """

    def provision(
        self,
        version: str,
        on_progress: Callable[[str], None] | None = None,
        *,
        python: str | None = None,
        index: str | None = None,
    ) -> Any:
        """Make the version's environment ready and return its installation."""


def real_subjects() -> Subjects:
    """Return the real thing, imported late because it is not needed for help."""
    from conformance.subject import provision

    return provision


def make_ready(
    subjects: Subjects,
    wanted: Mapping[str, str],
    steps: Steps,
    *,
    python: str | None = None,
    indexes: Mapping[str, str | None] | None = None,
    on_note: Callable[[str], None] | None = None,
) -> dict[str, str]:
    """Resolve and provision versions by role, and return their exact versions by role.

    `python` is for all of them, `indexes` by role; `on_note` gets why a version stands in for another. Raises
    `conformance.subject.errors.ProvisionError`; `UnknownVersion` among them is wrong usage.
    """
    exact: dict[str, str] = {}
    index = indexes or {}
    # The one before another can only be named once the other is known.
    for role, version in sorted(wanted.items(), key=lambda each: each[1] == "previous"):
        step = f"{role}: finding NautilusTrader {version}"
        steps.begin(step)
        candidate = version_of(exact["candidate"]) if version == "previous" and "candidate" in exact else None
        exact[role] = subjects.resolve(
            version, python=python, index=index.get(role), candidate=candidate, on_note=on_note
        )
        steps.end(step)
    for role in wanted:
        step = f"{role}: making NautilusTrader {exact[role]} ready"
        steps.begin(step)
        subjects.provision(exact[role], functools.partial(steps.news, step), python=python, index=index.get(role))
        steps.end(step)
    return {role: exact[role] for role in wanted}


def version_of(exact: str) -> str:
    """Return the version that an exact name means: itself, or of a wheel's path the version in its name."""
    return str(parse_wheel_filename(Path(exact).name)[1]) if exact.endswith(".whl") else exact


def cache_folder() -> Path:
    """Return where the subjects' environments are kept."""
    from conformance.subject.installations import cache_folder as folder

    return folder()
