"""A case that goes wrong while the machine stands still is run again; a defect does not hide behind that."""

from itertools import groupby

import pytest

from conformance.history.entries import Note
from conformance.history.further import disturbed_path
from conformance.history.history import History
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from tests.support.pytest_runs import CONFTEST, defect, run

pytest_plugins = ["pytester"]

_CASES = '''
import itertools
import time
from types import SimpleNamespace
from conformance.kit import case, limit
from conformance.plugin import standstill

# Only a standstill of half a minute counts, which no machine has by chance.
standstill._WORTH_A_WORD_S = 30.0

# As many runs of the case as stand still, and as many as go wrong.
STANDING_STILL, WRONG = {standing_still}, {wrong}
runs = itertools.count()

@case("AAA-020", rule="New Order")
async def test_accepted(trader, market):
    """An order MUST be accepted."""
    nth = next(runs)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    if nth < STANDING_STILL:
        later_s = 60.0 * (nth + 1)
        clock = lambda: time.monotonic() + later_s
        standstill.time = SimpleNamespace(monotonic=clock, process_time=time.process_time)
    if nth < WRONG:
        await order.reaches("CANCELED", within_s=0.3)
'''
_TOLD_OF_LIMITS = """
from pathlib import Path

def _tell(word):
    with Path("limits").open("a") as file:
        file.write(word + "\\n")

def pytest_timeout_set_timer():
    _tell("set")

def pytest_timeout_cancel_timer():
    _tell("cancel")
"""
_WRONG = "LIMIT stayed ACCEPTED, required CANCELED"


def _run(cases: pytest.Pytester, *options: str, standing_still: int, wrong: int) -> tuple[pytest.RunResult, Results]:
    return run(cases, _CASES.format(standing_still=standing_still, wrong=wrong), *options)


def test_what_the_machine_did_is_not_the_traders(cases: pytest.Pytester) -> None:
    """A case that goes wrong as the machine stands still, and holds as it runs, holds; both histories are kept."""
    result, results = _run(cases, standing_still=1, wrong=1)

    assert result.ret == 0
    result.assert_outcomes(passed=1)
    found = results.cases["AAA-020"]
    assert (found.outcome, found.repeated) == (Outcome.PASSED, 1)
    counted = results.history_of("AAA-020")
    assert counted is not None
    assert _notes_of_standstills(History.read(counted)) == 0
    assert _notes_of_standstills(History.read(disturbed_path(counted))) == 1


def test_what_goes_wrong_each_time_fails(cases: pytest.Pytester) -> None:
    """On a machine that stands still each time the third run counts: a defect is not excused for ever."""
    result, results = _run(cases, standing_still=9, wrong=9)

    assert result.ret == 1
    found = results.cases["AAA-020"]
    assert (found.outcome, found.signature, found.repeated) == (Outcome.FAILED, _WRONG, 2)


def test_a_defect_that_shows_again_fails(cases: pytest.Pytester) -> None:
    """The machine's standstill in the first run does not excuse what the second one shows on a machine that runs."""
    result, results = _run(cases, standing_still=1, wrong=9)

    assert result.ret == 1
    assert (results.cases["AAA-020"].signature, results.cases["AAA-020"].repeated) == (_WRONG, 1)


@pytest.mark.parametrize("standing_still", [0, 9], ids=["a machine that runs", "as expected"])
def test_what_needs_no_second_look_is_run_once(cases: pytest.Pytester, standing_still: int) -> None:
    """A case is run once where the machine ran, whatever became of it, and where it did what is on record."""
    known = () if standing_still == 0 else ("--defects", defect(cases, _WRONG))
    _, results = _run(cases, *known, standing_still=standing_still, wrong=9)

    found = results.cases["AAA-020"]
    assert (found.outcome, found.expected, found.repeated) == (Outcome.FAILED, standing_still != 0, 0)
    counted = results.history_of("AAA-020")
    assert counted is not None
    assert not disturbed_path(counted).exists()


def test_each_run_has_the_time_limit_to_itself(cases: pytest.Pytester) -> None:
    """The limit of a case is no shorter for its second run, which would break it instead."""
    cases.makeconftest(f"{CONFTEST}\n{_TOLD_OF_LIMITS}")
    _run(cases, "--timeout", "90", standing_still=1, wrong=1)

    told = (cases.path / "limits").read_text(encoding="utf-8").split()
    # pytest-timeout itself ends a limit more than once.
    assert [word for word, _ in groupby(told)] == ["set", "cancel", "set", "cancel"]


def _notes_of_standstills(history: History) -> int:
    return sum("the machine kept the suite from running" in note.text for note in history.of(Note))
