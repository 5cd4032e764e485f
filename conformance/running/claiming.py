"""A place for results is one run's at a time: what two write at once is neither's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from conformance.cli.ending import BROKEN, WRONG_USAGE, stop, unwritable


@contextmanager
def claimed(folder: Path, name: str = "") -> Iterator[None]:
    """Hold the results folder, or what is called `name` in it, until the end; the system lets go of it at a kill.

    Ends the command with 4 where another run holds it, and with 2 where nothing can be written.
    """
    place = folder / name
    held = FileLock(folder / f".{name or 'gate'}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=0)
    except Timeout:
        stop(WRONG_USAGE, f"another run writes to {place} now: wait for its end, or give another place with --results")
    except OSError as error:
        stop(BROKEN, unwritable(error))
    try:
        yield
    finally:
        # Before it lets go: whoever finds the file already gone makes a new one, and whoever has it sees that it is.
        Path(held.lock_file).unlink(missing_ok=True)
        held.release()
