"""An exploration: programs made up and played, what they show made small, grouped, and told from what is known."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from conformance.explore.findings import Finding, Record
from conformance.explore.playhouse import Played, Sign
from conformance.explore.program import Program
from conformance.explore.shrinking import Shrunk
from conformance.explore.situations import Situation

#: What is left of the time after so much of it is for what was found.
_PLAYING = 0.6
#: Of the time for a finding, the rest is for its proofs.
_SHRINKING = 0.7
#: One sign may have several causes: so often a program is made small whose sign the smaller ones do not explain.
_WAVES = 3
#: Where only the number of programs is limited, a wave may take so long: what is found must not depend on the machine.
_LONG_S = 3600.0


class Company(Protocol):
    """Those who play programs, several at a time."""

    @property
    def players(self) -> int:
        """How many play at the same time."""
        ...

    def play(self, program: Program) -> Future[Played]:
        """Have one of them play a program."""
        ...

    def shrink(self, program: Program, key: tuple[str, str], seconds: float) -> Future[Shrunk]:
        """Have one of them make a program small."""
        ...


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long an exploration goes on: so many programs, or so many seconds with all that belongs to it."""

    programs: int | None = None
    seconds: float | None = None


@dataclass
class Exploration:
    """What an exploration has come to."""

    findings: list[Finding] = field(default_factory=list)
    played: list[Program] = field(default_factory=list)
    """The programs, in the order in which they were made up."""
    seconds: float = 0.0
    playing_seconds: float = 0.0
    """Of `seconds`, those in which programs were made up and played, and none made small."""
    known: dict[str, int] = field(default_factory=dict)
    """Defect → how many programs showed it."""
    unexamined: dict[str, int] = field(default_factory=dict)
    """Signature → how many programs showed it that no finding explains, for want of time."""
    broken: list[str] = field(default_factory=list)
    """What kept a program from showing anything, by the suite's or the machine's fault."""
    situations: dict[Situation, int] = field(default_factory=dict)
    beside: dict[str, int] = field(default_factory=dict)
    """Signature → how many programs showed it beside a known defect, whose consequence it may be, and only so."""
    shown: int = 0
    """How many programs showed anything."""
    compared: bool = False
    """Whether findings are what one version shows and another does not."""

    @property
    def programs(self) -> int:
        """How many programs were played."""
        return len(self.played)

    @property
    def rate(self) -> float:
        """Programs a second, while they were played."""
        return self.programs / self.playing_seconds if self.playing_seconds else 0.0

    @property
    def new(self) -> list[Finding]:
        """The findings that no defect on record explains."""
        return [finding for finding in self.findings if not finding.known]

    @property
    def against(self) -> list[Finding]:
        """The findings that speak against the version: on record for it or not, where it is compared with another."""
        return [finding for finding in (self.findings if self.compared else self.new) if self.believes(finding)]

    def believes(self, finding: Finding) -> bool:
        """Whether a finding is one: it came back, and of a comparison, in most runs of its program."""
        return finding.shows_mostly if self.compared else finding.came_back


@dataclass(frozen=True)
class _Sighting:
    program: Program
    sign: Sign


def explore(
    programs: Iterator[Program],
    company: Company,
    record: Record,
    limits: Limits,
    *,
    known_too: bool = False,
    on_played: Callable[[Exploration], None] = lambda _: None,
    on_shrinking: Callable[[str], None] = lambda _: None,
    now: Callable[[], float] = time.monotonic,
) -> Exploration:
    """Play programs within the limits, examine what they show, and return all of it.

    With `known_too` known defects are examined like all else, and only named: where two versions are compared, no
    record hides what the one shows and the other does not.
    """
    result = Exploration(compared=known_too)
    began = now()
    ends = None if limits.seconds is None else began + limits.seconds
    playing_ends = None if limits.seconds is None else began + limits.seconds * _PLAYING

    def may_begin(asked: int) -> bool:
        return (limits.programs is None or asked < limits.programs) and (playing_ends is None or now() < playing_ends)

    def left_s() -> float:
        return _LONG_S if ends is None else ends - now()

    shown = []
    for program, played in _performances(programs, company, may_begin):
        result.played.append(program)
        shown.append(played)
        result.shown += bool(played.signs)
        on_played(result)
    # By now every player has a subject that runs: what no busy machine let start is played after all.
    for index, program in enumerate(result.played):
        if shown[index].broken and left_s() > 0:
            shown[index] = company.play(program).result()
    for played in shown:
        _counts(result, played)
    result.shown = sum(bool(played.signs) for played in shown)
    result.playing_seconds = now() - began
    pairs = zip(result.played, shown, strict=True)
    sightings = [_Sighting(program, sign) for program, played in pairs for sign in played.signs]
    _Examination(company, record, result, left_s, on_shrinking).of(sightings, known_too=known_too)
    result.seconds = now() - began
    return result


