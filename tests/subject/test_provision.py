"""Installing a version: once, verified, and again when it is damaged."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.subject import versions
from conformance.subject.errors import DiskFull, EnvironmentDamaged, IndexUnreachable, ProvisionFailed
from conformance.subject.installations import Identity, beside, confirm_undamaged, folder_of
from conformance.subject.provision import Installation, installed, provision
from conformance.subject.uv import UvError
from tests.subject.stand_in_index import StandInIndex

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


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
    assert sum(line.startswith("installing NautilusTrader 1.9.0") for line in told) == 1


def _cut(file: Path) -> None:
    file.write_text("")


def _edit_to_the_same_size(file: Path) -> None:
    file.write_text(file.read_text()[::-1])


def _edit_in_the_same_moment(file: Path) -> None:
    """Its size, its time and its inode are those of the day."""
    stat = file.stat()
    _edit_to_the_same_size(file)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _remove_with_its_row(file: Path) -> None:
    """A file that nobody misses by RECORD."""
    file.unlink()
    record = next(file.parents[1].glob(f"{file.parent.name}-*.dist-info/RECORD"))
    record.write_text("".join(row for row in record.read_text().splitlines(True) if file.name not in row))


def _add_beside(file: Path) -> None:
    file.with_name("stray.py").write_text("")


def _remove_the_package(file: Path) -> None:
    shutil.rmtree(next(file.parents[1].glob(f"{file.parent.name}-*.dist-info")))


@pytest.mark.parametrize("package", ["nautilus_trader", "stand_in_dependency"])
@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        _cut,
        _edit_to_the_same_size,
        _edit_in_the_same_moment,
        _remove_with_its_row,
        _add_beside,
        _remove_the_package,
    ],
)
def test_damaged_installation_is_built_again(index: StandInIndex, damage: Callable[[Path], None], package: str) -> None:
    """Whatever is missing, changed or added, in NautilusTrader or in what it needs, is noticed before it is used."""
    index.add("1.0", project="stand-in-dependency")
    index.add("1.9.0", needs=("stand-in-dependency",))
    installation = provision("1.9.0")
    engine = site_packages(installation) / package / "engine.py"
    damage(engine)
    told: list[str] = []

    again = provision("1.9.0", told.append)

    assert again == installation
    assert engine.read_text() == "RUNS = True\n"
    assert any(line.startswith("NautilusTrader 1.9.0 is installed but damaged, ") for line in told)
    assert provision("1.9.0", told.append) == installation


def test_interpreter_that_is_gone_is_damage(index: StandInIndex) -> None:
    """An environment whose Python was uninstalled is built again."""
    index.add("1.9.0")
    installation = provision("1.9.0")
    installation.python.unlink()

    assert provision("1.9.0").python.exists()


def test_damage_that_cannot_be_repaired_says_both(index: StandInIndex) -> None:
    """Without the index a damaged environment is told as damaged, with the file, and why it stays so."""
    index.add("1.9.0")
    engine = site_packages(provision("1.9.0")) / "nautilus_trader" / "engine.py"
    engine.write_text("")
    index.close()

    with pytest.raises(EnvironmentDamaged, match=r"engine\.py \(changed\).*could not be installed again.*cannot reach"):
        provision("1.9.0")


def test_damage_during_a_run_is_found_after_it(index: StandInIndex) -> None:
    """What was whole before and is not after counts against nobody."""
    index.add("1.9.0")
    installation = provision("1.9.0")
    confirm_undamaged(installation)

    (site_packages(installation) / "nautilus_trader" / "engine.py").unlink()

    with pytest.raises(EnvironmentDamaged, match=r"engine\.py \(missing\)"):
        confirm_undamaged(installation)


def test_installation_that_was_never_finished_is_built_again(index: StandInIndex) -> None:
    """A folder without its marker is no installation."""
    index.add("1.9.0")
    installation = provision("1.9.0")
    beside(folder_of("1.9.0", OWN), ".json").unlink()

    assert provision("1.9.0") == installation


def test_identity_says_exactly_what_is_installed(index: StandInIndex) -> None:
    """Python, wheel, its sha256 and every dependency: enough to see what differs between two results."""
    index.add("1.0", project="stand-in-dependency")
    wheel = index.add("1.9.0", needs=("stand-in-dependency",))

    identity = provision("1.9.0").identity

    assert identity == Identity(
        "1.9.0",
        platform.python_version(),
        wheel.name,
        hashlib.sha256(wheel.read_bytes()).hexdigest(),
        {"stand-in-dependency": "1.0"},
    )


def test_other_wheels_of_the_version_do_not_change_which_is_named(index: StandInIndex) -> None:
    """Where several wheels fit, the one that was installed is named."""
    index.add("1.9.0")
    special = index.add("1.9.0", "SPECIAL = True\n", tag=f"cp3{sys.version_info.minor}-none-any")

    installation = provision("1.9.0")

    assert installation.identity is not None
    assert installation.identity.wheel == special.name
    assert "SPECIAL" in (site_packages(installation) / "nautilus_trader" / "__init__.py").read_text()


def test_interrupted_installation_is_swept_away(index: StandInIndex) -> None:
    """What a killed run left half done neither counts as installed nor gets in the way."""
    index.add("1.9.0")
    partial = beside(folder_of("1.9.0", OWN), ".partial")
    (partial / "bin").mkdir(parents=True)

    provision("1.9.0")

    assert not partial.exists()


def test_version_that_does_not_import_is_not_installed(index: StandInIndex) -> None:
    """A wheel that cannot be imported fails with its own words, and leaves nothing that passes for a subject."""
    index.add("1.9.0", init="raise ImportError('libc of another world')\n")

    with pytest.raises(ProvisionFailed, match="libc of another world"):
        provision("1.9.0")

    assert installed() == []
    assert not folder_of("1.9.0", OWN).exists()


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
