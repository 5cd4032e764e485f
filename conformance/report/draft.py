"""A draft of an issue for NautilusTrader, from what one run has seen of a defect: its words are left to a person."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from conformance.history.excerpt import excerpt
from conformance.history.history import History
from conformance.verdict.defects import Defect
from conformance.verdict.results import CaseResult, Results

TO_WRITE = "TO WRITE:"
"""What marks a place that a person fills; no draft on record has one."""

_WIDTH = 120


class DraftError(ValueError):
    """No draft can be made: the run has not seen the defect, or its histories are gone."""


def draft(defect: Defect, results: Results, catalogue: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the draft as Markdown, of the shown case whose wire is the shortest.

    Raises `DraftError` where no case of the results failed by the defect, or none of them has a history.
    """
    shown = [case for case in results.cases.values() if case.defect == defect.id and case.signature]
    if not shown:
        raise DraftError(
            f"{results.path}: no case failed by {defect.id} on {results.header.subject}; the record has it on "
            f"{', '.join(map(str, defect.versions))}: run one of its cases there with --results"
        )
    wires = {case.id: wire for case in shown if (wire := _wire(case, results)) is not None}
    if not wires:
        raise DraftError(f"{results.path}: the histories of {', '.join(case.id for case in shown)} are gone; run again")
    of = min(wires, key=lambda case_id: wires[case_id].count("\n"))
    return (
        "\n".join(_lines(defect, results.header.subject, [case.id for case in shown], catalogue[of], wires[of])) + "\n"
    )


def _wire(case: CaseResult, results: Results) -> str | None:
    path = results.history_of(case.id)
    return None if path is None else excerpt(list(History.read(path).entries), case.signature or "")


def _lines(defect: Defect, version: str, shown: list[str], case: Mapping[str, Any], wire: str) -> Iterator[str]:
    yield f"# Draft: {defect.summary}"
    yield ""
    named = ", ".join(f"`{case_id}`" for case_id in shown)
    versions = ", ".join(map(str, defect.versions))
    yield fill(f"For NautilusTrader; not sent. Shown by {named}. Seen on {versions}.", _WIDTH, break_on_hyphens=False)
    yield from ("", "## What happens", "")
    yield f"{TO_WRITE} what the strategy sees and what the venue has, and the adapter's file and function that does it."
    yield from ("", "## Wire", "", f"Times in ms, from the history of `{case['id']}` on {version}.", "", "```text")
    yield wire
    yield from ("```", "", "## What would be right", "", fill(f"The case requires: {case['requirement']}", _WIDTH))
    if case.get("rule"):
        yield f"Binance: {case['rule']}"
    yield f"{TO_WRITE} Binance's document by its name, and what the adapter would do by it."
    yield from ("", "## To reproduce", "", "```console")
    yield f"conformance run --nautilus {version} --case {case['id']}"
    yield "```"
