"""A gate's look at the wire: what chance may have made is run again, and request budgets decide."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.history.further import further_path
from conformance.running.errors import RunError
from conformance.running.wire import LOOKS, look_at_the_wire
from conformance.verdict.results import Results
from tests.verdict.test_verdict import run
from tests.wire_changes.lives import READS, Life

MORE = (*READS, "GET /fapi/v1/positionSide/dual")
Run = Callable[..., Results]


@pytest.fixture
def kept(tmp_path: Path) -> Run:
    """Return how to make results of a version from the lives of its cases, with their histories beside them."""
    written: list[Path] = []

    def make(subject: str, lives: Mapping[str, Life], runs: int = 1) -> Results:
        folder = tmp_path / str(len(written))
        written.append(folder)
        for case_id, life in lives.items():
            first = folder / f"{case_id}.jsonl"
            for path in (first, *(further_path(first, nth) for nth in range(2, runs + 1))):
                life.history.write(path)
        results = run(subject, **dict.fromkeys(lives, "P"))
        cases = {each.id: replace(each, history=f"{each.id}.jsonl") for each in results.cases.values()}
        return replace(results, cases=cases, path=folder / "results.jsonl")

    return make


def never(case_ids: tuple[str, ...], runs: int) -> tuple[Results, Results]:
    """Fail the test: nothing was to be run again."""
    raise AssertionError(f"{case_ids} were run again")


def test_nothing_changed_is_looked_at_once(kept: Run) -> None:
    """Two versions alike are told as such, and nothing is run again."""
    sides = (kept(version, {"A-1": Life().start()}) for version in ("1.230.0", "1.231.0"))

    seen = look_at_the_wire(*sides, reruns=[], again=never)

    assert seen.changes is not None
    assert (seen.changes.cases, seen.changes.lines, seen.notes) == (1, (), ())


def test_a_change_in_one_case_is_run_again_until_it_is_believed(kept: Run) -> None:
    """Only the case that shows a difference is run again, as often as it takes to be told."""
    asked: list[tuple[tuple[str, ...], int]] = []

    def again(case_ids: tuple[str, ...], runs: int) -> tuple[Results, Results]:
        asked.append((case_ids, runs))
        return kept("1.230.0", {"A-2": Life().start()}, runs), kept("1.231.0", {"A-2": Life().start(MORE)}, runs)

    before = kept("1.230.0", {"A-1": Life().start(), "A-2": Life().start()})
    after = kept("1.231.0", {"A-1": Life().start(), "A-2": Life().start(MORE)})

    seen = look_at_the_wire(before, after, reruns=[], again=again)

    assert asked == [(("A-2",), LOOKS)]
    assert seen.changes is not None
    assert [line.cases for line in seen.changes.lines] == [("A-2",)]


def test_chance_is_no_change(kept: Run) -> None:
    """What the other version shows too, once it is run again, is no change."""

    def again(case_ids: tuple[str, ...], runs: int) -> tuple[Results, Results]:
        return kept("1.230.0", {"A-1": Life().start(MORE)}), kept("1.231.0", {"A-1": Life().start(MORE)})

    seen = look_at_the_wire(
        kept("1.230.0", {"A-1": Life().start()}),
        kept("1.231.0", {"A-1": Life().start(MORE)}),
        reruns=[],
        again=again,
    )

    assert seen.changes is not None
    assert (seen.changes.lines, seen.changes.doubtful) == ((), 0)


def test_re_runs_of_the_gate_count(kept: Run) -> None:
    """What the gate ran again for its verdict is looked at as well."""
    before, after = kept("1.230.0", {"A-1": Life().start()}), kept("1.231.0", {"A-1": Life().start(MORE)})

    seen = look_at_the_wire(before, after, reruns=[(before, after)] * LOOKS, again=never)

    assert seen.changes is not None
    assert len(seen.changes.lines) == 1


def test_a_further_run_that_does_not_end_is_a_note(kept: Run) -> None:
    """A run that breaks leaves in doubt what it was to settle; the gate goes on."""

    def again(case_ids: tuple[str, ...], runs: int) -> tuple[Results, Results]:
        raise RunError("pytest ended (killed by SIGKILL)")

    seen = look_at_the_wire(
        kept("1.230.0", {"A-1": Life().start()}),
        kept("1.231.0", {"A-1": Life().start(MORE)}),
        reruns=[],
        again=again,
    )

    assert seen.changes is not None
    assert seen.changes.doubtful == 1
    assert seen.notes == ("a further run to look at the wire did not end: pytest ended (killed by SIGKILL)",)


def test_histories_that_cannot_be_read_are_a_note(kept: Run) -> None:
    """A damaged history says nothing of either version, and does not end the gate."""
    before, after = kept("1.230.0", {"A-1": Life().start()}), kept("1.231.0", {"A-1": Life().start()})
    damaged = after.history_of("A-1")
    assert damaged is not None
    damaged.write_text("not a history\n")

    seen = look_at_the_wire(before, after, reruns=[], again=never)

    assert seen.changes is None
    assert "cannot be determined" in seen.notes[0]


def test_a_budget_that_only_the_candidate_exceeds_speaks_against_it(kept: Run) -> None:
    """An order that costs two requests where it cost one is a finding that names its budget."""
    twice = {f"A-{nth}": Life().start().submit(also=["GET /fapi/v1/order"]) for nth in range(6)}
    once = {case_id: Life().start().submit() for case_id in twice}

    seen = look_at_the_wire(kept("1.230.0", once), kept("1.231.0", twice), reruns=[], again=never)

    assert [excess.describe() for excess in seen.against] == [
        "budget for LIMIT orders: 1 request of weight 0 is exceeded: 2 requests of weight 1 in 6 cases, such as A-0"
    ]


def test_a_budget_that_both_exceed_is_a_note(kept: Run) -> None:
    """What the version in use costs as well is no reason against the upgrade, and is said."""
    twice = {"A-1": Life().start().submit(also=["GET /fapi/v1/order"])}

    seen = look_at_the_wire(kept("1.230.0", twice), kept("1.231.0", twice), reruns=[], again=never)

    assert seen.against == ()
    assert "and by the baseline too" in seen.notes[0]
