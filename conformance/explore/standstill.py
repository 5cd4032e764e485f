"""Where a program stood when the suite gave it up: the step, and what was waited for."""

from conformance.explore.playing import PEACE
from conformance.history.entries import Note
from conformance.history.history import History


def where_it_stood(history: History, error: BaseException) -> str:
    """Return in words how far a program had come, and what it waited for when `error` ended it."""
    told = [note.text for note in history.of(Note) if note.text.startswith(("step ", PEACE))]
    last = history.timeline(1).splitlines()[-1].strip()
    return ", ".join((told[-1] if told else "before its first step", _awaited(error) or f"last seen: {last}"))


def _awaited(error: BaseException) -> str:
    """Return what was waited for: a wait that is cut short notes it in the cancellation that an error comes from."""
    cause: BaseException | None = error
    while cause is not None:
        if notes := getattr(cause, "__notes__", []):
            return str(notes[0])
        cause = cause.__cause__
    return ""
