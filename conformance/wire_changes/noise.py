"""What is believed: a difference between two versions that no two runs of one version show.

Runs of one version differ too, in what depends on time. Nothing of that is listed here as an exception. A case that ran
again has sets of values on both sides, which must be disjoint (`differences`). For the rest three things are evidence
of noise: the same difference between two runs of one version; its opposite, since chance has no direction; and that it
does not come back where it was looked for again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.wire_changes.differences import Difference
from conformance.wire_changes.sides import Key, Sides, cases_of

#: A difference in fewer cases may be chance as long as nobody has looked again.
_ENOUGH = 3
#: How much more often one way than the other, or than between runs of one version.
_CLEARLY = 3


@dataclass(slots=True)
class Again:
    """What further runs showed of some cases: what came back, and what differs between runs of the same version."""

    looked: set[str] = field(default_factory=set)
    """The cases that both versions ran more than once."""
    noise: dict[Key, set[str]] = field(default_factory=dict)
    """Differences between two runs of one version, with their cases."""

    def add(self, case_id: str, of_one_version: Sequence[Difference]) -> None:
        """Take in one case that ran again."""
        self.looked.add(case_id)
        for each in of_one_version:
            self.noise.setdefault(each.key, set()).add(case_id)
            self.noise.setdefault(each.reverse, set()).add(case_id)


def believed(sides: Sides, again: Again) -> Mapping[Key, frozenset[str]]:
    """Return the differences that are believed, with their cases."""
    seen = sides.by_key()
    found: dict[Key, frozenset[str]] = {}
    for key, sightings in seen.items():
        cases, reverse = cases_of(sightings), cases_of(seen.get(sightings[0][1].reverse, ()))
        if not _is_noise(key, cases, reverse, again):
            found[key] = cases
    return found


def is_doubtful(cases: Collection[str], again: Again) -> bool:
    """Whether what so few cases show, none of which ran again, may be chance."""
    return len(cases) < _ENOUGH and again.looked.isdisjoint(cases)


def _is_noise(key: Key, cases: frozenset[str], reverse: frozenset[str], again: Again) -> bool:
    noise = again.noise.get(key, set())
    confirmed = cases & again.looked
    if not confirmed and len(cases) <= _CLEARLY * len(reverse):
        return True
    # Of the cases that ran again, as many must differ between the versions as would by far not within one.
    return bool(noise) and len(confirmed) <= _CLEARLY * len(noise)