def _performances(
    programs: Iterator[Program], company: Company, may_begin: Callable[[int], bool]
) -> Iterator[tuple[Program, Played]]:
    """Have programs played, some ahead, and yield them in the order in which they were made up."""
    ahead: list[tuple[Program, Future[Played]]] = []
    asked = 0
    while True:
        while len(ahead) < company.players * 2 and may_begin(asked):
            program = next(programs)
            ahead.append((program, company.play(program)))
            asked += 1
        if not ahead:
            return
        program, future = ahead.pop(0)
        yield program, future.result()


def _counts(result: Exploration, played: Played) -> None:
    if played.broken:
        result.broken.append(played.broken)
    for situation in played.situations:
        result.situations[situation] = result.situations.get(situation, 0) + 1


class _Examination:
    """Makes small what was seen, wave after wave, until every sighting is explained or time is over."""

    def __init__(
        self,
        company: Company,
        record: Record,
        result: Exploration,
        left_s: Callable[[], float],
        on_shrinking: Callable[[str], None],
    ) -> None:
        self._company = company
        self._record = record
        self._result = result
        self._left_s = left_s
        self._on_shrinking = on_shrinking

    def of(self, sightings: Sequence[_Sighting], *, known_too: bool) -> None:
        """Explain the sightings by known defects and by findings; what cannot be explained in time is counted."""
        left = list(sightings) if known_too else self._beside_nothing_known(sightings)
        for _ in range(_WAVES):
            left = [each for each in left if not self._is_found(each)]
            if not left or self._left_s() <= 0:
                break
            left = self._wave(left)
        for each in left:
            if not self._is_found(each):
                _add(self._result.unexamined, each.sign.signature)

    def _wave(self, sightings: list[_Sighting]) -> list[_Sighting]:
        """Make the smallest program of each sign smaller; return the sightings that were not looked at."""
        chosen: dict[tuple[str, str], _Sighting] = {}
        for each in _nearest_to_the_cause(sightings):
            held = chosen.get(each.sign.key)
            if held is None or len(each.program.steps) < len(held.program.steps):
                chosen[each.sign.key] = each
        share = self._left_s() * _SHRINKING / max(1, -(-len(chosen) // self._company.players))
        futures = []
        for each in chosen.values():
            self._on_shrinking(each.sign.signature)
            futures.append((each, self._company.shrink(each.program, each.sign.key, share)))
        for each, future in futures:
            self._takes(each, future.result())
        looked_at = set(chosen.values())
        return [each for each in sightings if each not in looked_at]

    def _takes(self, sighting: _Sighting, shrunk: Shrunk) -> None:
        defect = self._record.known(shrunk.program, sighting.sign) if shrunk.shown else None
        finding = Finding(
            sign=next((sign for sign in shrunk.last.signs if sign.key == sighting.sign.key), sighting.sign),
            program=shrunk.program,
            first=sighting.program,
            shown=shrunk.shown,
            tries=shrunk.tries,
            plays=shrunk.plays,
            known="" if defect is None else defect.id,
            timeline=shrunk.last.timeline,
            also=tuple(sign for sign in shrunk.last.signs if sign.key != sighting.sign.key),
        )
        same = (i for i, other in enumerate(self._result.findings) if _alike(other, finding))
        if (index := next(same, None)) is not None:
            self._counts_one_more(index)
            return
        self._result.findings.append(finding)

    def _beside_nothing_known(self, sightings: Sequence[_Sighting]) -> list[_Sighting]:
        """Return what programs show in which no known defect shows.

        Beside one, another sign may be its consequence. What is no consequence shows in other programs as well.
        """
        tainted = {each.program for each in sightings if self._is_known(each)}
        for each in sightings:
            if each.program in tainted and self._record.known(each.program, each.sign) is None:
                _add(self._result.beside, each.sign.signature)
        return [each for each in sightings if each.program not in tainted]

    def _is_known(self, sighting: _Sighting) -> bool:
        defect = self._record.known(sighting.program, sighting.sign)
        if defect is not None:
            _add(self._result.known, defect.id)
        return defect is not None

    def _is_found(self, sighting: _Sighting) -> bool:
        for index, finding in enumerate(self._result.findings):
            if finding.explains(sighting.program, sighting.sign):
                self._counts_one_more(index)
                return True
        return False

    def _counts_one_more(self, index: int) -> None:
        finding = self._result.findings[index]
        self._result.findings[index] = msgspec.structs.replace(finding, instances=finding.instances + 1)


def _nearest_to_the_cause(sightings: Sequence[_Sighting]) -> list[_Sighting]:
    """Return of each program the sign that is nearest to the cause: its others may be the consequence."""
    nearest: dict[Program, _Sighting] = {}
    for each in sightings:
        held = nearest.get(each.program)
        if held is None or each.sign.rank < held.sign.rank:
            nearest[each.program] = each
    return list(nearest.values())


def _alike(one: Finding, other: Finding) -> bool:
    same = one.came_back and other.came_back and one.program.shape == other.program.shape
    return same and one.shows(other.sign)


def _add(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
