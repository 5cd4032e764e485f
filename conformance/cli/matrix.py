"""`conformance matrix`: many versions in many profiles, and the page that shows them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions

if TYPE_CHECKING:
    from conformance.running.matrix import Cell, Shard


def _shard(_ctx: click.Context, _param: click.Parameter, text: str) -> Any:
    from conformance.running.matrix import Shard

    try:
        return Shard.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("matrix")
@click.argument("versions", metavar="[VERSION...]", nargs=-1)
@click.option(
    "--from", "oldest", metavar="VERSION", default="1.221.0", show_default=True, help="The oldest, where none is named."
)
@click.option(
    "--to", "newest", metavar="VERSION", default="newest", show_default=True, help="The newest, where none is named."
)
@click.option(
    "--profile",
    "profiles",
    metavar="NAME|FILE",
    multiple=True,
    default=["default", "checks"],
    show_default=True,
    help="A profile in which every version is run. May be repeated.",
)
@click.option(
    "--shard",
    metavar="I/N",
    default="1/1",
    callback=_shard,
    help="Run only this part of the versions, such as 2/5; `conformance report` shows the parts together.",
)
@click.option(
    "--page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tables of all versions as Markdown into this file.",
)
@run_options("nautilus", "results", "profile", "kept_by")
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/matrix"),
    show_default=True,
    help="The folder for the results of all runs; a matrix that is run again there goes on where it was.",
)
def command(
    *,
    versions: tuple[str, ...],
    oldest: str,
    newest: str,
    profiles: tuple[str, ...],
    shard: "Shard",
    page: Path | None,
    options: RunOptions,
    results: Path,
) -> None:
    """Run many versions in many profiles; what is whole already is not run again.

    Without a VERSION these are all releases from --from to --to for which the index has a wheel.

    Exits 0 if all is as expected, 1 if a case fails unexpectedly or a known failure does not, 2 if the suite or its
    environment broke, 3 if a version could not be run, 4 on wrong usage.
    """
    from click.exceptions import Exit

    from conformance.cli.screen import screen
    from conformance.report.versions_markdown import versions_markdown
    from conformance.running.matrix import Matrix, released, run_matrix
    from conformance.running.own_redis import with_own_redis
    from conformance.running.profiles import check_profiles
    from conformance.running.progress import Steps
    from conformance.running.subjects import real_subjects
    from conformance.verdict.by_the_record import by_the_record
    from conformance.verdict.defects import load_defects

    console = screen()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    check_profiles(profiles)
    subjects = real_subjects()
    with with_own_redis(options) as equipped, Steps(console) as steps:
        asked = list(versions) or released(oldest, newest, subjects, say, options)
        matrix = Matrix(versions=shard.share(asked), profiles=profiles, options=equipped, folder=results)
        say(f"{len(matrix.versions)} of {len(asked)} versions in {len(profiles)} profiles, into {results}")
        cells = run_matrix(matrix, steps, subjects, lambda cell: say(_told(cell)))
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        record = load_defects(options.defects)
        runs = [by_the_record(cell.results, record) for cell in cells if cell.results is not None]
        page.write_text(versions_markdown(runs), encoding="utf-8")
        say(f"page: {page}")
    raise Exit(_exit_code(cells))


def _told(cell: "Cell") -> str:
    """Return what became of a cell, as one line."""
    from conformance.report.comparison import counted
    from conformance.verdict.decision import Decision, decide_run

    name = f"{cell.version} {cell.profile}"
    if cell.results is None:
        return f"{name}: not run: {cell.problem}"
    decision, reasons = decide_run(cell.results)
    more = "" if decision is Decision.UPGRADE else "".join(f"\n  {reason}" for reason in reasons)
    return f"{name}: {counted(cell.results)}{' (run earlier)' if cell.earlier else ''}{more}"


def _exit_code(cells: "list[Cell]") -> int:
    from conformance.verdict.decision import Decision, decide_run

    found = {decide_run(cell.results)[0] if cell.results else Decision.INCONCLUSIVE for cell in cells}
    order = (Decision.REGRESSED, Decision.BROKEN, Decision.INCONCLUSIVE)
    return int(next((each for each in order if each in found), Decision.UPGRADE if cells else Decision.INCONCLUSIVE))
