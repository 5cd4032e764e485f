"""`conformance explore`: programs made up from a seed, to find what no case asks for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions

if TYPE_CHECKING:
    from conformance.explore.exploring import Exploration
    from conformance.explore.memory import Memory

#: Options that an exploration does not take: it always plays on the simulator, and runs programs instead of cases.
_NOT_FOR_PROGRAMS = ("world", "tier", "case_ids", "case_folders", "results", "cassettes", "kept_by")


@click.command("explore")
@run_options(*_NOT_FOR_PROGRAMS, nautilus={"required": True})
@click.option("--against", metavar="VERSION", help="Show only what this other version does not show.")
@click.option("--wire", is_flag=True, help="With --against: also show requests and strategy's events that differ.")
@click.option("--seconds", type=click.FloatRange(min=10), help="Go on for so long, with all that belongs to it.")
@click.option("--programs", type=click.IntRange(min=1), help="Play so many programs.  [default: 200]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Where programs come from.")
@click.option(
    "--weights",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another file of weights.  [default: the suite's own exploration.toml]",
)
@click.option(
    "--database",
    metavar="PLACE",
    help="Remember what was found, and begin with it: a folder, redis://HOST:PORT/0, or github:OWNER/NAME.",
)
@click.option("--as-case", is_flag=True, help="Print each new finding as a case to paste, too.")
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/explore"),
    show_default=True,
    help="The folder for the findings, their timelines, the report as exploration.md, and outcome.json to compare.",
)
def command(
    *,
    options: RunOptions,
    against: str | None,
    wire: bool,
    seconds: float | None,
    programs: int | None,
    seed: int,
    weights: Path | None,
    database: str | None,
    as_case: bool,
    results: Path,
) -> None:
    """Explore a version with generated programs.

    Makes up sequences of commands, market moves, acts of others and faults, plays them on the simulator, and judges
    them by the invariants alone: whatever went wrong meanwhile, in the end the trader must have the venue's books. What
    is found is run again, made as small as it gets, and compared with the defects on record. docs/exploration.md
    explains.

    \b
    Exits 0  nothing new
          1  something that is not on record, or that the other version does not show
          2  most programs showed nothing, by the suite's own fault
          3  no network, no environment
          4  wrong usage
    """
    from click.exceptions import Exit

    from conformance.cli.screen import screen
    from conformance.explore.exploring import Limits
    from conformance.explore.weights import WEIGHTS_FILE
    from conformance.report.exploration import exploration_text, print_exploration
    from conformance.running.exploring import Plan, explore_versions, write_report
    from conformance.running.progress import Steps
    from conformance.running.subjects import real_subjects

    if wire and against is None:
        raise click.UsageError("--wire compares with another version; give it with --against VERSION")
    limits = Limits(programs=programs or (200 if seconds is None else None), seconds=seconds)
    plan = Plan(
        options=options,
        limits=limits,
        folder=results,
        against=against,
        wire=wire,
        seed=seed,
        weights=weights or WEIGHTS_FILE,
        memory=_memory(database),
    )
    console = screen()
    with Steps(console) as steps:
        title, found = explore_versions(plan, real_subjects(), steps)
    text = exploration_text(found, title, plan.summaries, cases=as_case)
    write_report(plan, text)
    print_exploration(console, text)
    print_exploration(console, f"findings: {results}")
    raise Exit(_exit_code(found))


def _memory(database: str | None) -> "Memory | None":
    """Return what remembers the findings at this place, if one is given."""
    from conformance.explore.memory import DatabaseError, Memory

    try:
        return None if database is None else Memory.at(database)
    except DatabaseError as error:
        raise click.BadParameter(str(error), param_hint="'--database'") from error


def _exit_code(found: "Exploration") -> int:
    """Return the command's exit code; against another version, a known defect speaks against this one too."""
    return 2 if len(found.broken) * 2 > found.programs else int(bool(found.against))
