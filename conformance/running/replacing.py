"""A gate's results take the place of an earlier gate's only once they exist.

What an earlier gate wrote is set aside meanwhile. A mistyped version or Ctrl-C puts it back; after a kill the next gate
does.
"""

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

ROLES = ("baseline", "candidate")
AGAIN, IN_PROFILE = "again-", "@"
RESULTS, LOG, HISTORIES = ".jsonl", ".log", "-histories"
_A_RUNS = rf"(?:{AGAIN}\d+-)?(?:{'|'.join(ROLES)})(?:{IN_PROFILE}.+?)?"
_ASIDE = ".earlier-gate"


@contextmanager
def replaced(folder: Path, reports: Collection[str]) -> Iterator[None]:
    """Set aside what an earlier gate wrote into the folder; it goes when this one ends well, else it comes back.

    Nothing else is touched, because the folder may be anybody's: only names that a gate gives, each to a file or to a
    folder as a gate does, and its `reports`.
    """
    aside = folder / _ASIDE
    if aside.is_dir():
        _put_back(folder, aside, reports)
    earlier = _written(folder, reports)
    if earlier:
        aside.mkdir()
        for each in earlier:
            each.rename(aside / each.name)
    try:
        yield
    except BaseException:
        _put_back(folder, aside, reports)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _put_back(folder: Path, aside: Path, reports: Collection[str]) -> None:
    """Remove what the gate wrote that did not come to its end, and put the earlier one's back."""
    for each in _written(folder, reports):
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    if aside.is_dir():
        for each in aside.iterdir():
            each.rename(folder / each.name)
        aside.rmdir()


def _written(folder: Path, reports: Collection[str]) -> list[Path]:
    """Return what a gate wrote."""
    file = f"{_A_RUNS}(?:{re.escape(RESULTS)}|{re.escape(LOG)})"
    return [
        each
        for each in (folder.iterdir() if folder.is_dir() else ())
        if (
            re.fullmatch(_A_RUNS + HISTORIES, each.name)
            if each.is_dir() and not each.is_symlink()
            else each.name in reports or re.fullmatch(file, each.name)
        )
    ]
