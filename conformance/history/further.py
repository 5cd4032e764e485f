"""Where the histories of further runs of a case lie: beside that of the run that counts, in a folder for each run."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path


def further_path(first: Path, nth: int) -> Path:
    """Return where the history of the n-th run lies, `first` being that of the first."""
    return first.with_name(f"run-{nth}") / first.name


def further_runs(first: Path) -> Iterator[Path]:
    """Yield the histories of the runs after the first, as many as there are."""
    for nth in count(2):
        path = further_path(first, nth)
        if not path.is_file():
            return
        yield path


def disturbed_path(counted: Path) -> Path:
    """Return where the history of a run that the machine disturbed lies, beside that of the run that counts."""
    return counted.with_name("disturbed") / counted.name
