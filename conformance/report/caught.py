"""Upstream's defects and the cases that catch them: a page, and a line on the terminal for each that is missed."""

from collections.abc import Sequence

from rich.console import Console

from conformance.proof.upstream import Catch, Held

_HEAD = """# Defects of upstream's, and what catches them

Made by `conformance defects --prove`, from runs of the cases on the versions named here. Each defect is one that
upstream's history or its users have told of and that a USDⓈ-M venue is concerned by. A case catches it if it is red on
the last version that has it and green on the first that has not; one that is still open can only be red. "Told apart"
is what is red on both, but says something else: the defect is gone, and another that the case shows too has stayed.
"""


def caught_markdown(held: Sequence[Held]) -> str:
    """Return the page."""
    lines = [_HEAD, f"{_counts(held)}.", ""]
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
    say(_counts(held))


def _counts(held: Sequence[Held]) -> str:
    caught = [each for each in held if each.caught_by]
    rest = [each for each in held if not each.caught_by]
    apart = [each for each in rest if each.told_apart_by]
    unseen = [each for each in rest if each.defect.last_bad is None and not each.missed]
    missed = [each for each in rest if each.missed]
    reasons = len(rest) - len(apart) - len(unseen) - len(missed)
    return (
        f"{len(caught)} of {len(held)} defects are caught, {len(apart)} told apart, {len(unseen)} shown by no version, "
        f"{reasons} with a reason why no case can, {len(missed)} missed"
    )


def _row(held: Held) -> str:
    defect = held.defect
    shown = held.caught_by or held.told_apart_by or held.catches
    said = [f"{catch.case_id}{_signature(catch) if held.caught_by else ' ' + _told(held, catch)}" for catch in shown]
    by = "<br>".join(said) if said else f"none: {defect.reason}"
    if not held.caught_by and held.told_apart_by:
        by = f"told apart: {by}"
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
