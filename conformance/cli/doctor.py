"""`conformance doctor`: what is missing or wrong on this machine."""

import click


@click.command("doctor")
def command() -> None:
    """Say what is missing or wrong on this machine.

    Each line is ok, warn or missing, with a remedy. Exits 0 if nothing is missing that `conformance gate` needs in the
    simulator world, else 2. Credentials are reported as present or not, their values never.
    """
    import os
    from collections.abc import Callable

    from click.exceptions import Exit
    from rich.table import Table
    from rich.text import Text

    from conformance.cli import checkup
    from conformance.cli.checkup import Finding, State
    from conformance.cli.ending import BROKEN
    from conformance.cli.screen import screen
    from conformance.running.subjects import cache_folder, real_subjects

    console = screen()
    subjects = real_subjects()
    checks: dict[str, Callable[[], Finding]] = {
        "Python": checkup.python,
        "uv": checkup.uv,
        "the package index": lambda: checkup.index(subjects, "newest", "package index", State.MISSING),
        "the nightly index": lambda: checkup.index(subjects, "nightly", "nightly index", State.WARN),
        "the cache database": lambda: checkup.cache_database(os.environ),
        "credentials": lambda: checkup.credentials(os.environ),
        "the clock": checkup.clock,
        "stale subjects": checkup.stale_subjects,
        "cached environments": lambda: checkup.environments(cache_folder()),
    }
    findings = []
    with console.status("looking") as status:
        for name, check in checks.items():
            status.update(f"looking at {name}")
            findings.append(checkup.looked(name, check))
    styles = {State.OK: "green", State.WARN: "yellow", State.MISSING: "bold red"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for finding in findings:
        detail = finding.detail + (f"\n→ {finding.remedy}" if finding.remedy else "")
        table.add_row(Text(finding.state, style=styles[finding.state]), finding.what, Text(detail))
    console.print(table)
    missing = [finding.what for finding in findings if finding.state is State.MISSING]
    console.print(f"missing: {', '.join(missing)}" if missing else "nothing that the gate needs is missing")
    raise Exit(BROKEN if missing else 0)
