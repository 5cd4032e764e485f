"""One case with everything that is known of it, for a person at a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import Version

from conformance.report.findings import upstream_url
from conformance.verdict.defects import UNREPORTED, Defects


def case_sheet(case: Mapping[str, Any], defects: Defects) -> Iterator[str]:
    """Yield the lines: requirement, what it rests on, what it needs, known failures, and how to run it."""
    yield f"{case['id']}  {case['requirement']}"
    yield ""
    facts = {
        "group": case["group"],
        "tier": case.get("tier"),
        "venue rule": case.get("rule"),
        "upstream test card": case.get("card"),
        "worlds": ", ".join(case["worlds"]),
        "needs": ", ".join(case["needs"]),
        "profile": case.get("profile"),
        "trader": ", ".join(f"{name}={value}" for name, value in (case.get("trader") or {}).items()),
        "written in": case.get("test"),
    }
    yield from (f"  {name:20}{value}" for name, value in facts.items() if value)
    for number, issue in enumerate(case["upstream"]):
        yield f"  {'' if number else 'upstream':20}{issue} {upstream_url(issue)}"
    yield from _failures(case["id"], defects)
    yield f"  {'run it':20}conformance run --nautilus newest --case {case['id']}"


def _failures(case_id: str, defects: Defects) -> Iterator[str]:
    """Yield each known failure: the versions, the signature, and the defect that it is put down to."""
    found = [
        (span, signature, defect)
        for defect in defects.entries
        for span, signature in defect.expanded([case_id]).get(case_id, ())
    ]
    for span, signature, defect in sorted(found, key=lambda each: each[0].lower or Version("0")):
        yield f"  fails on {span}"
        yield f"      {signature}"
        yield f"      {defect.id} ({' '.join(defect.upstream) or UNREPORTED}): {defect.summary}"
