"""What the commands of the proof share: a session on a version that is made ready, and the proof by real defects."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Never

from click.exceptions import Exit
from rich.console import Console

from conformance.proof.session import Session
from conformance.proof.upstream import hold, load_upstream
from conformance.report.caught import caught_markdown, print_caught
from conformance.running.options import RunOptions
from conformance.running.own_redis import with_own_redis
from conformance.running.progress import Steps
from conformance.running.proving import read_ran, run_wanted
from conformance.running.subjects import make_ready, real_subjects, version_of


def session_for(options: RunOptions, what: str, results: Path | None, console: Console, at_most: int = 60) -> Session:
    """Return a session as asked for, its version installed; raises a `ProvisionError`."""
    with Steps(console) as steps:
        wanted, indexes = {"subject": options.nautilus}, {"subject": options.index}
        exact = make_ready(real_subjects(), wanted, steps, python=options.python, indexes=indexes)["subject"]
    folder = results or Path("results") / f"{what}-{version_of(exact)}"
    return Session(
        version=exact,
        folder=folder.absolute(),
        profile=options.profile,
        tier=options.tier,
        case_ids=options.case_ids,
        python=options.python,
        index=options.index,
        cache_database=options.cache_database,
        at_most=at_most,
        processes=options.workers_for(1000),
    )


def prove_and_exit(
    console: Console, known_ids: Collection[str], files: Sequence[Path], page: Path | None, workers: int | None
) -> Never:
    """Hold upstream's defects against results, which are made where none are given; exit 1 if one is missed."""
    defects = load_upstream(known_ids=known_ids)
    if files:
        ran = read_ran(files)
    else:
        with with_own_redis(RunOptions(workers=workers)) as options, Steps(console) as steps:
            ran = run_wanted(defects, options, Path("results") / "proof", steps, real_subjects())
    held = hold(defects, ran)
    print_caught(console, held)
    if page is not None:
        page.write_text(caught_markdown(held), encoding="utf-8")
        console.print(f"page: {page}", markup=False, highlight=False)
    raise Exit(1 if any(each.missed for each in held) else 0)
