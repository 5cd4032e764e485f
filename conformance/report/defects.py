"""The known defects, and what results change in them, for a person at a terminal."""

import fnmatch
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.verdict.defects import UNREPORTED, Defects
from conformance.verdict.updating import Ran, Update


def print_defects(console: Console, defects: Defects, only: Sequence[str] = ("*",)) -> None:
    """Print each defect with its versions, issues, and how many cases show it."""
    table = Table(box=None, pad_edge=False)
    for column in ("defect", "versions", "upstream", "cases", "what a trader loses"):
        table.add_column(column, no_wrap=column in ("defect", "upstream"))
    shown = [defect for defect in defects.entries if any(_overlap(key, each) for key in defect.cases for each in only)]
    for defect in shown:
        versions = " or ".join(map(str, defect.versions))
        cases = " ".join(sorted(defect.cases)[:4]) + (f" … {len(defect.cases)}" if len(defect.cases) > 4 else "")
        upstream = " ".join(defect.upstream) or UNREPORTED
        table.add_row(*map(Text, (defect.id, versions, upstream, cases, defect.summary)))
    console.print(table)
    console.print(f"{len(shown)} defects", highlight=False)


def print_update(console: Console, update: Update, *, dry_run: bool = False) -> None:
    """Print what changed, and what somebody has to look at."""

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    changed, removed = ("would change", "would remove") if dry_run else ("changed", "removed")
    for defect in update.changed:
        say(f"{changed} {defect.id}: {len(defect.cases)} entries on {' or '.join(map(str, defect.versions))}")
    for defect in update.emptied:
        say(f"{removed} {defect.id}: no case shows it any more")
    for case in update.unsteady:
        say(f"unsteady, left as it was: {case}")
    for signature, seen in _by_signature(update.unexplained).items():
        say(f"of no known cause: {signature}")
        for case_id, versions in seen.items():
            say(f"    {case_id} on {', '.join(versions)}")
    if update.unexplained:
        say("put them down to a defect: --only CASE --defect ID (a new one also needs --summary)")
    if not (update.changed or update.emptied or update.unsteady or update.unexplained):
        say("nothing to change: the record is as the results show")


def _by_signature(unexplained: tuple[Ran, ...]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for ran in unexplained:
        versions = found.setdefault(str(ran.signature), {}).setdefault(ran.case, [])
        if str(ran.version) not in versions:
            versions.append(str(ran.version))
    return found


def _overlap(one: str, other: str) -> bool:
    """Whether of two ids or patterns one is among what the other stands for."""
    return fnmatch.fnmatchcase(one, other) or fnmatch.fnmatchcase(other, one)
