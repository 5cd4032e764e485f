"""Which version is meant."""

from pathlib import Path

import pytest

from conformance.subject.errors import IndexUnreachable, PythonTooOld, UnknownVersion
from conformance.subject.provision import provision, resolve
from tests.subject.stand_in_index import StandInIndex


def test_newest_is_the_newest_stable(index: StandInIndex) -> None:
    """A release candidate is never the newest."""
    for version in ("1.9.0", "1.10.0", "2.0.0rc1"):
        index.add(version)

    assert resolve("newest") == "1.10.0"


def test_previous_is_the_stable_one_before(index: StandInIndex) -> None:
    """Versions are ordered as versions, not as text, and candidates are passed over."""
    for version in ("1.8.0", "1.9.0", "1.10.0rc1", "1.10.0"):
        index.add(version)

    assert resolve("previous") == "1.9.0"


def test_nightly_comes_from_its_own_index(index: StandInIndex) -> None:
    """The newest development wheel of the nightly index is meant, whatever the other index has."""
    index.add("1.10.0")
    index.add("1.11.0a20251215", index="nightly")
    index.add("1.11.0a20251217", index="nightly")

    assert resolve("nightly") == "1.11.0a20251217"


def test_exact_version_comes_back_in_normal_form(index: StandInIndex) -> None:
    """Spelling does not make a version."""
    index.add("2.0.0rc3")

    assert resolve("2.0.0-rc.3") == "2.0.0rc3"


def test_unknown_version_names_its_neighbours(index: StandInIndex) -> None:
    """The error names the versions right below and right above."""
    for version in ("1.8.0", "1.9.0", "1.11.0", "1.12.0"):
        index.add(version)

    with pytest.raises(UnknownVersion, match=r"'1\.10\.5'.*1\.9\.0, 1\.11\.0") as error:
        resolve("1.10.5")

    assert error.value.nearest == ["1.9.0", "1.11.0"]


def test_word_that_is_no_version_names_the_selectors(index: StandInIndex) -> None:
    """A typing error is answered without asking any index."""
    with pytest.raises(UnknownVersion, match="the nearest are newest") as error:
        resolve("newst")

    assert "previous" in str(error.value)
    assert index.requests == []


def test_unreachable_index_says_what_is_usable_without_it(
    index: StandInIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network is told apart from no such version, and what is installed already is named."""
    index.add("1.9.0")
    provision("1.9.0")
    index.close()
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "another"))

    with pytest.raises(IndexUnreachable, match=r"the package index.*1\.9\.0") as error:
        resolve("newest")

    assert error.value.ready == ["1.9.0"]


def test_unreachable_nightly_index_is_named(index: StandInIndex) -> None:
    """The error names the index that was asked."""
    index.close()

    with pytest.raises(IndexUnreachable, match="/nightly"):
        resolve("nightly")


def test_version_without_a_wheel_for_this_python(index: StandInIndex) -> None:
    """A version that exists for other Pythons only is not called unknown."""
    index.add("1.9.0", tag="cp39-cp39-win_amd64")

    with pytest.raises(PythonTooOld, match=r"1\.9\.0 does not install on Python"):
        resolve("1.9.0")
