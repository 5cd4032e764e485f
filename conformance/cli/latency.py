"""`conformance latency`: how fast a version is, alone or beside another."""

from pathlib import Path

import click


@click.command("latency")
@click.option("--nautilus", "version", metavar="VERSION", required=True, help="The version to measure.")
@click.option("--against", metavar="VERSION", help="Another version, measured in turns with the first.")
@click.option(
    "--samples",
    type=click.IntRange(min=20),
    default=400,
    show_default=True,
    help="Orders of each kind and version; 1000 tell a p99.9 from the maximum.",
)
@click.option("--python", metavar="3.X", help="The Python that runs them.  [default: the newest with a wheel]")
@click.option("--index", metavar="URL", help="The package index to install the measured version from.")
@click.option(
    "--budgets",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another budgets file.  [default: the project's own]",
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results/latency"),
    show_default=True,
    help="The folder for the measurement, its histories, and the report as latency.md and latency.json.",
)
def command(
    *,
    version: str,
    against: str | None,
    samples: int,
    python: str | None,
    index: str | None,
    budgets: Path | None,
    results: Path,
) -> None:
    """Measure the latency of a version, or of two side by side.

    From the strategy's submit to the request on the wire, and from the frame on the wire to the event in the strategy,
    for market and limit orders, on the simulator. Shows pytest-benchmark's table and HdrHistogram's percentiles, and
    judges them by the budgets in fixtures/budgets.yaml. With --against the versions take turns, round after round, so
    that a noisy machine disturbs both alike, and the first is compared with the second.

    \b
    Exits 0  within all budgets, and not slower than the other version
          1  beyond a budget, or slower by more than the factor in the budgets file
          2  the suite or its environment broke, or an interval could not be measured
          3  no network, no environment
          4  wrong usage
    """
    from click.exceptions import Exit

    from conformance.cli.screen import screen
    from conformance.latency.budgets import BUDGETS_FILE, load_budgets
    from conformance.latency.judging import judge
    from conformance.report.latency import latency_json, latency_markdown, print_latency
    from conformance.running.measuring import Plan, measure_versions, show_benchmark
    from conformance.running.progress import Steps
    from conformance.running.subjects import real_subjects

    ceilings = load_budgets(budgets or BUDGETS_FILE)
    console = screen()
    asked = Plan(measured=version, against=against, samples=samples, folder=results, python=python, index=index)
    with Steps(console) as steps:
        plan, measurement = measure_versions(asked, real_subjects(), steps)
    judgement = judge(measurement, ceilings)
    (results / "latency.md").write_text(latency_markdown(judgement), encoding="utf-8")
    (results / "latency.json").write_text(latency_json(judgement), encoding="utf-8")
    show_benchmark(plan)
    print_latency(console, judgement)
    console.print(f"report: {results / 'latency.md'}", markup=False, highlight=False)
    raise Exit(int(judgement.decision))
