"""What a report says beyond the results: the requirements, the known defects, and where upstream talks of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from conformance.locations import DEFECTS
from conformance.report.comparison import Comparison
from conformance.report.html import verdict_html
from conformance.report.latency_shown import read_latency
from conformance.report.versions_page import versions_html
from conformance.running.catalogue import Cases, collect
from conformance.verdict.defects import Defects, Known, load_defects
from conformance.verdict.joining import by_profile
from conformance.verdict.on_the_wire import OnTheWire
from conformance.verdict.results import Results
from conformance.verdict.verdict import compare


def explained(comparison: Comparison, cases: Cases, defects: Defects) -> Comparison:
    """Return the comparison with what the catalogue and the record of defects know of its cases."""
    named = {each.id: by_profile([each.id]) for each in comparison.verdict.changes}
    of_case = {name: case_id for name, found in named.items() for (case_id,) in found.values() if case_id in cases}
    return replace(
        comparison,
        requirements={name: cases[case_id]["requirement"] for name, case_id in of_case.items()},
        upstream={name: cases[case_id]["upstream"] for name, case_id in of_case.items()},
        known=_known(comparison.candidate, defects),
        baseline_known=_known(comparison.baseline, defects),
    )


def page_of(runs: Sequence[Results], latency: Path | None = None) -> str:
    """Return stored runs as a page: of two the comparison, the first as the baseline; of others all side by side.

    `latency` is the stored measurement of the two. Raises `LatencyError` for one of other versions, `HistoryError` for
    a history that cannot be read.
    """
    cases, defects = collect(), load_defects(DEFECTS)
    if len(runs) == 2:
        baseline, candidate = runs
        shown = None if latency is None else read_latency(latency, baseline.header.subject, candidate.header.subject)
        wire = OnTheWire(baseline, candidate).comparison.result()
        verdict = compare(baseline, candidate)
        comparison = Comparison(verdict, baseline, candidate, wire_changes=wire, latency=shown)
        return verdict_html(explained(comparison, cases, defects))
    return versions_html(runs, {case_id: case["requirement"] for case_id, case in cases.items()}, defects)


def _known(results: Results | None, defects: Defects) -> Mapping[str, Known]:
    if results is None:
        return {}
    header = results.header
    found: dict[str, Known] = {}
    for name, case in results.cases.items():
        (profile, (case_id,)) = next(iter(by_profile([name]).items()))
        known = defects.matching(case_id, header.subject, header.world, header.recorded_in(profile))
        if case.expected and known is not None:
            found[name] = known
    return found
