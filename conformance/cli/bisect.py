"""`conformance bisect`: which version broke a case."""

from pathlib import Path

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions


@click.command("bisect")
@click.option("--good", metavar="VERSION", required=True, help="A version on which the case holds.")
@click.option("--bad", metavar="VERSION", required=True, help="A version on which it fails.")
@click.option("--case", "case_id", metavar="ID", required=True, help="The case. `conformance cases` lists them.")
@click.option(
    "--nightlies/--no-nightlies", default=True, show_default=True, help="Try the development wheels between them too."
)
@run_options("nautilus", "results", "case_ids", "workers")
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the results of all runs; a search that is run again there goes on where it was.  "
    "[default: results/bisect-ID]",
)
def command(*, good: str, bad: str, case_id: str, nightlies: bool, options: RunOptions, results: Path | None) -> None:
    """Find the version that broke a case, or mended it.

    If the bad version is the later one, what broke the case is looked for; if the good one is, what mended it. The
    search halves the releases and nightlies between the two. A version that cannot be installed is skipped, a failure
    counts once it was seen twice, and where the case fails only at times a version is good once it held five times.

    Exits 0 if one version is found, 2 if the suite or its environment broke, 3 if the search cannot tell or versions
    between the two could not be judged, 4 on wrong usage.
    """
    from click.exceptions import Exit

    from conformance.cli.ending import INCONCLUSIVE, stop
    from conformance.cli.screen import screen
    from conformance.running.bisecting import bisect, changed_in, search_between
    from conformance.running.bisection import BisectionError
    from conformance.running.catalogue import check_case_ids, collect
    from conformance.running.claiming import claimed
    from conformance.running.own_redis import with_own_redis
    from conformance.running.progress import Steps
    from conformance.running.subjects import real_subjects

    console = screen()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    check_case_ids((case_id,), collect(options.case_folders))
    folder = results or Path("results") / f"bisect-{case_id}"
    subjects = real_subjects()
    with claimed(folder), with_own_redis(options) as equipped, Steps(console) as steps:
        search = search_between(
            good, bad, subjects, say, case_id=case_id, options=equipped, folder=folder, nightlies=nightlies
        )
        say(f"{case_id}: {len(search.versions) - 2} versions between {search.versions[0]} and {search.versions[-1]}")
        try:
            found = bisect(search, steps, subjects, lambda each: say(str(each)))
        except BisectionError as error:
            stop(INCONCLUSIVE, error)
    say(changed_in(search, found))
    say(f"results: {folder}")
    raise Exit(INCONCLUSIVE if found.between else 0)
