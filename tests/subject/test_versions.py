"""Which version is meant, and on which Python."""

import sys
from pathlib import Path

import pytest

from conformance.subject.errors import IndexUnreachable, NoWheel, PythonMissing, UnknownVersion
from conformance.subject.provision import provision, resolve, select
from tests.subject.stand_in_index import StandInIndex, another_python

OWN_MINOR = sys.version_info.minor
OWN, NEXT = f"3.{OWN_MINOR}", f"3.{OWN_MINOR + 1}"
FOR_OWN = f"cp3{OWN_MINOR}-none-any"
FOR_NEXT = f"cp3{OWN_MINOR + 1}-none-any"


def test_newest_is_the_newest_release_of_all(index: StandInIndex) -> None:
    """A release candidate is a release; the stable one is the newest that is none."""
    for version in ("1.9.0", "1.10.0", "2.0.0rc1"):
        index.add(version)

    assert resolve("newest") == "2.0.0rc1"
    assert resolve("stable") == "1.10.0"


@pytest.mark.parametrize(
    ("candidate", "before"),
    [
        ("1.10.0", "1.9.0"),
        ("2.0.0rc2", "2.0.0rc1"),
        ("2.0.0", "2.0.0rc2"),
        ("2.1.0", "2.0.0"),
        ("1.10.0+mine", "1.10.0"),
        (None, "2.0.0"),
    ],
)
def test_previous_is_the_one_before_in_its_line(index: StandInIndex, candidate: str | None, before: str) -> None:
    """Versions are ordered as versions; a final release has a final one before it if its line has one."""
    for version in ("1.8.0", "1.9.0", "1.10.0rc1", "1.10.0", "2.0.0rc1", "2.0.0rc2", "2.0.0", "2.1.0rc1", "2.1.0"):
        index.add(version)

    assert resolve("previous", candidate=candidate) == before


def test_first_of_its_line_has_no_previous(index: StandInIndex) -> None:
    """The last 1.x release is not the one before the first 2.x one."""
    index.add("1.10.0")
    index.add("2.0.0rc1")

    with pytest.raises(UnknownVersion, match=r"no version is before 2\.0\.0rc1 in its line, 2\.x"):
        resolve("previous")


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


def test_another_index_can_be_named(index: StandInIndex) -> None:
    """A version is looked up in the index that was named, and nowhere else."""
    index.add("1.9.0")
    index.add("1.9.1", index="private")
    private = index.url.replace("/simple", "/private")

    assert resolve("newest", index=private) == "1.9.1"
    with pytest.raises(UnknownVersion, match=r"the nearest is 1\.9\.1"):
        resolve("1.9.0", index=private)


def test_same_version_of_another_index_is_installed_apart(index: StandInIndex) -> None:
    """What two indexes have under one name need not be the same."""
    index.add("1.9.0")
    index.add("1.9.0", "PATCHED = True\n", index="private")

    public = provision("1.9.0")
    private = provision("1.9.0", index=index.url.replace("/simple", "/private"))

    assert public.python != private.python
    assert "/private" in private.how


def test_unknown_version_names_its_neighbours(index: StandInIndex) -> None:
    """The error names the versions right below and right above."""
    for version in ("1.8.0", "1.9.0", "1.11.0", "1.12.0"):
        index.add(version)

    with pytest.raises(UnknownVersion, match=r"'1\.10\.5'.*1\.9\.0 and 1\.11\.0") as error:
        resolve("1.10.5")

    assert error.value.nearest == ["1.9.0", "1.11.0"]


def test_version_cut_short_names_those_that_begin_like_it(index: StandInIndex) -> None:
    """1.22 is nearer to 1.221.0, in a person's mind, than to any neighbour by number."""
    for version in ("1.219.0", "1.220.0", "1.221.0", "1.222.0", "1.223.0", "1.231.0"):
        index.add(version)

    with pytest.raises(UnknownVersion) as error:
        resolve("1.22")

    assert error.value.nearest == ["1.221.0", "1.222.0"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("newst", "newest"), ("latest", "newest"), ("Stabel", "stable"), ("prevoius", "previous")]
)
def test_word_that_is_no_version_names_the_selector(index: StandInIndex, typed: str, meant: str) -> None:
    """A typing error is answered without asking any index."""
    with pytest.raises(UnknownVersion, match=f"the nearest is {meant}"):
        resolve(typed)

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


def test_version_without_a_wheel_for_this_platform(index: StandInIndex) -> None:
    """A version that exists for other machines only is not called unknown."""
    index.add("1.9.0", tag="cp39-cp39-win_amd64")

    with pytest.raises(NoWheel, match=r"1\.9\.0 has no wheel for any Python"):
        resolve("1.9.0")


def test_newest_python_that_has_a_wheel_and_is_here_is_taken(index: StandInIndex, tmp_path: Path) -> None:
    """Of the Pythons on this machine, pyenv's among them, the newest that the version has a wheel for is chosen."""
    index.add("1.9.0", tag=FOR_OWN)
    index.add("1.9.0", tag=FOR_NEXT)
    assert select("1.9.0").python == OWN

    another_python(tmp_path / "pyenv", NEXT)

    assert select("1.9.0").python == NEXT
    assert select("1.9.0", python=OWN).python == OWN


def test_python_that_does_not_start_is_passed_over(index: StandInIndex, tmp_path: Path) -> None:
    """As behind pyenv, whose scripts exist and fail until a version is selected."""
    index.add("1.9.0")
    another_python(tmp_path / "pyenv", NEXT).write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")

    assert select("1.9.0").python == OWN


def test_version_for_a_python_that_is_not_here_names_it(index: StandInIndex) -> None:
    """The error names the Pythons that would do, those that are here, and how to get one."""
    index.add("2.0.0rc7", tag=FOR_NEXT)

    with pytest.raises(PythonMissing) as error:
        resolve("2.0.0rc7")

    assert f"needs Python {NEXT}: this machine has {OWN}" in str(error.value)
    assert f"uv python install {NEXT}" in str(error.value)


def test_selector_falls_back_to_what_runs_here_and_says_so(index: StandInIndex) -> None:
    """Where the newest needs another Python, the newest that runs here stands in, and a sentence says so."""
    index.add("2.0.0rc6")
    index.add("2.0.0rc7", tag=FOR_NEXT)

    chosen = select("newest")

    assert (chosen.version, chosen.python, chosen.passed_over) == ("2.0.0rc6", OWN, "2.0.0rc7")
    assert chosen.note is not None
    for word in ("newest is 2.0.0rc7", f"needs Python {NEXT}", "2.0.0rc6 stands in", f"uv python install {NEXT}"):
        assert word in chosen.note
    assert select("2.0.0rc6").note is None


def test_python_asked_for_without_a_wheel_names_those_with_one(index: StandInIndex) -> None:
    """A Python is never quietly exchanged for another."""
    index.add("1.9.0", tag=FOR_OWN)

    with pytest.raises(NoWheel, match=rf"no wheel for Python 3\.9 .*it has wheels for Python {OWN}"):
        select("1.9.0", python="3.9")


def test_installed_version_moves_to_a_newer_python(index: StandInIndex, tmp_path: Path) -> None:
    """What is installed stays, without a look at the index, until a newer Python that fits it comes."""
    index.add("1.9.0")
    provision("1.9.0")
    asked = len(index.requests)
    assert select("1.9.0").python == OWN
    assert len(index.requests) == asked

    another_python(tmp_path / "pyenv", NEXT)

    assert select("1.9.0").python == NEXT
