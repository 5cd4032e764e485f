"""Results as JUnit XML, which every CI system shows: of one run, and of a gate.

A failure that is on record is skipped, with its defect: it is expected. What broke or could not be decided is an error.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree as ET

from conformance.report.comparison import Comparison
from conformance.report.findings import Finding
from conformance.report.sheets import group_of
from conformance.verdict.changes import UNDECIDED, CaseChange, Change, is_unsupported
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Header, Results

type Kind = Literal["failure", "error", "skipped"]
# XML 1.0 has no place for other characters, escaped or not.
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Case:
    """One `testcase`: what it is called, how long it took, and what is wrong with it, if anything."""

    id: str
    seconds: float
    properties: Mapping[str, str]
    kind: Kind | None = None
    message: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Suite:
    name: str
    started: str
    properties: Mapping[str, str]
    cases: list[_Case] = field(default_factory=list)


def run_junit(results: Results, requirements: Mapping[str, str]) -> str:
    """Return one run as JUnit XML."""
    header = results.header
    cases = [_of_run(case, header, requirements.get(case.id, "")) for case in results.cases.values()]
    name = f"NautilusTrader {header.subject} ({header.world})"
    return _xml(_Suite(name, header.started, _facts(header), cases))


def comparison_junit(comparison: Comparison) -> str:
    """Return a gate as JUnit XML: a failure is what speaks against the candidate."""
    verdict = comparison.verdict
    headers = verdict.headers
    facts = {"baseline": verdict.baseline, "candidate": verdict.candidate, "decision": verdict.decision.name.lower()}
    if headers:
        facts |= {"suite_revision": headers[1].suite_revision, "world": headers[1].world}
    cases = [_of_gate(Finding(comparison, row)) for row in comparison.rows()]
    if not cases:
        # A gate that compared nothing must not look like one in which nothing failed.
        cases = [_Case("gate", 0.0, {}, "error", comparison.headline, "\n".join(verdict.reasons))]
    name = f"NautilusTrader {verdict.candidate} against {verdict.baseline}"
    return _xml(_Suite(name, headers[1].started if headers else "", facts, cases))


def _of_run(case: CaseResult, header: Header, requirement: str) -> _Case:
    kind, message = _judged(case)
    properties = {"case_id": case.id, "requirement": requirement, "version": header.subject, "outcome": case.outcome}
    return _Case(case.id, case.seconds, properties, kind, message, case.reason or "")


def _judged(case: CaseResult) -> tuple[Kind | None, str]:
    match case.outcome:
        case Outcome.PASSED:
            return (None, "") if case.expected else ("failure", "passed, though it is on record as failing")
        case Outcome.FAILED:
            return ("skipped" if case.expected else "failure"), case.signature or ""
        case Outcome.UNSUPPORTED:
            return ("skipped" if case.expected else "failure"), f"unsupported: {case.reason}"
    return "error", f"{case.outcome}: {case.reason}"


def _of_gate(finding: Finding) -> _Case:
    verdict, change = finding.comparison.verdict, finding.change
    kind = _kind(change)
    properties = {
        "case_id": change.id,
        "requirement": finding.requirement,
        "baseline": verdict.baseline,
        "candidate": verdict.candidate,
        "change": change.change,
        **({"defect": finding.known.defect.id} if finding.known is not None else {}),
    }
    text = f"before: {finding.before}\nnow: {finding.what_happened}\n" + "\n".join(finding.commands) if kind else ""
    return _Case(change.id, _seconds(change), properties, kind, change.describe(), text)


def _kind(change: CaseChange) -> Kind | None:
    if change.against:
        return "failure"
    if change.change in UNDECIDED or change.change is Change.FLAKY or change.unexplained:
        return "error"
    both = is_unsupported(change.baseline) and is_unsupported(change.candidate)
    failed = change.candidate is not None and change.candidate.outcome is not Outcome.PASSED
    return "skipped" if both or failed else None


def _seconds(change: CaseChange) -> float:
    return sum(each.seconds for each in (change.baseline, change.candidate) if each is not None)


def _facts(header: Header) -> Mapping[str, str]:
    return {
        "version": header.subject,
        "installed": header.installed,
        "suite_revision": header.suite_revision,
        "world": header.world,
        "profile": header.profile,
        "tier": header.tier,
        "python": header.subject_python or header.python,
    }


def _xml(suite: _Suite) -> str:
    counts = Counter(case.kind for case in suite.cases)
    attributes = {
        "name": suite.name,
        "tests": str(len(suite.cases)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
        "time": f"{sum(case.seconds for case in suite.cases):.3f}",
    }
    root = ET.Element("testsuites", {name: _clean(value) for name, value in attributes.items()})
    stamp = {"timestamp": suite.started.partition("+")[0]} if suite.started else {}
    element = ET.SubElement(root, "testsuite", {name: _clean(value) for name, value in {**attributes, **stamp}.items()})
    _properties(element, suite.properties.items())
    for case in suite.cases:
        _append(element, case)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _append(suite: ET.Element, case: _Case) -> None:
    names = {"classname": f"conformance.{group_of(case.id)}", "name": case.id, "time": f"{case.seconds:.3f}"}
    element = ET.SubElement(suite, "testcase", {name: _clean(value) for name, value in names.items()})
    _properties(element, case.properties.items())
    if case.kind is not None:
        ET.SubElement(element, case.kind, {"message": _clean(case.message)}).text = _clean(case.text)


def _properties(element: ET.Element, properties: Iterable[tuple[str, str]]) -> None:
    listed = ET.SubElement(element, "properties")
    for name, value in properties:
        ET.SubElement(listed, "property", {"name": name, "value": _clean(value)})


def _clean(text: str) -> str:
    """Return text without what XML cannot hold; a trader's own words may have it."""
    return _ILLEGAL.sub("�", str(text))
