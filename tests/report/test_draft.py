"""A draft of an issue is begun by what a run has seen, and leaves to a person what no run knows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.report.draft import TO_WRITE, DraftError, draft
from conformance.verdict.defects import Defect
from conformance.verdict.results import Results
from conformance.verdict.spans import Span
from tests.invariants.histories import Scripted
from tests.verdict.verdicts import run

DEFECT = Defect(
    id="told-late", summary="an end is told late", upstream=(), versions=(Span.parse("==1.230.0"),), cases={}
)
CASES: Mapping[str, Mapping[str, Any]] = {
    case_id: {"id": case_id, "requirement": "An end MUST be told.", "rule": "Query Order"}
    for case_id in ("A-1", "A-2", "B-1")
}


def seen(folder: Path) -> Results:
    """A run where two cases failed by the defect and one by another; each of the two has its history."""
    results = run(**{"A-1": "F", "A-2": "F", "B-1": "F"})
    found = {}
    for case_id, case in results.cases.items():
        scripted = Scripted().event("OrderAccepted")
        for _ in range(3 if case_id == "A-1" else 1):
            scripted.event("OrderUpdated", price=case_id)
        scripted.history.write(folder / f"{case_id}.jsonl")
        by = "told-late" if case_id.startswith("A") else "another"
        found[case_id] = replace(case, defect=by, signature=f"{case_id} late", history=f"{case_id}.jsonl")
    return replace(results, cases=found, path=folder / "results.jsonl")


def test_the_draft_has_what_the_run_knows(tmp_path: Path) -> None:
    """Summary, cases that show it, the shortest wire with its failure, the requirement and its rule, a command."""
    text = draft(DEFECT, seen(tmp_path), CASES)

    assert text.startswith("# Draft: an end is told late\n")
    assert "Shown by `A-1`, `A-2`. Seen on ==1.230.0." in text
    assert "A-2 late" in text
    assert "A-1 late" not in text
    assert "An end MUST be told." in text
    assert "Binance: Query Order" in text
    assert "conformance run --nautilus 1.230.0 --case A-2" in text


def test_what_no_run_knows_is_left_to_a_person(tmp_path: Path) -> None:
    """What happens in the adapter, and what would be right, are marked as places to write."""
    assert draft(DEFECT, seen(tmp_path), CASES).count(TO_WRITE) == 2


def test_a_run_that_does_not_show_it_is_refused(tmp_path: Path) -> None:
    """The message names the versions that have it; a history that is gone is said too."""
    results = seen(tmp_path)
    with pytest.raises(DraftError, match=r"no case failed by told-early on 1\.230\.0; .* ==1\.230\.0"):
        draft(replace(DEFECT, id="told-early"), results, CASES)
    with pytest.raises(DraftError, match=r"the histories of A-1, A-2 are gone"):
        draft(DEFECT, replace(results, path=tmp_path / "elsewhere" / "results.jsonl"), CASES)
