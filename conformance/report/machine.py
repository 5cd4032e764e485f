"""The verdict for programs: what a workflow needs to act on, as one JSON object."""

import json

from conformance.report.comparison import Comparison
from conformance.report.wire_changes import wire_data


def verdict_json(comparison: Comparison) -> str:
    """Return the verdict as JSON: versions, decision, exit_code, reasons, notes, and each case's change by id."""
    verdict = comparison.verdict
    return json.dumps(
        {
            "baseline": verdict.baseline,
            "candidate": verdict.candidate,
            "decision": verdict.decision.name.lower(),
            "exit_code": verdict.exit_code,
            "headline": comparison.headline,
            "reasons": verdict.reasons,
            "notes": verdict.notes,
            "changes": {
                each.id: {
                    "change": each.change,
                    "against": each.against,
                    "why": each.why,
                    "baseline": each.baseline.outcome if each.baseline else None,
                    "candidate": each.candidate.outcome if each.candidate else None,
                }
                for each in verdict.changes
            },
            "wire_changes": None
            if comparison.wire_changes is None
            else wire_data(comparison.wire_changes, comparison.sides),
        },
        indent=2,
    )
