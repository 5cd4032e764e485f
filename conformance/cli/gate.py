"""`conformance gate`: candidate against baseline, the verdict, and its exit code."""

from pathlib import Path

import click

from conformance.cli import options


@click.command("gate")
@click.option(
    "--baseline",
    metavar="VERSION",
    default="previous",
    show_default=True,
    help="The version in use: previous, newest, or an exact one.",
)
@click.option(
    "--candidate",
    metavar="VERSION",
    default="newest",
    show_default=True,
    help="The version to upgrade to: newest, nightly, or an exact one.",
)
@options.world()
@options.case_ids()
@click.option(
    "--accept",
    "accepted",
    metavar="ID",
    multiple=True,
    help="A case that you can do without: shown, but no reason against the candidate. May be repeated.",
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/gate"),
    show_default=True,
    help="The folder for results, histories, logs, and the report as verdict.md, verdict.html and verdict.json.",
)
@options.cache_database()
@options.overlays("the candidate's")
def command(
    *,
    baseline: str,
    candidate: str,
    world: str,
    case_ids: tuple[str, ...],
    accepted: tuple[str, ...],
    results: Path,
    cache_database: str | None,
    overlays: tuple[str, ...],
) -> None:
    """Compare a candidate version with a baseline and decide about the upgrade.

    Runs both versions now, on the same cases, and runs again what regressed before believing it. Without options it
    compares the newest stable version with the one before it. The report is written beside the results.

    \b
    Exits 0  upgrade: every case was decided, and none speaks against the candidate
          1  regressed: a case that worked fails or is no longer supported, or one fails in a new way
          2  the suite or its environment broke in a case, so part of the contract was not seen
          3  inconclusive: drifted, flaky, nothing compared, no network, no environment
          4  wrong usage
    """
    from click.exceptions import Exit

    from conformance.cli.ending import BROKEN, WRONG_USAGE, stop
    from conformance.cli.screen import screen
    from conformance.report.html import verdict_html
    from conformance.report.machine import verdict_json
    from conformance.report.markdown import verdict_markdown
    from conformance.report.terminal import print_comparison
    from conformance.running.catalogue import CatalogueError, collect, planned
    from conformance.running.claiming import claimed
    from conformance.running.gating import Plan, clear, gate
    from conformance.running.progress import Steps
    from conformance.running.subjects import real_subjects
    from conformance.subject.errors import UnknownVersion

    console = screen()
    try:
        with console.status("collecting the cases"):
            cases = collect()
    except CatalogueError as error:
        stop(BROKEN, error)
    options.check_case_ids(case_ids, cases)
    options.check_case_ids(accepted, cases, option="--accept")
    options.check_world(world)
    wanted = planned(cases, world, case_ids)
    options.check_places(case_ids, cases, wanted, world)
    plan = Plan(
        baseline=baseline,
        candidate=candidate,
        world=world,
        requirements={key: case["requirement"] for key, case in wanted.items()},
        folder=results,
        chosen=case_ids,
        accepted=accepted,
        overlays=overlays,
        cache_database=cache_database,
    )
    reports = {"verdict.md": verdict_markdown, "verdict.html": verdict_html, "verdict.json": verdict_json}
    with claimed(results):
        clear(results, reports)
        try:
            with Steps(console) as steps:
                comparison = gate(plan, steps, real_subjects())
        except UnknownVersion as error:
            stop(WRONG_USAGE, error)
        for name, report in reports.items():
            (results / name).write_text(report(comparison), encoding="utf-8")
    print_comparison(console, comparison)
    console.print(f"report: {results / 'verdict.html'}", markup=False, highlight=False)
    raise Exit(comparison.verdict.exit_code)
