"""Runs of one subject in several profiles as one run, so that all that judges and shows one serves for several."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from conformance.verdict.results import PROFILE, CaseResult, Footer, Results

_AT = "@"


def in_profile(case_id: str, profile: str) -> str:
    """Return what a case is called where there are several profiles: `STOP-010@checks`."""
    return f"{case_id}{_AT}{profile}"


def by_profile(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the case ids of such names, by profile."""
    found: dict[str, list[str]] = {}
    for name in names:
        case_id, _, profile = name.partition(_AT)
        found.setdefault(profile, []).append(case_id)
    return {profile: tuple(case_ids) for profile, case_ids in found.items()}


def joined(runs: Mapping[str, Results]) -> Results:
    """Return the runs of one subject, by profile, as one run whose cases have their profile in their names.

    All of the header but the profile is that of the first run.
    """
    first = next(iter(runs.values()))
    cases = {
        in_profile(case_id, profile): replace(case, id=in_profile(case_id, profile), history=_history(run, case))
        for profile, run in runs.items()
        for case_id, case in run.cases.items()
    }
    headers = [run.header for run in runs.values()]
    asked = [each for header in headers for each in header.asked.get(PROFILE, ())]
    header = replace(
        first.header,
        profile=", ".join(runs),
        profile_digest=" ".join(each.profile_digest for each in headers),
        profile_like={name: like for each in headers for name, like in each.profile_like.items()},
        asked={**first.header.asked, **({PROFILE: asked} if asked else {})},
    )
    return Results(header, cases, Footer.of(cases), first.path)


def _history(run: Results, case: CaseResult) -> str | None:
    """Return where the case's history lies, whatever file the results are read from."""
    if case.history is None:
        return None
    return str(((run.path.parent if run.path else Path()) / case.history).absolute())
