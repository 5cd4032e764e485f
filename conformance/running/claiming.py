"""Lock the place of a run's results, so that two runs cannot write to it at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from conformance.running.errors import RunRefusedError, UnwritableError


@contextmanager
def claimed(folder: Path, name: str = "") -> Iterator[None]:
    """Hold the results folder, or what is called `name` in it, until the end.

    The system releases the lock when the process is killed.

    Raises `RunRefusedError` where another run holds it, and `UnwritableError` where nothing can be written.
    """
    place = folder / name
    held = FileLock(folder / f".{name or 'gate'}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=0)
    except Timeout:
        raise RunRefusedError(
            f"another run writes to {place} now: wait for its end, or give another place with --results"
        ) from None
    except OSError as error:
        raise UnwritableError(error) from error
    try:
        yield
    finally:
        # Before the lock is released: a process that finds the file gone makes a new one, and one that waits for it
        # sees that it is gone.
        Path(held.lock_file).unlink(missing_ok=True)
        held.release()
