"""A gate's results take the place of an earlier gate's only once they exist.

What an earlier gate wrote is set aside meanwhile. A mistyped version or Ctrl-C puts it back; after a kill the next gate
does.
"""

import re
import shutil
from collections.abc import Collection, Iterator, Sequence
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


@contextmanager
def kept_until_whole(results: Path, histories: Path) -> Iterator[None]:
    """Set aside what an earlier run left at these two places; it goes when this one ends well, else it comes back.

    Where there was nothing, what a run that did not end has written stays: it may say why.
    """
    aside = results.with_name(f".earlier-{results.name}")
    places = (results, histories)
    if aside.is_dir():
        _returned(aside, places)
    if results.exists():
        aside.mkdir()
        for place in places:
            if place.exists():
                place.rename(aside / place.name)
    try:
        yield
    except BaseException:
        if aside.is_dir():
            _returned(aside, places)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _returned(aside: Path, places: Sequence[Path]) -> None:
    for place in places:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        if (aside / place.name).exists():
            (aside / place.name).rename(place)
    shutil.rmtree(aside)


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
