"""The suite's revision: two results compare only if the same suite wrote them, from the same data."""

import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.locations import FACTORY, FIXTURES, SUITE

#: What starts runs and what shows their results; all else has a say in what comes out of one.
_UNDECIDING = (SUITE / "cli", SUITE / "report", SUITE / "_data")
_DECISIVE = {"conformance": SUITE, "factory": FACTORY, "fixtures": FIXTURES}


@functools.cache
def suite_revision() -> str:
    """Return the version and a digest of all code and data that decide outcomes, such as `0.1.0+3f2a9c41d07b`.

    The digest is of the files themselves: an edited suite is another suite, with or without a commit. It is taken once
    a process, so that all that a run writes says the same. Cassettes are not part of it, because each says by which
    revision it was recorded; `digest` of their folder identifies what a run replayed.
    """
    try:
        release = version("nautilus-binance-conformance")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest(_DECISIVE, _UNDECIDING)}"


def digest(folders: Iterable[Path] | Mapping[str, Path], except_in: Iterable[Path] = (), *, only: str = "*") -> str:
    """Return twelve hex digits that are the same wherever the same files lie in the same folders, and else are not.

    A folder counts by its own name, or by the one that is given with it: a wheel has other names than a checkout.

    Python's own caches and hidden files are no part of a folder, nor are files with other names than `only`.
    """
    named = list(folders.items()) if isinstance(folders, Mapping) else [(folder.name, folder) for folder in folders]
    left_out = set(except_in)
    whole = hashlib.sha256()
    for title, folder in named:
        files = (
            (file.relative_to(folder).as_posix(), file)
            for file in _files(folder, left_out)
            if fnmatchcase(file.name, only)
        )
        for name, file in sorted(files):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            whole.update(f"{title}/{name} {content}\n".encode())
    return whole.hexdigest()[:12]


def _files(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    for here, folders, files in folder.walk():
        folders[:] = [name for name in folders if _is_kept(name) and here / name not in left_out]
        yield from (here / name for name in files if _is_kept(name))


def _is_kept(name: str) -> bool:
    return not name.startswith(".") and name != "__pycache__" and not name.endswith(".pyc")
