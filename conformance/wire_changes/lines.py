"""Differences grouped into lines: sentences that a trader acts on, each with the cases that show it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.wire_changes import events, requests
from conformance.wire_changes.sides import Key, Sides
from conformance.wire_changes.wording import Line

LONGEST = 25
"""More lines are not read."""


@dataclass(frozen=True, slots=True)
class Told:
    """The lines of a comparison, most cases first: what changed, then what is another way of the same."""

    lines: tuple[Line, ...]
    more: int = 0
    """How many lines were left out."""


def told(sides: Sides, found: Mapping[Key, frozenset[str]], longest: int = LONGEST) -> Told:
    """Return the believed differences as lines; `found` names the cases of each."""
    lines = sorted(_lines(sides, found), key=lambda each: (each.another_way, -len(each.cases), each.text))
    return Told(tuple(lines[:longest]), max(0, len(lines) - longest))


def _lines(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Iterator[Line]:
    by_kind: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_kind[key[0]][key] = cases
    yield from requests.asked(by_kind["asks"], sides.bills)
    yield from requests.carried(by_kind["carries"])
    yield from requests.connected(by_kind["connects"])
    yield from events.emitted(by_kind["emits"], _stages(sides, found))
    yield from events.said(by_kind["says"])
    yield from events.ordered(by_kind["in order"])


def _stages(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Mapping[Key, Sequence[str]]:
    """Return in which circumstances each difference of the emitted events was seen, once for each sighting."""
    return {
        key: [each.stage for case_id, each in seen if case_id in found[key]]
        for key, seen in sides.by_key().items()
        if key in found
    }
