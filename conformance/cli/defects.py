"""`conformance defects`: what is known of NautilusTrader's versions, listed, and corrected by results."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Never

import click

from conformance.locations import DEFECTS

if TYPE_CHECKING:
    from conformance.running.recording_defects import Naming


@click.command("defects")
@click.option(
    "--update",
    "files",
    metavar="RESULTS",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Correct the record by this results file; give those of all versions together. May be repeated.",
)
@click.argument("more_files", metavar="[RESULTS]...", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--defect", "defect_id", metavar="ID", help="Put new failures down to this defect, which may be new.")
@click.option(
    "--only",
    metavar="PATTERN",
    multiple=True,
    default=["*"],
    show_default=True,
    help="Only cases such as ERR-030 or 'FATE-010.*'. May be repeated.",
)
@click.option("--summary", metavar="TEXT", help="What a trader loses by a new defect, in a sentence.")
@click.option("--upstream", metavar="REF", multiple=True, help="Its issue (#4215), URL or commit; none: unreported.")
@click.option(
    "--prove", is_flag=True, help="Hold upstream's list of defects against runs: those given, or made now where needed."
)
@click.option("--page", type=click.Path(dir_okay=False, path_type=Path), help="With --prove: the page to write.")
@click.option("-n", "--workers", type=click.IntRange(min=1), help="With --prove: how many processes run cases at once.")
@click.option("--draft", "draft_of", metavar="ID", help="Print a draft of an issue of this defect; needs --from.")
@click.option(
    "--from",
    "seen_in",
    metavar="RESULTS",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --draft: results whose histories show the defect.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--cases", "folders", metavar="DIR", multiple=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--defects",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFECTS,
    show_default="the suite's own",
    help="The folder of the defects, a file each.",
)
def command(
    *,
    files: tuple[Path, ...],
    more_files: tuple[Path, ...],
    defect_id: str | None,
    only: tuple[str, ...],
    summary: str | None,
    upstream: tuple[str, ...],
    prove: bool,
    page: Path | None,
    workers: int | None,
    draft_of: str | None,
    seen_in: Path | None,
    dry_run: bool,
    folders: tuple[Path, ...],
    folder: Path,
) -> None:
    """List the known defects of NautilusTrader's versions, or correct the list by results.

    A defect is one cause: its versions, the upstream issue, a sentence for traders, and each case that shows it with
    its signature. `--update RESULTS...` corrects signatures and versions by what the results show: it removes what
    passes now, changes what fails differently, and adds a failure that the record has in the same case, with the same
    signature, on another version. Any other new failure has to be put down to a defect:

    \b
        conformance defects --update results/*.jsonl
        conformance defects --update results/*.jsonl --only 'FATE-010.*' --defect fill-lost-on-restart \\
            --summary "a fill during a restart is never booked" --upstream '#4736'

    Give the results of every version at once: between two versions the record holds, after the last it goes on.

    `--prove` takes upstream's own list (fixtures/upstream_defects.yaml): each defect is to be red on its last bad
    version and green on its first good one, in results that are given, or of runs that it makes in results/proof.

    \b
        conformance defects --prove --page docs/caught-defects.md

    `--draft ID --from RESULTS` prints an issue for NautilusTrader, its wire cut from the history of a case that failed:
    docs/upstream has those that are written.

    Exits 0 if nothing is left open, 1 if a failure is of no known cause, a case is unsteady or a defect is missed,
    4 on wrong usage.
    """
    from conformance.cli.screen import screen
    from conformance.report.defects import print_defects
    from conformance.running.catalogue import collect
    from conformance.running.recording_defects import Naming
    from conformance.verdict.defects import load_defects

    if prove:
        from conformance.cli.proving import prove_and_exit

        prove_and_exit(screen(), list(collect(folders)), (*files, *more_files), page, workers)
    if draft_of is not None or seen_in is not None:
        from conformance.cli.drafting import print_draft

        print_draft(draft_of, seen_in, folder, collect(folders))
        return
    if more_files and not files:
        raise click.UsageError("results are given, but not what to do with them: give --update before them")
    known_ids = list(collect(folders))
    if not files:
        print_defects(screen(), load_defects(folder, known_ids), only)
        return
    naming = Naming(defect_id, summary, upstream) if defect_id is not None else None
    _correct_and_exit(folder, (*files, *more_files), known_ids, only=only, naming=naming, dry_run=dry_run)


def _correct_and_exit(
    folder: Path,
    files: Sequence[Path],
    known_ids: Sequence[str],
    *,
    only: Sequence[str],
    naming: "Naming | None",
    dry_run: bool,
) -> Never:
    """Correct the record by results, say what changed, and exit by what is left open."""
    from click.exceptions import Exit

    from conformance.cli.screen import screen
    from conformance.report.defects import print_update
    from conformance.running.recording_defects import correct

    update = correct(folder, files, known_ids, only=only, naming=naming, dry_run=dry_run)
    print_update(screen(), update, dry_run=dry_run)
    raise Exit(1 if update.unexplained or update.unsteady else 0)
