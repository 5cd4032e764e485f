"""What changed on the wire, as people and programs read it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.verdict.results import Results
from conformance.wire_changes.comparison import WireChanges
from conformance.wire_changes.lines import LONGEST, shown
from conformance.wire_changes.wording import Line

HEADING = "what changed on the wire"
OTHER_WAYS = "the same in another way"
REPORTS = "all are in verdict.html and verdict.json"


def wire_lines(wire: WireChanges, longest: int = LONGEST, rest_at: str = REPORTS) -> Iterator[str]:
    """Yield the changes for a terminal: the number of cases, the sentence, and a case that shows it.

    At most `longest` lines; `rest_at` says where the others are read.
    """
    told = shown(wire.lines, longest)
    yield f"{HEADING} ({wire.cases} cases compared)"
    if not wire.lines:
        yield "  nothing"
    for heading, another_way in (("", False), (OTHER_WAYS, True)):
        lines = [line for line in told if line.another_way is another_way]
        if lines and heading:
            yield f"  {heading}:"
        yield from (f"  {len(line.cases):5}  {line.text}  [{line.cases[0]}]" for line in lines)
    if len(wire.lines) > len(told):
        yield f"  {len(wire.lines) - len(told)} more: {rest_at}"
    yield from (f"  {remark}" for remark in remarks(wire))


def doubtful_lines(wire: WireChanges) -> Iterator[str]:
    """Yield the differences that may be chance, in the form of the changes."""
    if wire.in_doubt:
        yield "  in doubt:"
    yield from (f"  {len(line.cases):5}  {line.text}  [{line.cases[0]}]" for line in wire.in_doubt)


def remarks(wire: WireChanges) -> Iterator[str]:
    """Yield what the lines leave out, in words."""
    if wire.doubtful:
        yield f"{wire.doubtful} more are not told: so few cases show them that they may be chance"
    yield from wire.notes


def wire_markdown(wire: WireChanges, sides: tuple[Results, Results] | None = None) -> Iterator[str]:
    """Yield the changes as Markdown, each with its cases and links to both histories of the first."""
    yield from ("", f"### What changed on the wire ({wire.cases} cases compared)", "")
    if not wire.lines:
        yield "Nothing."
    told = shown(wire.lines)
    for heading, another_way in (("", False), ("The same in another way:", True)):
        lines = [line for line in told if line.another_way is another_way]
        if lines and heading:
            yield from ("", heading, "")
        yield from (f"- {_said(line)}{_links(line, sides)}" for line in lines)
    if len(wire.lines) > len(told):
        yield from ("", f"{len(wire.lines) - len(told)} more: {REPORTS}.")
    for remark in remarks(wire):
        yield from ("", remark)


def _said(line: Line) -> str:
    # The line is the suite's own wording. Within code nothing is markup; outside, a `<` would be.
    parts = line.text.split("`")
    escaped = (part if nth % 2 else part.replace("<", "&lt;") for nth, part in enumerate(parts))
    return f"{'`'.join(escaped)} ({_count(line)})"


def _links(line: Line, sides: tuple[Results, Results] | None) -> str:
    paths = histories_of(line, sides)
    if not paths:
        return ""
    links = (f"[{side}]({path})" for side, path in paths.items())
    return f": {line.cases[0]} {' · '.join(links)}"


def _count(line: Line) -> str:
    return f"{len(line.cases)} cases" if len(line.cases) != 1 else "1 case"


def histories_of(line: Line, sides: tuple[Results, Results] | None) -> Mapping[str, str]:
    """Return where both histories of a line's first case lie, from the folder of the candidate's results."""
    if sides is None:
        return {}
    base = sides[1].path.absolute().parent if sides[1].path is not None else Path.cwd()
    found = {name: side.history_of(line.cases[0]) for name, side in zip(("baseline", "candidate"), sides, strict=True)}
    return {name: os.path.relpath(path.absolute(), base) for name, path in found.items() if path is not None}


def _data(line: Line, sides: tuple[Results, Results] | None) -> Mapping[str, Any]:
    return {
        "text": line.text,
        "another_way": line.another_way,
        "cases": list(line.cases),
        "histories": histories_of(line, sides),
    }


def wire_data(wire: WireChanges, sides: tuple[Results, Results] | None = None) -> Mapping[str, Any]:
    """Return the changes for programs."""
    return {
        "cases": wire.cases,
        "lines": [_data(line, sides) for line in wire.lines],
        "in_doubt": [_data(line, sides) for line in wire.in_doubt],
        "left_out": {"more": 0, "doubtful": wire.doubtful},
        "notes": list(wire.notes),
    }
