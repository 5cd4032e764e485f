"""`conformance mutants`: whether the contract sees what it should."""

from pathlib import Path

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions


@click.command("mutants")
@run_options(
    "world", "case_folders", "overlays", "results", "cassettes", "defects", "kept_by", nautilus={"required": True}
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(["wire", "source"]),
    multiple=True,
    help="A faulty adapter on the wire, of any version, or changes of a 1.x adapter's source.  [default: both]",
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only so many of each kind, drawn by --seed.")
@click.option("--mutant", "named", metavar="ID", multiple=True, help="Only this one, as the report names it.")
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the sample, the same every time.")
@click.option(
    "--at-most",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    help="The cases played for one mutant: one that all these miss counts as survived.",
)
@click.option(
    "--at-least", type=click.IntRange(0, 100), default=0, help="The share of what can be met that must be caught, in %."
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the basis, the book of trials and mutants.md.  [default: results/mutants-VERSION]",
)
def command(
    *,
    options: RunOptions,
    kinds: tuple[str, ...],
    sample: int | None,
    named: tuple[str, ...],
    seed: int,
    at_most: int,
    at_least: int,
    results: Path | None,
) -> None:
    """Break a version on purpose, one thing at a time, and see whether a case says so.

    A wire mutant plays a faulty adapter between the trader and the gateway: a request's field dropped or changed, a
    request sent twice or never, an answer misread, an event hidden, doubled or altered. A source mutant changes one
    expression of a 1.x adapter. Each is tried by the cases that touch it, which are measured first, until one does
    something else than on the version as it is, twice. What was tried before in the same folder is not tried again;
    several commands may share it.

    Exits 0, or 1 if less than --at-least is caught, 2 if the proof could not be made, 4 on wrong usage.
    """
    from click.exceptions import Exit

    from conformance.cli.proving import session_for
    from conformance.cli.screen import screen
    from conformance.proof.session import check_asked, chosen, draw, measure, try_all
    from conformance.proof.summary import summaries
    from conformance.report.mutants import mutants_markdown, print_summaries, told
    from conformance.running.own_redis import with_own_redis

    console = screen()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    with with_own_redis(options) as equipped:
        session = session_for(equipped, "mutants", results, console, at_most)
        check_asked(session, kinds, named)
        measure(session, say)
        asked = kinds or (("wire", "source") if session.is_python else ("wire",))
        drawn = chosen(session, named) if named else draw(session, asked, sample, seed)
        trials = try_all(session, drawn, lambda trial: say(told(trial)))
    found = summaries(trials)
    page = session.folder / "mutants.md"
    page.write_text(mutants_markdown(session.version, found), encoding="utf-8")
    print_summaries(console, found)
    say(f"report: {page}")
    raise Exit(0 if all(each.share_of_reachable * 100 >= at_least for each in found) else 1)
