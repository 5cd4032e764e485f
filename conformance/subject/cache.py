"""The cache of installed subjects as a person keeps it: what lies there, how large, when last used, and what may go."""

import shutil
import subprocess
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from . import installations
from .installations import Installation, beside, cache_folder

_DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder in the cache."""

    folder: Path
    what: str
    """What a person calls it: version, Python and build; or what else it is."""
    size_bytes: int
    used_s: float
    """When a run last asked for it, in seconds of the epoch."""
    installation: Installation | None
    """None: nothing that a run could use, such as an installation that was interrupted."""

    def unused_days(self, now_s: float | None = None) -> float:
        """Return the days since its last use."""
        return max(0.0, ((time.time() if now_s is None else now_s) - self.used_s) / _DAY_S)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, and what had to stay, with the reason."""

    removed: list[Kept]
    stayed: list[tuple[Kept, str]]

    @property
    def freed_bytes(self) -> int:
        """What the removed folders held; less is free where their files are linked to uv's cache."""
        return sum(each.size_bytes for each in self.removed)


def kept() -> list[Kept]:
    """Return all that lies in the cache, last used first."""
    subjects = [_subject(each) for each in _folders(cache_folder())]
    built = [_other(each, "a build of one's own") for each in _folders(cache_folder().with_name("builds"))]
    return sorted([*subjects, *built], key=lambda each: each.used_s, reverse=True)


def prune(
    *,
    older_than_days: float | None = None,
    keep: int | None = None,
    dry_run: bool = False,
    running: Collection[str] | None = None,
) -> Pruned:
    """Remove environments not used for `older_than_days`, and all but the `keep` environments used last.

    Given neither, only leftovers go, which no run could use. What a run uses or installs right now stays. `running` are
    the command lines of the processes of this machine, if they are known already.
    """
    everything = kept()
    usable = [each for each in everything if each.installation is not None]
    surplus = {each.folder for each in usable[keep:]} if keep is not None else set()
    commands = list(_commands() if running is None else running)
    result = Pruned([], [])
    for each in everything:
        old = older_than_days is not None and each.unused_days() >= older_than_days
        leftover = each.installation is None and each.folder.parent == cache_folder()
        if not (old or leftover or each.folder in surplus):
            continue
        if any(str(each.folder) in command for command in commands):
            result.stayed.append((each, "a process runs on it"))
        elif dry_run or _removed(each.folder):
            result.removed.append(each)
        else:
            result.stayed.append((each, "a run is installing it"))
    return result


def _removed(folder: Path) -> bool:
    # An interrupted installation is covered by the lock of what it would have become.
    lock = FileLock(beside(folder.with_name(folder.name.removesuffix(installations.PARTIAL)), installations.LOCK))
    try:
        with lock.acquire(timeout=0):
            installations.remove(folder)
    except Timeout:
        return False
    # Not the lock: who waits for it must find the file that others will lock as well.
    return True


def _folders(parent: Path) -> list[Path]:
    return sorted(each for each in parent.iterdir() if each.is_dir()) if parent.is_dir() else []


def _subject(folder: Path) -> Kept:
    installation = installations.read(folder)
    if installation is None or installation.identity is None:
        return _other(folder, "unfinished, or of an earlier release of this suite")
    identity = installation.identity
    what = f"NautilusTrader {identity.nautilus}, Python {identity.python}"
    if identity.build:
        what += f", built from {identity.build}"
    return Kept(folder, what, _size_bytes(folder), beside(folder, ".json").stat().st_mtime, installation)


def _other(folder: Path, what: str) -> Kept:
    return Kept(folder, what, _size_bytes(folder), folder.stat().st_mtime, None)


def _size_bytes(folder: Path) -> int:
    total = 0
    for where, _, names in folder.walk():
        for name in names:
            try:
                total += (where / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def _commands() -> Iterator[str]:
    """Yield the command line of every process; none where they cannot be listed."""
    ps = shutil.which("ps")
    if ps is None:
        return
    try:
        listed = subprocess.run([ps, "-A", "-ww", "-o", "command="], capture_output=True, text=True, timeout=10)  # noqa: PLW1510
    except (OSError, subprocess.SubprocessError):
        return
    yield from listed.stdout.splitlines()
