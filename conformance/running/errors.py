"""What can go wrong with a run, typed by what its user should do about it."""


class RunError(RuntimeError):
    """A run that left no whole results; the message has the last lines of its log."""


class RunRefusedError(RunError):
    """A run that did not begin, because something that it was given is wrong; the message says what to give."""


class UnwritableError(RunError):
    """A place that cannot be written: the disk's, the system's or the user's doing."""

    def __init__(self, error: OSError) -> None:
        super().__init__(unwritable(error))


def unwritable(error: OSError) -> str:
    """Return what to tell a user who has named, or has, a place that cannot be written."""
    where = f" {error.filename}" if error.filename else ""
    return f"cannot write{where}: {error.strerror}; make room, or write elsewhere"
