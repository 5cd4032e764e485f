"""Which version broke a case: a search that skips versions it cannot judge, and asks again where it is unsure.

The search does not depend on how cases run: it gets the versions, oldest first, and a function that judges one
of them once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Finding(StrEnum):
    """What one run of the case on one version said."""

    HOLDS = "holds"
    FAILS = "fails"
    UNTESTABLE = "untestable"
    """It cannot be installed, lacks what the case needs, or the suite or the machine broke."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One run: what it said and, unless the case holds, why."""

    finding: Finding
    reason: str = ""


class State(StrEnum):
    """What all runs on one version say together."""

    GOOD = "good"
    BAD = "bad"
    FLAKY = "flaky"
    """It fails at times. Where the bad end fails at times too, that is what is looked for."""
    UNTESTABLE = "untestable"

    @classmethod
    def of(cls, runs: Sequence[Judgement]) -> "State":
        """Return what the runs say together: one that could not judge leaves the version unjudged."""
        findings = {each.finding for each in runs}
        if Finding.UNTESTABLE in findings:
            return cls.UNTESTABLE
        if findings == {Finding.HOLDS}:
            return cls.GOOD
        return cls.FLAKY if Finding.HOLDS in findings else cls.BAD


@dataclass(frozen=True, slots=True)
class Settled:
    """A version and what is known of it, with every run that it rests on."""

    version: str
    state: State
    runs: tuple[Judgement, ...]

    @property
    def reason(self) -> str:
        """The first reason that a run gave."""
        return next((each.reason for each in self.runs if each.reason), "")

    def __str__(self) -> str:
        return f"{self.version} {self.state}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Bisected:
    """Where the case broke."""

    last_good: str
    first_bad: str
    between: tuple[Settled, ...]
    """Versions between the two that could not be judged: with any of these, the case may have broken there already."""
    trail: tuple[Settled, ...]
    """Every version that was asked, in that order."""


class BisectionError(Exception):
    """A search that has nothing to find; the message says what was seen and what to do. `trail` is what was asked."""

    def __init__(self, message: str, trail: Sequence[Settled]) -> None:
        self.trail = tuple(trail)
        super().__init__(message)


type Judge = Callable[[str], Judgement]


@dataclass(slots=True)
class Bisection:
    """A search over `versions`, oldest first: its first must hold the case, its last must fail it.

    A failure counts once it was seen twice. `repeats` is how often a version is asked at most, where its runs disagree,
    and how often a version must hold the case to be good, where the bad end fails only at times.
    """

    versions: Sequence[str]
    judge: Judge
    repeats: int = 5
    on_settled: Callable[[Settled], None] = lambda _: None
    _trail: list[Settled] = field(default_factory=list)
    _flaky: bool = False

    def run(self) -> Bisected:
        """Search, and return where the case broke. Raises `BisectionError`."""
        if len(self.versions) < 2:
            raise BisectionError("there is no version between the two: give a good and a later bad one", [])
        self._bad_end(self.versions[-1])
        self._good_end()
        low, high = 0, len(self.versions) - 1
        unjudged: dict[int, Settled] = {}
        while (middle := self._next(low, high, unjudged)) is not None:
            settled = self._settle(middle)
            if settled.state is State.GOOD:
                low = middle
            elif settled.state is State.BAD or (settled.state is State.FLAKY and self._flaky):
                high = middle
            else:
                unjudged[middle] = settled
        between = tuple(unjudged[each] for each in sorted(unjudged) if low < each < high)
        return Bisected(self.versions[low], self.versions[high], between, tuple(self._trail))

    def _next(self, low: int, high: int, unjudged: dict[int, Settled]) -> int | None:
        """Return the version nearest to the middle that can still be asked."""
        middle = (low + high) / 2
        left = (each for each in range(low + 1, high) if each not in unjudged)
        return min(left, key=lambda each: (abs(each - middle), each), default=None)

    def _bad_end(self, version: str) -> None:
        # Asked more often than the others: whether it fails every time says how often another has to hold.
        runs = tuple(self._runs(version, lambda runs: len(runs) >= 3 and State.of(runs) is State.BAD))
        settled = self._record(version, State.of(runs), runs)
        if settled.state in (State.GOOD, State.UNTESTABLE):
            raise BisectionError(self._unfit(settled, "fails", "bad"), self._trail)
        self._flaky = settled.state is State.FLAKY

    def _good_end(self) -> None:
        settled = self._settle(0)
        if settled.state is not State.GOOD:
            raise BisectionError(self._unfit(settled, "holds", "good"), self._trail)

    def _unfit(self, settled: Settled, wanted: str, end: str) -> str:
        if settled.state is State.UNTESTABLE:
            return f"{settled.version}, the {end} end, cannot be judged: {settled.reason}. Give another"
        seen = {State.GOOD: "holds", State.BAD: "fails", State.FLAKY: "fails at times"}[settled.state]
        because = f" ({settled.reason})" if settled.reason else ""
        return f"the case {seen} on {settled.version}{because}, given as {end}: it must be one on which it {wanted}"

    def _settle(self, at: int) -> Settled:
        version = self.versions[at]
        runs = tuple(self._runs(version, self._is_settled))
        return self._record(version, State.of(runs), runs)

    def _record(self, version: str, state: State, runs: tuple[Judgement, ...]) -> Settled:
        settled = Settled(version, state, runs)
        self._trail.append(settled)
        self.on_settled(settled)
        return settled

    def _runs(self, version: str, enough: Callable[[list[Judgement]], bool]) -> Iterator[Judgement]:
        runs: list[Judgement] = []
        while len(runs) < self.repeats:
            runs.append(self.judge(version))
            yield runs[-1]
            if runs[-1].finding is Finding.UNTESTABLE or enough(runs):
                return

    def _is_settled(self, runs: list[Judgement]) -> bool:
        failed = sum(each.finding is Finding.FAILS for each in runs)
        if failed == 0:
            return not self._flaky
        return failed == len(runs) == 2 or (self._flaky and failed >= 1)
