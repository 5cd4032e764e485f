"""The versions between two."""

import sys
from pathlib import Path

import pytest

from conformance.subject.between import versions_between
from conformance.subject.errors import IndexUnreachable
from tests.subject.stand_in_index import StandInIndex, another_python

FOR_NEXT = f"cp3{sys.version_info.minor + 1}-none-any"


def test_releases_candidates_and_nightlies_are_listed_in_order(index: StandInIndex) -> None:
    """Of both indexes, as versions are ordered, neither end among them."""
    for version in ("1.9.0", "1.10.0", "1.11.0", "2.0.0rc1", "2.0.0rc2", "2.0.0"):
        index.add(version)
    for version in ("1.9.0a20251201", "1.11.0a20251215", "2.1.0a20260101"):
        index.add(version, index="nightly")

    found = versions_between("1.9.0", "2.0.0", lambda _: None)

    assert found == ["1.10.0", "1.11.0a20251215", "1.11.0", "2.0.0rc1", "2.0.0rc2"]
    assert versions_between("1.9.0", "1.11.0", lambda _: None, nightlies=False) == ["1.10.0"]


def test_every_python_of_this_machine_counts(index: StandInIndex, tmp_path: Path) -> None:
    """A version for another Python is listed only where that one is here."""
    for version in ("1.9.0", "1.11.0"):
        index.add(version)
    index.add("1.10.0", tag=FOR_NEXT)
    assert versions_between("1.9.0", "1.11.0", lambda _: None, nightlies=False) == []

    another_python(tmp_path / "pyenv", f"3.{sys.version_info.minor + 1}")

    assert versions_between("1.9.0", "1.11.0", lambda _: None, nightlies=False) == ["1.10.0"]


def test_nightly_index_that_is_away_is_told_and_left_out(index: StandInIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases alone can be searched as well."""
    for version in ("1.9.0", "1.10.0", "1.11.0"):
        index.add(version)
    monkeypatch.setenv("CONFORMANCE_NIGHTLY_INDEX", "http://127.0.0.1:9/simple")
    told: list[str] = []

    assert versions_between("1.9.0", "1.11.0", told.append) == ["1.10.0"]
    assert "nightlies are left out" in told[0]


def test_package_index_that_is_away_is_an_error(index: StandInIndex) -> None:
    """An empty list would say that there is nothing between."""
    index.close()

    with pytest.raises(IndexUnreachable):
        versions_between("1.9.0", "1.11.0", lambda _: None)
