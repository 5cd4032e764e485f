"""The verdict for programs: what a workflow needs to act on, as one JSON object with a format number and a schema."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from conformance.report.comparison import Comparison
from conformance.report.findings import Finding
from conformance.report.wire_changes import wire_data
from conformance.verdict.changes import Change
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Header, Results

FORMAT = 2
"""Raised when a program that reads the file would have to change; a field more is no such change."""
SCHEMA = f"verdict-{FORMAT}.json"


class ChangeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one case. `known` is the id of the defect that the candidate's failure is put down to."""

    change: Change
    against: bool
    why: str | None
    baseline: Outcome | None
    candidate: Outcome | None
    requirement: str = ""
    known: str | None = None
    upstream: Sequence[str] = ()
    histories: Mapping[str, str] = {}
    """Side → path of the stored history, from the folder of this file."""


class VerdictFile(msgspec.Struct, frozen=True, kw_only=True):
    """A gate's verdict. `reports` and `results` are paths from the folder of this file."""

    format: Literal[2] = 2
    schema: str = SCHEMA
    baseline: str
    candidate: str
    decision: Literal["upgrade", "regressed", "broken", "inconclusive", "wrong_usage"]
    exit_code: int
    headline: str
    reasons: Sequence[str]
    notes: Sequence[str]
    headers: Mapping[str, Header]
    """Side → what was run, empty where nothing was."""
    results: Mapping[str, str]
    changes: Mapping[str, ChangeEntry]
    wire_changes: Mapping[str, Any] | None = None


def verdict_json(comparison: Comparison) -> str:
    """Return the verdict as JSON, as `docs/schemas` describes it."""
    verdict = comparison.verdict
    sides = {"baseline": comparison.baseline, "candidate": comparison.candidate}
    wire = comparison.wire_changes
    file = VerdictFile(
        baseline=verdict.baseline,
        candidate=verdict.candidate,
        # The names of the decisions are those words, as a test holds.
        decision=verdict.decision.name.lower(),  # type: ignore[arg-type]
        exit_code=verdict.exit_code,
        headline=comparison.headline,
        reasons=verdict.reasons,
        notes=verdict.notes,
        headers=dict(zip(sides, verdict.headers, strict=True)) if verdict.headers else {},
        results={name: run.path.name for name, run in sides.items() if run is not None and run.path is not None},
        changes={each.id: _entry(Finding(comparison, each), sides) for each in verdict.changes},
        wire_changes=None if wire is None else wire_data(wire, comparison.sides),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=2).decode()


def _entry(finding: Finding, sides: Mapping[str, Results | None]) -> ChangeEntry:
    change = finding.change
    return ChangeEntry(
        change=change.change,
        against=change.against,
        why=change.why,
        baseline=change.baseline.outcome if change.baseline else None,
        candidate=change.candidate.outcome if change.candidate else None,
        requirement=finding.requirement,
        known=finding.known.defect.id if finding.known is not None else None,
        upstream=[name for name, _ in finding.links],
        histories={name: path for name, run in sides.items() if (path := _beside(run, change.id))},
    )


def _beside(run: Results | None, case_id: str) -> str | None:
    path = run.history_of(case_id) if run is not None else None
    if run is None or path is None:
        return None
    return os.path.relpath(path.absolute(), (run.path.absolute().parent if run.path is not None else Path.cwd()))
