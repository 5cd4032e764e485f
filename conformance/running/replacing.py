"""Results take the place of earlier ones only once they exist.

What an earlier gate or run wrote is set aside meanwhile. A mistyped version or Ctrl-C puts it back; after a kill the
next one does.
"""

import re
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
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
    with _set_aside(folder / _ASIDE, lambda: _written(folder, reports)):
        yield


@contextmanager
def kept_until_whole(results: Path, histories: Path) -> Iterator[None]:
    """Set aside what an earlier run left at these two places; it goes when this one ends well, else it comes back.

    Where there was nothing, what a run that did not end has written stays: it may say why.
    """
    places = (results, histories)
    with _set_aside(results.with_name(f".earlier-{results.name}"), lambda: _existing(places), unfinished_stays=True):
        yield


@contextmanager
def _set_aside(aside: Path, written: Callable[[], Sequence[Path]], *, unfinished_stays: bool = False) -> Iterator[None]:
    """Move what is `written` into the folder `aside` meanwhile; delete it after a good end, else put it back.

    What did not come to its end is removed; where nothing was set aside it may stay.
    """
    if aside.is_dir():
        _put_back(aside, written())
    if earlier := written():
        aside.mkdir()
        for each in earlier:
            each.rename(aside / each.name)
    try:
        yield
    except BaseException:
        if aside.is_dir() or not unfinished_stays:
            _put_back(aside, written())
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _put_back(aside: Path, unfinished: Sequence[Path]) -> None:
    """Remove what did not come to its end, and return what was set aside, if anything was, to where it was."""
    for each in unfinished:
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
    if aside.is_dir():
        for each in aside.iterdir():
            each.rename(aside.parent / each.name)
        aside.rmdir()


def _existing(places: Sequence[Path]) -> list[Path]:
    return [place for place in places if place.exists() or place.is_symlink()]


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
