"""Differences grouped into lines: sentences that a trader acts on, each with the cases that show it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.wire_changes import events, parameters, requests
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
    lines = sorted(_lines(sides, found), key=lambda each: (-len(each.cases), each.text))
    changes = [line for line in lines if not line.another_way]
    other_ways = [line for line in lines if line.another_way]
    # Neither crowds out the other: what leads to the same has a quarter of the room, and what is left of the rest.
    room = max(longest // 4, longest - len(changes))
    shown = (*changes[: longest - min(room, len(other_ways))], *other_ways[:room])
    return Told(shown, len(lines) - len(shown))


def _lines(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Iterator[Line]:
    by_kind: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_kind[key[0]][key] = cases
    yield from requests.asked(by_kind["asks"], sides.bills)
    yield from parameters.carried(by_kind["carries"])
    yield from requests.connected(by_kind["connects"])
    yield from requests.paced(by_kind["paces"])
    yield from events.emitted(by_kind["emits"], _stages(sides, found))
    yield from events.said(by_kind["says"])
    yield from events.ordered(by_kind["in order"])


def _stages(sides: Sides, found: Mapping[Key, frozenset[str]]) -> Mapping[Key, Sequence[tuple[str, str]]]:
    """Return in which cases and circumstances each difference of the emitted events was seen."""
    return {
        key: [(case_id, each.stage) for case_id, each in seen if case_id in found[key]]
        for key, seen in sides.by_key().items()
        if key in found
    }
