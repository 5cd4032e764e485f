"""What a strategy commanded within its handlers, as of when it did."""

from collections.abc import Iterator

from conformance.history.entries import Command, Event
from conformance.history.history import History


def acted(history: History) -> Iterator[Command]:
    """Yield what handlers were armed with (by `when`, or at the start), where the event on which they acted stands."""
    armed = [command for command in history.of(Command) if command.arms]
    if not armed:
        return
    for event in history.of(Event):
        for number in event.acts:
            # A process that is replaced counts its commands anew: the latest of that number is meant.
            by = next((each for each in reversed(armed) if each.n == number and each.seq < event.seq), None)
            if by is not None:
                yield from by.acted(_place(history, by, event), event.ns)


def _place(history: History, by: Command, event: Event) -> int:
    """Return the place of what was done on an event: the event's, or one before what came of it and was read first."""
    later = (each.seq - 1 for each in history.entries[by.seq + 1 : event.seq] if each.ns > event.ns)
    return next(later, event.seq)
