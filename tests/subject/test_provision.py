"""Installing a version: once, verified, and again when it is damaged."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.subject import versions
from conformance.subject.errors import DiskFull, IndexUnreachable, ProvisionFailed
from conformance.subject.installations import folder_of
from conformance.subject.provision import Installation, installed, provision
from conformance.subject.uv import UvError
from tests.subject.stand_in_index import StandInIndex


def site_packages(installation: Installation) -> Path:
    """Return where the installation keeps its packages."""
    return next(installation.python.parents[1].glob("lib/python*/site-packages"))


def test_installed_version_runs(index: StandInIndex) -> None:
    """What comes back is an interpreter that imports exactly the version asked for, and nothing of the suite."""
    index.add("1.9.0")

    installation = provision("1.9.0")

    program = (
        "import nautilus_trader, importlib.util as find; "
        "print(nautilus_trader.__version__, find.find_spec('aiohttp') is None)"
    )
    assert subprocess.check_output([installation.python, "-I", "-c", program], text=True).split() == ["1.9.0", "True"]
    assert installation.version == "1.9.0"
    assert "configured package index" in installation.how


def test_second_time_needs_no_index(index: StandInIndex) -> None:
    """An installed version is found while the index is away."""
    index.add("1.9.0")
    first = provision("1.9.0")
    index.close()

    assert provision("1.9.0") == first
    assert installed() == [first]


def test_selector_installs_what_it_means(index: StandInIndex) -> None:
    """A selector can be provisioned like a version."""
    index.add("1.8.0")
    index.add("1.9.0")

    assert provision("previous").version == "1.8.0"


def test_nightly_takes_only_itself_from_its_index(index: StandInIndex) -> None:
    """A development wheel comes from the nightly index, which is named; there an exact version is found too."""
    index.add("1.11.0a20251217", index="nightly")

    installation = provision("1.11.0a20251217")

    assert installation.version == "1.11.0a20251217"
    assert "/nightly" in installation.how


def test_two_at_once_install_once(index: StandInIndex) -> None:
    """Of two runs that ask together one installs and the other waits for it."""
    index.add("1.9.0")
    together, told = threading.Barrier(2), list[str]()

    def ask() -> Installation:
        together.wait(5)
        return provision("1.9.0", told.append)

    with ThreadPoolExecutor(2) as pool:
        one, other = [asked.result(60) for asked in [pool.submit(ask), pool.submit(ask)]]

    assert one == other
    assert told.count("installing NautilusTrader 1.9.0") == 1


@pytest.mark.parametrize("damage", ["a file is gone", "a file is cut", "the marker is gone", "the package is gone"])
def test_damaged_installation_is_built_again(index: StandInIndex, damage: str) -> None:
    """Whatever is missing or cut is noticed before it is used."""
    index.add("1.9.0")
    installation = provision("1.9.0")
    engine = site_packages(installation) / "nautilus_trader" / "engine.py"
    if damage == "a file is gone":
        engine.unlink()
    elif damage == "a file is cut":
        engine.write_text("")
    elif damage == "the marker is gone":
        (folder_of("1.9.0") / "subject.json").unlink()
    else:
        for file in (engine.parent.parent / "nautilus_trader-1.9.0.dist-info").iterdir():
            file.unlink()
    told: list[str] = []

    again = provision("1.9.0", told.append)

    assert again == installation
    assert engine.read_text() == "RUNS = True\n"
    assert "NautilusTrader 1.9.0 is installed but damaged: installing it again" in told


def test_interrupted_installation_is_swept_away(index: StandInIndex) -> None:
    """What a killed run left half done neither counts as installed nor gets in the way."""
    index.add("1.9.0")
    partial = folder_of("1.9.0").with_name(folder_of("1.9.0").name + ".partial")
    (partial / "bin").mkdir(parents=True)

    provision("1.9.0")

    assert not partial.exists()


def test_version_that_does_not_import_is_not_installed(index: StandInIndex) -> None:
    """A wheel that cannot be imported fails with its own words, and leaves nothing that passes for a subject."""
    index.add("1.9.0", init="raise ImportError('libc of another world')\n")

    with pytest.raises(ProvisionFailed, match="libc of another world"):
        provision("1.9.0")

    assert installed() == []
    assert not folder_of("1.9.0").exists()


def test_dependency_that_cannot_be_found_is_told(index: StandInIndex) -> None:
    """Anything else that uv refuses comes back in uv's words."""
    index.add("1.9.0", needs=("no-such-thing==1",))

    with pytest.raises(ProvisionFailed, match="no-such-thing"):
        provision("1.9.0")


def test_index_that_vanishes_half_way_is_no_damage(index: StandInIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Losing the network between looking up and installing is told as such."""
    index.add("1.9.0")
    monkeypatch.setattr(versions, "_nearest", lambda version: [])

    with pytest.raises(IndexUnreachable):
        provision("1.9.0", lambda line: index.close() if line.startswith("installing") else None)


def test_full_disk_says_where_and_what_to_do() -> None:
    """A full disk names the folder and the variable that moves it."""
    error = UvError(["pip", "install"], 2, "error: failed to write\ncause: No space left on device (os error 28)")

    explained = versions.explained(error, "1.9.0", "installing it")

    assert isinstance(explained, DiskFull)
    assert "CONFORMANCE_CACHE" in str(explained)
