"""`conformance cache`: what a person sees, and what goes."""

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import cli
from conformance.subject import installations
from conformance.subject.installations import Identity, Installation, beside, folder_of, python_in


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with one version used today and one used 40 days ago."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path))
    for version, days in (("1.9.0", 40), ("1.10.0", 0)):
        folder = folder_of(version, "3.13")
        python_in(folder).parent.mkdir(parents=True)
        python_in(folder).write_text("python")
        installations.mark(folder, Installation(version, python_in(folder), "test", Identity(version, "3.13.1")))
        used_s = time.time() - days * 86400
        os.utime(beside(folder, ".json"), (used_s, used_s))
    return tmp_path


def said(*arguments: str, code: int = 0) -> str:
    """Run `conformance cache` and return its output."""
    ended = CliRunner().invoke(cli, ["cache", *arguments])
    assert ended.exit_code == code, ended.output
    return ended.output


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_installed_versions_are_listed(arguments: tuple[str, ...], cache: Path) -> None:
    """Without a word, too: each has its version, Python, and days without use; the folder and total stand last."""
    output = said(*arguments)

    assert "NautilusTrader 1.9.0, Python 3.13.1" in output
    assert " 40" in output
    assert "2 in " in output


@pytest.mark.parametrize("age", ["30", "30d", "4w"])
def test_old_versions_go(age: str) -> None:
    """An age is days or weeks."""
    assert "removed 1.9.0-py3.13" in said("prune", "--older-than", age)
    assert "1.9.0" not in said("list")


def test_dry_run_only_says_it() -> None:
    """Nothing is removed."""
    assert "would remove 1.9.0-py3.13" in said("prune", "--keep", "1", "--dry-run")
    assert "1.9.0" in said("list")


def test_age_that_is_none_is_wrong_usage() -> None:
    """The error says what an age looks like."""
    assert "30d" in said("prune", "--older-than", "a month", code=4)


def test_empty_cache_is_said() -> None:
    """No table, and no error."""
    said("prune", "--keep", "0")

    assert "0 in " in said()
