"""Mutants as people read them: on the terminal, and as a page with every survivor."""

from collections.abc import Sequence

from rich.console import Console

from conformance.proof.book import Trial
from conformance.proof.summary import Summary


def told(trial: Trial) -> str:
    """Return one trial in a line."""
    if trial.fate == "caught":
        return f"caught     {trial.mutant}: {trial.case or ''} {trial.found or ''}".rstrip()[:200]
    if trial.fate == "survived":
        return f"survived   {trial.mutant}: {trial.tried} of {trial.touched_by} cases that touch it"
    return f"{trial.fate:<10} {trial.mutant}{f': {trial.why}' if trial.why else ''}"


def print_summaries(console: Console, summaries: Sequence[Summary]) -> None:
    """Print the shares of each kind."""
    for each in summaries:
        console.print(
            f"{each.kind} mutants: {each.caught} of {each.reachable} that a USDⓈ-M trader can meet are caught, "
            f"{each.share_of_reachable:.0%}; of all {len(each.trials)}: {each.share_of_all:.0%}; "
            f"{each.seconds_a_catch:.1f} s to catch one",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def mutants_markdown(version: str, summaries: Sequence[Summary]) -> str:
    """Return the page: shares, survivors with line or field, and what is beyond a USDⓈ-M trader."""
    lines = [f"# Mutants of {version}", ""]
    for each in summaries:
        shares = f"{each.share_of_reachable:.0%} of the {each.reachable} that a USDⓈ-M trader can meet"
        counts = f"{len(each.trials)} tried, {each.caught} caught: {shares}, {each.share_of_all:.0%} of all."
        lines += [f"## {each.kind.title()}", "", counts, ""]
        if each.survivors:
            lines += ["| survivor | change | cases that touch it | played |", "|---|---|---|---|"]
            lines += [
                f"| `{trial.mutant}` | {_code(trial.text)} | {trial.touched_by} | {trial.tried} |"
                for trial in each.survivors
            ]
            lines.append("")
        if each.beyond:
            lines += ["| beyond a USDⓈ-M trader | mutants |", "|---|---|"]
            lines += [f"| {why} | {count} |" for why, count in each.beyond.most_common()]
            lines.append("")
    return "\n".join(lines)


def _code(text: str) -> str:
    shown = " ".join(text.split()).replace("|", "\\|")
    return f"`{shown[:80]}`" if shown else ""
