"""`conformance gate`: candidate against baseline, the verdict, and its exit code."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli.options import run_options
from conformance.running.options import RunOptions

if TYPE_CHECKING:
    from conformance.report.comparison import Comparison
    from conformance.running.gating import Plan
    from conformance.running.progress import Steps


@click.command("gate")
@click.option(
    "--baseline",
    metavar="VERSION",
    default="stable",
    show_default=True,
    help="The version in use: stable, previous, newest, or an exact one.",
)
@click.option(
    "--candidate",
    metavar="VERSION",
    default="newest",
    show_default=True,
    help="The version to upgrade to: newest, nightly, an exact one, or a build of your own: a wheel, a folder with "
    "wheels, a checkout, or git+URL@REVISION.",
)
@run_options("nautilus", "results", "profile", "kept_by")
@click.option(
    "--profile",
    "profiles",
    metavar="NAME|FILE",
    multiple=True,
    default=["default"],
    show_default=True,
    help="How the traders are configured: a built-in profile, such as default or checks, or a TOML file of your own. "
    "May be repeated: every case is then run in each.",
)
@click.option(
    "--accept",
    "accepted",
    metavar="ID",
    multiple=True,
    help="A case that you can do without: shown, but no reason against the candidate. May be repeated.",
)
@click.option(
    "--explore",
    "seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=30),
    help="Play programs on both versions for so long, too, in each profile: what they show on the candidate alone "
    "speaks against it.",
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/gate"),
    show_default=True,
    help="The folder for results, histories, logs, and the report as verdict.md, .html, .json and .junit.xml.",
)
def command(
    *,
    baseline: str,
    candidate: str,
    options: RunOptions,
    profiles: tuple[str, ...],
    accepted: tuple[str, ...],
    seconds: float | None,
    results: Path,
) -> None:
    """Compare a candidate version with a baseline and decide about the upgrade.

    Runs both versions now, on the same cases, and runs again what regressed before believing it. Without options it
    compares the newest stable version with the newest release, pre-releases included. The report is written beside
    the results.

    \b
    Exits 0  upgrade: every case was decided, and none speaks against the candidate
          1  regressed: a case that worked fails or is no longer supported, or one fails in a new way
          2  the suite or its environment broke in a case, so part of the contract was not seen
          3  inconclusive: drifted, flaky, nothing compared, no network, no environment
          4  wrong usage
    """
    from click.exceptions import Exit

    from conformance.cli.screen import screen
    from conformance.report.folder import write_reports
    from conformance.running.catalogue import collect
    from conformance.running.claiming import claimed
    from conformance.running.explaining import explained
    from conformance.running.gating import Plan
    from conformance.verdict.defects import load_defects

    with screen().status("collecting the cases"):
        requirements = _requirements(options, profiles, accepted)
    plan = Plan(
        baseline=baseline,
        candidate=candidate,
        options=options,
        requirements=requirements,
        folder=results,
        profiles=profiles,
        accepted=accepted,
    )
    with claimed(results):
        comparison = _gated(plan, seconds)
        # Earlier results are gone by now: a report that cannot be written must not cost the results of the run.
        comparison = explained(comparison, collect(options.case_folders), load_defects(options.defects))
        write_reports(comparison, results)
    _show(comparison, results / "verdict.html")
    raise Exit(comparison.verdict.exit_code)


def _gated(plan: "Plan", seconds: float | None) -> "Comparison":
    """Run the gate and, for so many seconds, programs; whatever an earlier gate left goes only if this one ends."""
    from conformance.cli.screen import screen
    from conformance.report.folder import REPORTS
    from conformance.running.gating import gate
    from conformance.running.own_redis import with_own_redis
    from conformance.running.progress import Steps
    from conformance.running.replacing import replaced
    from conformance.running.subjects import real_subjects

    with replaced(plan.folder, REPORTS), with_own_redis(plan.options) as equipped, Steps(screen()) as steps:
        plan = replace(plan, options=equipped)
        comparison = gate(plan, steps, real_subjects())
        return comparison if seconds is None else _explored(comparison, plan, seconds, steps)


def _show(comparison: "Comparison", page: Path) -> None:
    """Show the verdict in the terminal, and on GitHub where this runs there."""
    from conformance.cli.screen import screen
    from conformance.report.github import annotations, heard_by_nobody, on_github, summarise
    from conformance.report.terminal import print_comparison

    with heard_by_nobody():
        print_comparison(screen(), comparison)
    if on_github():
        summarise(comparison)
        for line in annotations(comparison):
            click.echo(line)
    screen().print(f"report: {page}", markup=False, highlight=False)


def _explored(comparison: "Comparison", plan: "Plan", seconds: float, steps: "Steps") -> "Comparison":
    """Return the comparison with what programs show on the candidate alone, their report beside the results."""
    from conformance.explore.exploring import Limits
    from conformance.running.exploring import Plan as Exploring
    from conformance.running.exploring import with_exploration
    from conformance.running.replacing import IN_PROFILE
    from conformance.running.subjects import real_subjects

    several = len(plan.by_profile()) > 1
    exploring = {
        name: Exploring(
            options=replace(plan.options, nautilus=plan.candidate, profile=profile),
            limits=Limits(seconds=seconds),
            folder=plan.folder / (f"explore{IN_PROFILE}{name}" if several else "explore"),
            against=plan.baseline,
        )
        for name, profile in plan.by_profile().items()
    }
    return with_exploration(comparison, exploring, real_subjects(), steps)


def _requirements(options: RunOptions, profiles: tuple[str, ...], accepted: tuple[str, ...]) -> dict[str, str]:
    """Return the requirement of every case that is to be run, by id, having checked what was asked for."""
    from conformance.running.catalogue import check_case_ids, collect, planned
    from conformance.running.profiles import check_profiles
    from conformance.worlds.entering import check as check_world

    check_profiles(profiles)
    check_world(options.world, options.cassettes)
    cases = collect(options.case_folders)
    check_case_ids(accepted, cases, option="--accept")
    return {case_id: case["requirement"] for case_id, case in planned(options, cases).items()}
