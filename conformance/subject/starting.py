"""A version that cannot start is reported once, at once, instead of by every case in turn."""

from .errors import MachineUnfit, SubjectDied, SubjectDoesNotStart, SubjectHung
from .machine import fault_in

LIMIT = 3
"""So many cases have to end before any trader ran. One or two can be the machine's doing, or the cases' own faults."""
_AT_START = frozenset({"its start", "hello", "start"})


class Starts:
    """Counts the cases of one subject that died or hung at its start, until one starts; then it counts no more."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._failed: list[SubjectDied | SubjectHung] = []
        self._started = False

    def ended(self, error: BaseException | None) -> None:
        """Take in how a case ended: `error` is what it raised, if anything."""
        if isinstance(error, SubjectDied | SubjectHung) and _at(error) in _AT_START:
            self._failed.append(error)
        elif error is None or isinstance(error, SubjectDied | SubjectHung | AssertionError):
            # A requirement was looked at, or the trader got further than its start.
            self._started = True

    def confirm_possible(self) -> None:
        """Raise `SubjectDoesNotStart` once so many cases have failed to start it and none has succeeded.

        Raises `MachineUnfit` instead where they died of what the machine lacks."""
        if self._started or len(self._failed) < self._limit:
            return
        last = self._failed[-1]
        if lacked := next(filter(None, (fault_in(each.log_tail) for each in self._failed)), None):
            # None of them would have died of itself.
            raise MachineUnfit(f"the subject does not start, for lack of {lacked}", [str(last)])
        raise SubjectDoesNotStart(len(self._failed), str(last))


def _at(error: SubjectDied | SubjectHung) -> str:
    return error.during if isinstance(error, SubjectDied) else error.op
