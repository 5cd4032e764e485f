"""`conformance vacuity`: which cases show nothing."""

from pathlib import Path

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions


@click.command("vacuity")
@run_options(
    "world", "case_folders", "overlays", "results", "cassettes", "defects", "kept_by", nautilus={"required": True}
)
@click.option(
    "--trader", "wanted", metavar="NAME", multiple=True, help="Only this trader; may be repeated.  [default: all]"
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for what was played; a run again there goes on.  [default: results/vacuity-VERSION]",
)
def command(*, options: RunOptions, wanted: tuple[str, ...], results: Path | None) -> None:
    """Run the cases on traders that do not do their work, and list those that still pass.

    Traders that carry out no command, accept without sending, swallow the stream, accept at once, or never reconcile
    (patches of a 1.x adapter), and gateways that never answer. A case that passes needs a reason in
    fixtures/proof/vacuity.toml: its requirement forbids something that a trader without activity does not do either.

    Exits 0 if every pass is explained, 1 if not or if a reason explains nothing any more, 2 if it could not be run,
    4 on wrong usage.
    """
    from click.exceptions import Exit

    from conformance.cli.proving import session_for
    from conformance.cli.screen import screen
    from conformance.nearest import nearest
    from conformance.proof.vacuity import vacuity
    from conformance.proof.vacuous import traders
    from conformance.running.own_redis import with_own_redis

    console = screen()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    known = traders()
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"--trader: there is no trader {name!r}{nearest(name, known)}: {', '.join(known)}")
    with with_own_redis(options) as equipped:
        session = session_for(equipped, "vacuity", results, console)
        names = wanted or (tuple(known) if session.is_python else ())
        if not session.is_python:
            raise click.UsageError(f"the traders are patches of a 1.x adapter; {session.version} has none in Python")
        found, idle = vacuity(
            session, names, lambda trial: say(f"passes     {trial.mutant}") if trial.fate == "survived" else None
        )
    for trader, case_id in found.unexplained:
        say(f"passed without a reason: {case_id} on a trader that {trader}: {known[trader]}")
    for row in idle:
        say(f"explains nothing any more: {row}")
    count = len(found.unexplained)
    say(f"{len(found.passed)} passes on {len(names)} traders that do not do their work, {count} unexplained")
    raise Exit(1 if found.unexplained or idle else 0)
