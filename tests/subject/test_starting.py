"""When a version counts as one that does not start."""

import pytest

from conformance.subject.errors import (
    CommandRefused,
    MachineUnfit,
    SubjectDied,
    SubjectDoesNotStart,
    SubjectError,
    SubjectHung,
)
from conformance.subject.starting import LIMIT, Starts

AT_START: list[SubjectError] = [
    SubjectDied("its start", 1, "ImportError: no such symbol"),
    SubjectHung("hello", 30, ""),
    SubjectHung("start", 60, "connecting"),
    SubjectDied("start", -6, "panicked"),
]


@pytest.mark.parametrize("error", AT_START)
def test_three_failures_at_the_start_are_enough(error: SubjectError) -> None:
    """The finding is the same for every case that follows, whatever the last lines of the log; those come below it."""
    starts = Starts()
    for _ in range(LIMIT):
        starts.confirm_possible()
        starts.ended(error)

    with pytest.raises(SubjectDoesNotStart) as found:
        starts.confirm_possible()

    assert str(found.value).splitlines()[0] == "the subject does not start"
    assert str(error).splitlines()[0] in str(found.value)


@pytest.mark.parametrize(
    "ended",
    [None, AssertionError("no fill"), SubjectDied("submit", -6, "panicked"), SubjectHung("stop", 30, "")],
)
def test_one_that_started_is_never_said_not_to_start(ended: BaseException | None) -> None:
    """A trader that ran once can start: what fails later is each case's own finding."""
    starts = Starts()
    starts.ended(ended)
    for _ in range(10):
        starts.ended(AT_START[0])

    starts.confirm_possible()


def test_what_says_nothing_of_the_start_is_not_counted() -> None:
    """A case that could not be set up for another reason neither starts the subject nor fails to."""
    starts = Starts()
    for error in (AT_START[0], CommandRefused("start", "no such field"), RuntimeError("the suite"), AT_START[1]):
        starts.ended(error)
    starts.confirm_possible()

    starts.ended(AT_START[2])

    with pytest.raises(SubjectDoesNotStart):
        starts.confirm_possible()


def test_deaths_for_lack_of_memory_speak_of_the_machine() -> None:
    """Nobody else need try either, but it is no finding about the version."""
    starts = Starts()
    for _ in range(LIMIT):
        starts.ended(SubjectDied("start", -6, "memory allocation of 67108864 bytes failed"))

    with pytest.raises(MachineUnfit, match="for lack of memory"):
        starts.confirm_possible()
