"""Differences grouped into lines: sentences that a trader acts on, each with the cases that show it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from conformance.wire_changes import events, parameters, requests
from conformance.wire_changes.differences import TROUBLED
from conformance.wire_changes.sides import Key, Sides
from conformance.wire_changes.wording import Line

LONGEST = 25
"""More lines are not read."""


def told(sides: Sides, found: Mapping[Key, frozenset[str]]) -> tuple[Line, ...]:
    """Return the believed differences as lines; `found` names the cases of each.

    What changed comes before what is another way of the same; within both what costs money comes first, and of that
    what most cases show.
    """
    lines = _lines(sides, found)
    return tuple(sorted(lines, key=lambda each: (each.another_way, each.matter, -len(each.cases), each.text)))


def shown(lines: Sequence[Line], longest: int = LONGEST) -> tuple[Line, ...]:
    """Return the lines that are read of so many: what leads to the same has a quarter of the room, and what is left."""
    changes = tuple(line for line in lines if not line.another_way)
    other_ways = tuple(line for line in lines if line.another_way)
    room = max(longest // 4, longest - len(changes))
    return (*changes[: longest - min(room, len(other_ways))], *other_ways[:room])


def _lines(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Iterator[Line]:
    by_kind: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_kind[key[0]][key] = cases
    stages = _stages(sides, found)
    troubled = {key: frozenset(case for case, stage in seen if stage == TROUBLED) for key, seen in stages.items()}
    yield from requests.asked(by_kind["asks"], troubled, sides.bills)
    yield from parameters.carried(by_kind["carries"])
    yield from requests.connected(by_kind["connects"])
    yield from requests.paced(by_kind["paces"])
    yield from events.emitted(by_kind["emits"], stages)
    yield from events.said(by_kind["says"])
    yield from events.ordered(by_kind["in order"])


def _stages(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Mapping[Key, Sequence[tuple[str, str]]]:
    """Return in which cases and circumstances each difference was seen."""
    return {
        key: [(case_id, each.stage) for case_id, each in seen if case_id in found[key]]
        for key, seen in sides.by_key().items()
        if key in found
    }
