"""What a gate's report says beyond the verdict: the requirements, the known defects, and where upstream talks of it."""

from collections.abc import Mapping
from dataclasses import replace

from conformance.report.comparison import Comparison
from conformance.running.catalogue import Cases
from conformance.verdict.defects import Defects, Known
from conformance.verdict.results import Results


def explained(comparison: Comparison, cases: Cases, defects: Defects) -> Comparison:
    """Return the comparison with what the catalogue and the record of defects know of its cases."""
    return replace(
        comparison,
        requirements={case_id: case["requirement"] for case_id, case in cases.items()},
        upstream={case_id: case["upstream"] for case_id, case in cases.items()},
        known=_known(comparison.candidate, defects),
        baseline_known=_known(comparison.baseline, defects),
    )


def _known(results: Results | None, defects: Defects) -> Mapping[str, Known]:
    if results is None:
        return {}
    header = results.header
    found = {
        case_id: defects.matching(case_id, header.subject, header.world, header.profile)
        for case_id, case in results.cases.items()
        if case.expected
    }
    return {case_id: known for case_id, known in found.items() if known is not None}
