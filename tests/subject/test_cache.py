"""Keeping the cache small: what lies there, and what may go."""

import os
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from conformance.subject import cache, installations
from conformance.subject.cache import Kept, kept, prune
from conformance.subject.installations import Identity, Installation, beside, folder_of, python_in

DAY_S = 86400


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path))


def installed(version: str, *, unused_days: float = 0) -> Path:
    """Put an environment of a few bytes into the cache."""
    folder = folder_of(version, "3.13")
    python_in(folder).parent.mkdir(parents=True)
    python_in(folder).write_text("python")
    installations.mark(folder, Installation(version, python_in(folder), "by a test", Identity(version, "3.13.1")))
    used_s = time.time() - unused_days * DAY_S
    os.utime(beside(folder, ".json"), (used_s, used_s))
    return folder


def names(entries: list[Kept]) -> list[str]:
    """Return the names of the folders."""
    return [each.folder.name for each in entries]


def test_cache_is_listed_last_used_first() -> None:
    """Each entry has what it is, its size, and how long nobody used it."""
    installed("1.9.0", unused_days=9)
    installed("1.10.0", unused_days=2)

    first, second = kept()

    assert (first.what, first.size_bytes) == ("NautilusTrader 1.10.0, Python 3.13.1", len("python"))
    assert round(second.unused_days()) == 9


def test_use_is_noted() -> None:
    """An environment that a run uses is the last to go."""
    installed("1.9.0", unused_days=9)
    installed("1.10.0", unused_days=2)

    installations.used(folder_of("1.9.0", "3.13"))

    assert names(kept()) == ["1.9.0-py3.13", "1.10.0-py3.13"]


def test_old_environments_go_with_all_that_belongs_to_them() -> None:
    """What nobody used for so long is removed, and nothing of it is left but its lock."""
    old, new = installed("1.9.0", unused_days=31), installed("1.10.0", unused_days=29)

    pruned = prune(older_than_days=30)

    assert names(pruned.removed) == ["1.9.0-py3.13"]
    assert pruned.freed_bytes == len("python")
    assert {each.name for each in old.parent.glob("1.9.0*")} <= {"1.9.0-py3.13.lock"}
    assert new.is_dir()


def test_all_but_the_last_used_go() -> None:
    """`keep` counts environments by their last use."""
    for days, version in enumerate(("1.9.0", "1.10.0", "1.11.0")):
        installed(version, unused_days=days)

    assert names(prune(keep=1).removed) == ["1.10.0-py3.13", "1.11.0-py3.13"]
    assert names(kept()) == ["1.9.0-py3.13"]


def test_leftovers_go_always_and_the_rest_only_when_asked() -> None:
    """An installation that was interrupted is of no use to anybody."""
    installed("1.9.0", unused_days=999)
    beside(folder_of("1.10.0", "3.13"), installations.PARTIAL).mkdir()

    assert names(prune().removed) == ["1.10.0-py3.13.partial"]
    assert names(kept()) == ["1.9.0-py3.13"]


def test_dry_run_removes_nothing() -> None:
    """A dry run says what would go."""
    installed("1.9.0", unused_days=31)

    assert names(prune(older_than_days=30, dry_run=True).removed) == ["1.9.0-py3.13"]
    assert names(kept()) == ["1.9.0-py3.13"]


def test_environment_that_a_process_runs_on_stays() -> None:
    """Pruning beside a run does not pull the subject from under it."""
    folder = installed("1.9.0", unused_days=31)

    pruned = prune(older_than_days=30, running=[f"{python_in(folder)} -m conformance.subject.child"])

    assert [(each.folder, why) for each, why in pruned.stayed] == [(folder, "a process runs on it")]
    assert folder.is_dir()


@pytest.mark.parametrize("ending", ["", installations.PARTIAL])
def test_environment_that_is_being_installed_stays(ending: str) -> None:
    """The lock of the installer is honoured, for the folder that it works in too."""
    folder = folder_of("1.9.0", "3.13")
    beside(folder, ending).mkdir()

    with FileLock(beside(folder, installations.LOCK)):
        pruned = prune(running=[])

    assert [why for _, why in pruned.stayed] == ["a run is installing it"]
    assert beside(folder, ending).is_dir()


def test_running_processes_are_looked_up_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word from the caller the processes of this machine are asked."""
    folder = installed("1.9.0", unused_days=31)
    monkeypatch.setattr(cache, "_commands", lambda: iter([f"{python_in(folder)} -c pass"]))

    assert prune(older_than_days=30).removed == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, where no folder can be made")
def test_home_that_cannot_be_used_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that cannot be made is an error of the place, which ends in words, and not of a file that is missing."""
    monkeypatch.setenv("CONFORMANCE_CACHE", "/proc/nobody/cache")

    with pytest.raises(NotADirectoryError, match="no folder can be made there"):
        installations.cache_folder()
