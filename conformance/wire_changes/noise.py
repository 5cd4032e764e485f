"""What is believed: a difference between two versions that no two runs of one version show.

Runs of one version differ too, in what depends on time. Nothing of that is listed here as an exception. A case that ran
again has sets of values on both sides, which must be disjoint (`differences`). For the rest three things are evidence
of noise: the same difference between two runs of one version; its opposite, since chance has no direction; and that too
few runs show it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.wire_changes.differences import TROUBLED, Difference
from conformance.wire_changes.sides import Key, Sides, cases_of
from conformance.wire_changes.wording import same_in_another_form

#: Runs of cases that must show a difference. A race that goes either way as often does so by chance once in 256 times
#: where one case was run again until there were so many, as the difference was found in the first of them.
_ENOUGH = 5
#: How much more often one way than the other, or than between runs of one version.
_CLEARLY = 3


@dataclass(slots=True)
class Again:
    """What further runs showed of some cases: how many there were, and what differs between those of one version."""

    runs: Counter[str] = field(default_factory=Counter)
    """Case → how often both versions ran it, beyond the first time."""
    noise: dict[Key, set[str]] = field(default_factory=dict)
    """Differences between two runs of one version, with their cases."""

    def add(self, case_id: str, runs: int, of_one_version: Sequence[Difference]) -> None:
        """Take in a case that both versions ran so often, with what differs within either."""
        self.runs[case_id] = runs - 1
        for each in of_one_version:
            self.noise.setdefault(each.key, set()).add(case_id)
            self.noise.setdefault(each.reverse, set()).add(case_id)


@dataclass(frozen=True, slots=True)
class Findings:
    """The differences that are believed, and those that too few runs show, each with its cases."""

    believed: Mapping[Key, frozenset[str]]
    in_doubt: Mapping[Key, frozenset[str]]
    """One key for each kind of difference, whatever the kinds of order and the figures."""
    unbelieved: Mapping[Key, frozenset[str]]
    """The same as they were seen, for `--doubtful`."""


def findings(sides: Sides, again: Again) -> Findings:
    """Return what is to be made of the differences."""
    seen = sides.by_key()
    likely: dict[Key, frozenset[str]] = {}
    for key, sightings in seen.items():
        cases, reverse = cases_of(sightings), cases_of(seen.get(sightings[0][1].reverse, ()))
        if not _is_noise(key, cases, reverse, again):
            likely[key] = cases
    together: dict[Key, set[str]] = defaultdict(set)
    for key, cases in likely.items():
        together[_coarse(key)].update(cases)
    doubted = {key for key, cases in together.items() if sum(1 + again.runs[case] for case in cases) < _ENOUGH}
    doubted |= {
        key
        for key in map(_coarse, filter(_is_asked_in_trouble(seen), likely))
        if not any(map(again.runs.get, together[key]))
    }
    doubted -= _instead(likely, doubted)
    return Findings(
        {key: cases for key, cases in likely.items() if _coarse(key) not in doubted},
        {key: frozenset(together[key]) for key in doubted},
        {key: cases for key, cases in likely.items() if _coarse(key) in doubted},
    )


def _is_asked_in_trouble(seen: Mapping[Key, Sequence[tuple[str, Difference]]]) -> Callable[[Key], bool]:
    """Return what tells the questions that a trader asked after something had gone wrong.

    How often it comes to ask depends on time, and one busy moment of the machine is shared by many cases: until some
    have run again, they count as one.
    """
    return lambda key: key[0] == "asks" and key[2].startswith("GET ") and any(d.stage == TROUBLED for _, d in seen[key])


def _coarse(key: Key) -> Key:
    """Return what a difference has in common with its like: not the kind of order, nor how much."""
    kind, about, item, before, after = key
    which = about if kind in ("carries", "says") else about.partition(" ")[0]
    if kind == "carries":
        which = " ".join(about.split(" ")[:2])
    absent = ("", "0")
    if before in absent or after in absent:
        return kind, which, "" if kind == "emits" else item, _some(before), _some(after)
    if kind in ("asks", "emits"):
        became = "more" if after > before else "other"
    else:
        became = "another form" if same_in_another_form(before, after) else "other"
    return kind, which, "" if kind == "emits" else item, "some", became


def _instead(likely: Mapping[Key, frozenset[str]], doubted: set[Key]) -> set[Key]:
    """Return what is doubted no longer: it is asked in place of what is believed to be asked no longer, or the reverse.

    All cases of it show the other half, for the same command.
    """
    believed: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for key, cases in likely.items():
        if _coarse(key) not in doubted and key[0] == "asks" and "0" in key[3:]:
            believed[_op(key), key[3] == "0"] |= cases
    halves: dict[Key, bool] = {}
    for key, cases in likely.items():
        if key[0] == "asks" and "0" in key[3:] and (coarse := _coarse(key)) in doubted:
            is_half = cases <= believed[_op(key), key[3] != "0"]
            halves[coarse] = is_half and halves.get(coarse, True)
    return {coarse for coarse, is_half in halves.items() if is_half}


def _op(key: Key) -> str:
    return key[1].partition(" ")[0]


def _some(value: str) -> str:
    return "" if value in ("", "0") else "some"


def _is_noise(key: Key, cases: frozenset[str], reverse: frozenset[str], again: Again) -> bool:
    confirmed = [case for case in cases if again.runs[case]]
    if not confirmed and len(cases) <= _CLEARLY * len(reverse):
        return True
    noise = again.noise.get(key, set())
    # Of the cases that ran again, as many must differ between the versions as would by far not within one.
    return bool(noise) and len(confirmed) <= _CLEARLY * len(noise)
