"""`conformance doctor`: what is missing or wrong on this machine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from conformance.cli.checkup import Finding


@click.command("doctor")
def command() -> None:
    """Say what is missing or wrong on this machine.

    Each line is ok, warn or missing, with a remedy. Exits 0 if nothing is missing that `conformance gate` needs in the
    simulator world, else 2. Credentials are reported as present or not, their values never.
    """
    from click.exceptions import Exit

    from conformance.cli import checkup
    from conformance.cli.ending import BROKEN
    from conformance.cli.screen import screen

    console = screen()
    with console.status("looking") as status:
        findings = list(checkup.findings(lambda name: status.update(f"looking at {name}")))
    console.print(_table(findings))
    missing = [finding.what for finding in findings if finding.state is checkup.State.MISSING]
    console.print(f"missing: {', '.join(missing)}" if missing else "nothing that the gate needs is missing")
    raise Exit(BROKEN if missing else 0)


def _table(findings: "Sequence[Finding]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from conformance.cli.checkup import State

    styles = {State.OK: "green", State.WARN: "yellow", State.MISSING: "bold red"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for finding in findings:
        detail = finding.detail + (f"\n→ {finding.remedy}" if finding.remedy else "")
        table.add_row(Text(finding.state, style=styles[finding.state]), finding.what, Text(detail))
    return table
