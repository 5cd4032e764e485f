"""Upstream's defects and the cases that catch them: a page, and a line on the terminal for each that is missed."""

from collections.abc import Sequence

from rich.console import Console

from conformance.proof.upstream import Catch, Held

_HEAD = """# Defects of upstream's, and what catches them

Made by `conformance defects --prove`, from runs of the cases on the versions named here. Each defect is one that
upstream's history or its users have told of and that a USDⓈ-M venue is concerned by. A case catches it if it is red on
the last version that has it and green on the first that has not; one that is still open can only be red.
"""


def caught_markdown(held: Sequence[Held]) -> str:
    """Return the page."""
    caught = [each for each in held if each.caught_by]
    without = [each for each in held if each.defect.reason is not None]
    lines = [_HEAD, f"{len(caught)} of {len(held)} are caught; {len(without)} have a reason why no case can.", ""]
    lines += ["| defect | what a trader loses | upstream | red on | green on | caught by, and what it says |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [_row(each) for each in held]
    return "\n".join(lines) + "\n"


def print_caught(console: Console, held: Sequence[Held]) -> None:
    """Print what is missed, with what its cases did, and the count."""

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    for each in held:
        if each.missed:
            say(f"missed: {each.defect.defect}: {each.defect.summary}")
            for catch in each.catches:
                say(f"    {catch.case_id}: {_told(each, catch)}")
    caught = sum(bool(each.caught_by) for each in held)
    missed = sum(each.missed for each in held)
    say(f"{caught} of {len(held)} defects are caught, {missed} missed")


def _row(held: Held) -> str:
    defect = held.defect
    shown = held.caught_by or held.catches
    said = [f"{catch.case_id}{_signature(catch) if held.caught_by else ' ' + _told(held, catch)}" for catch in shown]
    by = "<br>".join(said) if said else f"none: {defect.reason}"
    if held.missed:
        by = f"**missed** {by}"
    elif defect.reason is not None and said:
        by = f"{by}<br>{defect.reason}"
    versions = (defect.last_bad or "none", defect.first_good or "open")
    cells = (defect.defect, defect.summary, " ".join(defect.upstream), *versions, by)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _signature(catch: Catch) -> str:
    return f": {catch.bad.signature}" if catch.bad is not None and catch.bad.signature else ""


def _told(held: Held, catch: Catch) -> str:
    bad = "not run" if catch.bad is None else str(catch.bad.outcome)
    told = f"{bad} on {held.defect.last_bad or 'no version'}"
    if held.defect.first_good is None:
        return told
    good = "not run" if catch.good is None else str(catch.good.outcome)
    return f"{told}, {good} on {held.defect.first_good}"
