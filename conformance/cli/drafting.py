"""`conformance defects --draft`: an issue for NautilusTrader, begun by what a run has seen."""

from pathlib import Path

import click

from conformance.nearest import nearest
from conformance.report.draft import DraftError, draft
from conformance.running.catalogue import Cases
from conformance.verdict.defects import load_defects
from conformance.verdict.results import ResultsError, read_results


def print_draft(defect_id: str | None, seen_in: Path | None, folder: Path, cases: Cases) -> None:
    """Print the draft of one defect from one results file; `click.UsageError` says what it lacks."""
    if defect_id is None or seen_in is None:
        raise click.UsageError("a draft needs the defect and a run that shows it: --draft ID --from RESULTS")
    known = {defect.id: defect for defect in load_defects(folder).entries}
    if defect_id not in known:
        raise click.UsageError(f"--draft: there is no defect {defect_id}{nearest(defect_id, known)}")
    try:
        click.echo(draft(known[defect_id], read_results(seen_in), cases), nl=False)
    except (DraftError, ResultsError) as error:
        raise click.UsageError(str(error)) from error
