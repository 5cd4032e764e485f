"""The outcome of every case: what a case did, judged by what is known of the version, and shown as pytest shows it."""

from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from conformance.kit.metadata import Case
from conformance.plugin.fixtures import HISTORY, TIGHTEST, forget, profile_of, timeline_of
from conformance.plugin.options import options_of
from conformance.plugin.selection import DEFECTS, case_of
from conformance.plugin.showing import runs_nothing
from conformance.verdict.defects import Defects, judge
from conformance.verdict.outcomes import Outcome
from conformance.verdict.phases import CaseSoFar
from conformance.verdict.results import CaseResult

_SO_FAR = pytest.StashKey[CaseSoFar]()
_JUDGED = pytest.StashKey["_Judged"]()
_REPEATED = pytest.StashKey[int]()
"""How often a case was run again."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the record of defects says of an outcome."""

    expected: bool
    problem: str | None
    """What is wrong with the record."""
    defect: str | None
    """The defect as which the failure is on record."""


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
    """Report what a case did as its outcome, instead of pytest's own report."""
    case = case_of(item)
    if case is None or runs_nothing(item.config):
        return None
    raised, call.excinfo = call.excinfo, None
    try:
        # pytest would parse the source of every frame again for an explanation that the timeline gives better; in a
        # run with many known failures that took a fifth of the time.
        report = pytest.TestReport.from_item_and_call(item, call)
    finally:
        call.excinfo = raised
    if raised is not None:
        report.outcome, report.longrepr = "failed", f"{_where(item.path, raised)}\n{raised.exconly()}"
    _note(item, case, call, report)
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show the outcomes that pytest does not have."""
    outcome = getattr(report, "conformance_outcome", None)
    if outcome in (Outcome.DRIFTED, Outcome.BROKEN):
        # pytest prints why only for its own categories; the word and the letter say which outcome it is.
        return ("failed" if report.when == "call" else "error"), outcome[0].upper(), outcome.upper()
    if outcome == Outcome.UNSUPPORTED:
        return "skipped", "u", outcome.upper()
    return None


def is_as_expected(item: pytest.Item) -> bool:
    """Return whether a case that has been run did what is known of the version."""
    return item.stash[_JUDGED].expected


def begun_anew(item: pytest.Item) -> None:
    """Forget what a run of the case was, and that there was one but for their number: the next is judged by itself."""
    forget(item)
    del item.stash[_SO_FAR], item.stash[_JUDGED]
    item.stash[_REPEATED] = item.stash.get(_REPEATED, 0) + 1


def _where(path: Path, raised: pytest.ExceptionInfo[BaseException]) -> str:
    """Return file and line of the case's own statement that raised; elsewhere, of what raised."""
    frames = raised.traceback
    last = next((frame for frame in reversed(frames) if Path(frame.path) == path), frames[-1])
    return f"{last.path}:{last.lineno + 1}"


def _note(item: pytest.Item, case: Case, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    so_far = item.stash.setdefault(_SO_FAR, CaseSoFar())
    if so_far.add(call.when, None if call.excinfo is None else call.excinfo.value, call.duration):
        item.stash[_JUDGED] = _judge(item, case, so_far, report)
    if call.when == "teardown":
        judged, tightest = item.stash[_JUDGED], item.stash.get(TIGHTEST, None)
        result = CaseResult(
            id=case.id,
            outcome=so_far.outcome,
            expected=judged.expected,
            seconds=round(so_far.seconds, 3),
            signature=so_far.signature,
            defect=judged.defect,
            lacks=so_far.lacks,
            missing=so_far.missing,
            reason=_reason(so_far, judged.problem),
            history=str(item.stash[HISTORY]) if HISTORY in item.stash else None,
            tight=None if tightest is None else tightest.what,
            tight_share=0.0 if tightest is None else tightest.share,
            repeated=item.stash.get(_REPEATED, 0),
        )
        report.conformance_result = {**asdict(result), "outcome": result.outcome.value}  # type: ignore[attr-defined]


def _judge(item: pytest.Item, case: Case, so_far: CaseSoFar, report: pytest.TestReport) -> _Judged:
    """Let pytest report the outcome as such; return what the record says of it."""
    options = options_of(item.config)
    resolved = getattr(item.config, "conformance_version", options.nautilus)
    defects = item.config.stash.get(DEFECTS, Defects())
    profile = profile_of(item.config)
    known = defects.matching(case.id, resolved, options.world, profile.like)
    # What this run could not see proves nothing of what is known about the version.
    expected, problem = judge(so_far.outcome, so_far.signature, None if so_far.not_given or so_far.lacks else known)
    report.conformance_outcome = so_far.outcome.value  # type: ignore[attr-defined]
    reason = _reason(so_far, problem)
    if so_far.outcome is Outcome.FAILED and expected:
        report.outcome = "skipped"
        report.wasxfail = str(known)
    elif so_far.outcome is Outcome.UNSUPPORTED:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, reason or "")
    elif problem is not None or so_far.outcome is not Outcome.PASSED:
        report.outcome = "failed"
        told = [f"{case.id}  {case.requirement}", f"{so_far.outcome}: {reason}", f"signature: {so_far.signature}"]
        report.longrepr = "\n".join([*told, timeline_of(item)]).rstrip()
    as_recorded = known is not None and so_far.outcome is Outcome.FAILED and expected
    return _Judged(expected, problem, known.defect.id if known is not None and as_recorded else None)


def _reason(so_far: CaseSoFar, problem: str | None) -> str | None:
    return so_far.reason if problem is None else f"{problem}\n{so_far.reason or ''}".rstrip()
