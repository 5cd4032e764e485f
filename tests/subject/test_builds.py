"""Builds of one's own: a wheel file, a folder of wheels, a checkout, a revision."""

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.subject.errors import BuildFailed, NoWheel, UnknownVersion
from conformance.subject.provision import provision, resolve, select
from tests.subject.stand_in_index import StandInIndex, write_wheel

OWN = f"3.{sys.version_info.minor}"
FOR_OWN, FOR_NEXT = f"cp3{sys.version_info.minor}-none-any", f"cp3{sys.version_info.minor + 1}-none-any"

BACKEND = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from tests.subject.stand_in_index import write_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(Path(wheel_directory), "1.9.0", Path("init.py").read_text(), tag="py3-none-any").name
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a NautilusTrader that builds in no time."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "init.py").write_text("FROM = 'checkout'\n")
    (folder / "backend.py").write_text(BACKEND.format(tests=str(Path(__file__).parents[2])))
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "nautilus_trader"\nversion = "1.9.0"\nrequires-python = ">=3.12"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    return folder


def init_of(python: Path) -> str:
    """Return the source of the package that an environment has."""
    return next(python.parents[1].glob("lib/python*/site-packages/nautilus_trader/__init__.py")).read_text()


def test_wheel_file_is_a_candidate(index: StandInIndex, tmp_path: Path) -> None:
    """A wheel file is installed with what it needs from the index, and is known by its name and sha256."""
    index.add("1.0", project="stand-in-dependency")
    wheel = write_wheel(tmp_path / "wheels", "1.9.0+mine", "MINE = True\n", needs=("stand-in-dependency",))

    installation = provision(str(wheel))

    assert installation.version == "1.9.0+mine"
    assert init_of(installation.python) == "MINE = True\n"
    assert installation.identity is not None
    assert (installation.identity.wheel, installation.identity.build) == (wheel.name, wheel.name)
    assert installation.identity.dependencies == {"stand-in-dependency": "1.0"}
    assert resolve(str(wheel)) == str(wheel)


def test_wheel_under_the_name_of_a_release_never_passes_for_it(index: StandInIndex, tmp_path: Path) -> None:
    """The release, a patched wheel of the same version, and that wheel built again are three subjects."""
    index.add("1.9.0")
    wheel = write_wheel(tmp_path / "wheels", "1.9.0", "FIRST = True\n")
    release, first = provision("1.9.0"), provision(str(wheel))

    write_wheel(tmp_path / "wheels", "1.9.0", "SECOND = True\n")
    second = provision(str(wheel))

    assert len({release.python, first.python, second.python}) == 3
    assert init_of(second.python) == "SECOND = True\n"
    assert provision("1.9.0") == release


def test_folder_of_wheels_means_its_newest_that_fits(index: StandInIndex, tmp_path: Path) -> None:
    """Of the newest version in the folder, the wheel for the Python that is here is taken."""
    write_wheel(tmp_path / "wheels", "1.9.0")
    write_wheel(tmp_path / "wheels", "1.10.0", tag=FOR_NEXT)
    mine = write_wheel(tmp_path / "wheels", "1.10.0", tag=FOR_OWN)

    chosen = select(str(tmp_path / "wheels"))

    assert (chosen.version, chosen.python, chosen.exact) == ("1.10.0", OWN, str(mine))


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("nowhere/x.whl", "neither a file nor a folder"),
        ("empty/", "no NautilusTrader wheel is in that folder"),
        ("other/", "is a wheel of six"),
        ("foreign/", "fits none of Python"),
        ("odd/nautilus.whl", "nautilus.whl"),
    ],
)
def test_place_without_a_wheel_says_what_is_there(
    index: StandInIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, problem: str
) -> None:
    """A path that is no candidate is wrong usage, with what was found."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "nautilus.whl").write_bytes(b"")
    write_wheel(tmp_path / "other", "1.0", project="six")
    write_wheel(tmp_path / "foreign", "1.0", tag="cp39-cp39-win_amd64")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UnknownVersion, match=problem):
        select(place)


def test_python_that_the_wheel_is_not_for_names_those_it_is_for(index: StandInIndex, tmp_path: Path) -> None:
    """A Python that was asked for is never exchanged for another."""
    wheel = write_wheel(tmp_path, "1.9.0", tag=FOR_OWN)

    with pytest.raises(NoWheel, match=f"has wheels for Python {OWN}"):
        select(str(wheel), python="3.9")


def test_checkout_is_built_with_a_command_that_is_told(index: StandInIndex, checkout: Path) -> None:
    """A checkout as it lies there is built, the command can be repeated by hand, and a change makes another subject."""
    told: list[str] = []

    first = provision(str(checkout), told.append)
    (checkout / "init.py").write_text("FROM = 'a change'\n")
    second = provision(str(checkout))

    assert init_of(first.python) == "FROM = 'checkout'\n"
    assert init_of(second.python) == "FROM = 'a change'\n"
    assert any(line.startswith("running ") and " build --wheel " in line and str(checkout) in line for line in told)
    assert first.identity is not None
    assert first.identity.build == str(checkout)


def test_revision_is_built_as_it_was_committed(index: StandInIndex, checkout: Path) -> None:
    """`FOLDER@REVISION` and `git+URL@REVISION` mean the commit, whatever lies in the folder."""
    git = ["git", "-C", str(checkout), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=one"], check=True)
    (checkout / "init.py").write_text("FROM = 'uncommitted work'\n")

    by_folder = provision(f"{checkout}@main")
    by_url = provision(f"git+{checkout.as_uri()}@main")

    assert init_of(by_folder.python) == "FROM = 'checkout'\n"
    assert by_url.python == by_folder.python


def test_build_that_fails_says_the_command_and_its_last_lines(index: StandInIndex, checkout: Path) -> None:
    """A failing build is no finding about the candidate."""
    (checkout / "backend.py").write_text("raise SystemExit('no linker on this machine')\n")

    with pytest.raises(BuildFailed, match="no linker on this machine") as error:
        provision(str(checkout))

    assert " build --wheel " in error.value.command


def test_revision_that_is_not_there_is_a_failed_build(index: StandInIndex, checkout: Path) -> None:
    """git's own words are passed on."""
    subprocess.run(["git", "-C", str(checkout), "init", "--quiet"], check=True)

    with pytest.raises(BuildFailed, match="no-such-branch"):
        select(f"{checkout}@no-such-branch")


def test_version_is_not_taken_for_a_path(index: StandInIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is named like a version does not hide the version."""
    index.add("1.9.0")
    (tmp_path / "1.9.0").mkdir()
    monkeypatch.chdir(tmp_path)

    assert select("1.9.0").wheel is None
