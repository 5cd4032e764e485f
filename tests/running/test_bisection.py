"""The search for the version that broke a case: right about what it could judge, and never silent about the rest."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.running.bisection import Bisected, Bisection, BisectionError, Finding, Judge, Judgement, Settled, State

HOLDS, FAILS = Judgement(Finding.HOLDS), Judgement(Finding.FAILS, "no fill")
UNTESTABLE = Judgement(Finding.UNTESTABLE, "it has no wheel for any Python here")


def versions(count: int) -> list[str]:
    """Return versions, oldest first."""
    return [f"1.{number}.0" for number in range(count)]


def judging(broken_at: int, skipped: set[int] = frozenset(), asked: list[str] | None = None) -> Judge:  # type: ignore[assignment]
    """Return a judge for which all from one version on fail, always."""

    def judge(version: str) -> Judgement:
        if asked is not None:
            asked.append(version)
        number = int(version.split(".")[1])
        if number in skipped:
            return UNTESTABLE
        return FAILS if number >= broken_at else HOLDS

    return judge


def number(version: str) -> int:
    """Return a version's place."""
    return int(version.split(".")[1])


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, int, set[int]]:
    """How many versions there are, where they break, and which cannot be judged; the ends can."""
    count = draw(st.integers(2, 40))
    broken_at = draw(st.integers(1, count - 1))
    skipped = draw(st.sets(st.integers(1, count - 2))) if count > 2 else set()
    return count, broken_at, skipped


@given(histories())
def test_the_break_lies_between_the_two_and_all_between_were_tried(history: tuple[int, int, set[int]]) -> None:
    """The good one is before the break, the bad one is not, and whatever lies between could not be judged."""
    count, broken_at, skipped = history

    found = Bisection(versions(count), judging(broken_at, skipped)).run()

    good, bad = number(found.last_good), number(found.first_bad)
    assert good < broken_at <= bad
    assert {good, bad}.isdisjoint(skipped)
    assert [number(each.version) for each in found.between] == list(range(good + 1, bad))
    assert all(each.state is State.UNTESTABLE for each in found.between)
    assert all(each.reason == UNTESTABLE.reason for each in found.between)


@given(st.integers(2, 300), st.data())
def test_the_search_asks_few_versions(count: int, data: st.DataObject) -> None:
    """Each version is asked about once, and only as many as halving takes; a failure is seen twice before it counts."""
    broken_at = data.draw(st.integers(1, count - 1))
    asked: list[str] = []

    found = Bisection(versions(count), judging(broken_at, asked=asked)).run()

    times = Counter(asked)
    assert (number(found.last_good), number(found.first_bad), found.between) == (broken_at - 1, broken_at, ())
    assert len(times) <= 2 + (count - 1).bit_length()
    assert times[versions(count)[-1]] == 3
    assert all(times[each.version] == (1 if each.state is State.GOOD else 2) for each in found.trail[1:])


@given(histories(), st.integers(2, 4))
def test_a_failure_that_shows_at_times_is_found_all_the_same(history: tuple[int, int, set[int]], every: int) -> None:
    """Where the bad end fails every second, third or fourth time only, a version is good once it held often enough."""
    count, broken_at, skipped = history
    runs: Counter[str] = Counter()

    def judge(version: str) -> Judgement:
        runs[version] += 1
        sound = judging(broken_at, skipped)(version)
        return HOLDS if sound is FAILS and runs[version] % every else sound

    found = Bisection(versions(count), judge, repeats=5).run()

    assert number(found.last_good) < broken_at <= number(found.first_bad)
    assert all(runs[each.version] == 5 for each in found.trail if each.state is State.GOOD)


def test_a_failure_by_chance_is_no_break() -> None:
    """Where the bad end fails always, a version that fails once and then holds is not taken for bad, nor for good."""
    runs: Counter[str] = Counter()

    def judge(version: str) -> Judgement:
        runs[version] += 1
        if version == "1.2.0":
            return FAILS if runs[version] == 1 else HOLDS
        return judging(broken_at=3)(version)

    found = Bisection(versions(5), judge).run()

    assert (found.last_good, found.first_bad) == ("1.1.0", "1.3.0")
    assert [(each.version, each.state) for each in found.between] == [("1.2.0", State.FLAKY)]


def test_a_run_that_breaks_after_a_failure_leaves_the_version_unjudged() -> None:
    """One failure that could not be seen again is not a finding."""
    seen: list[str] = []

    def judge(version: str) -> Judgement:
        seen.append(version)
        if version == "1.1.0":
            return FAILS if seen.count(version) == 1 else UNTESTABLE
        return judging(broken_at=2)(version)

    assert [each.version for each in Bisection(versions(3), judge).run().between] == ["1.1.0"]


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        (judging(broken_at=99), "holds on 1.4.0, given as bad"),
        (judging(broken_at=0), "fails on 1.0.0 .no fill., given as good"),
        (judging(broken_at=2, skipped={0}), "1.0.0, the good end, cannot be judged: it has no wheel"),
        (judging(broken_at=2, skipped={4}), "1.4.0, the bad end, cannot be judged: it has no wheel"),
    ],
)
def test_ends_that_are_not_as_they_were_given_are_an_error(judge: Judge, words: str) -> None:
    """Nothing is searched for where there is nothing to find, and what was seen is kept."""
    with pytest.raises(BisectionError, match=words) as error:
        Bisection(versions(5), judge).run()

    assert error.value.trail


def test_good_end_that_fails_at_times_is_an_error() -> None:
    """A case that never held surely has no first bad version."""
    answers = iter([FAILS, FAILS, FAILS, FAILS, HOLDS, HOLDS, HOLDS, HOLDS])

    with pytest.raises(BisectionError, match=r"fails at times on 1\.0\.0"):
        Bisection(versions(2), lambda _: next(answers)).run()


def test_one_version_is_no_range() -> None:
    """Two different versions are needed."""
    with pytest.raises(BisectionError, match="give a good and a later bad one"):
        Bisection(["1.0.0"], judging(0)).run()


def test_each_settled_version_is_told_at_once() -> None:
    """Who watches sees the bad end first, then the good one, then the search."""
    told: list[Settled] = []
    watch: Callable[[Settled], None] = told.append

    found: Bisected = Bisection(versions(4), judging(2), on_settled=watch).run()

    assert tuple(told) == found.trail
    assert [each.version for each in told] == ["1.3.0", "1.0.0", "1.1.0", "1.2.0"]
