"""The suite's revision: whatever decides outcomes is part of it, and nothing that differs by machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.revision import digest, suite_revision

ROOT = Path(__file__).resolve().parents[1]


def files_read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the files of which the suite's revision is made, by their names in the checkout."""
    read: set[str] = set()
    read_bytes = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.add(path.relative_to(ROOT).as_posix())
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    suite_revision.__wrapped__()
    return read


def test_whatever_decides_outcomes_is_in_the_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code and data alike: how a failure is classified, the venue's market, what is expected, the factory."""
    assert files_read(monkeypatch) >= {
        "conformance/plugin/__init__.py",
        "conformance/plugin/fixtures.py",
        "conformance/verdict/classify.py",
        "conformance/cases/test_stop_orders.py",
        "conformance/simulator/venue.py",
        "factory/exec_client.py",
        "factory/rejections.json",
        "fixtures/defects/stops-before-algo.yaml",
        "fixtures/market/exchange-info.json",
    }


def test_what_only_shows_results_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word in a report or in a command's help makes no other suite; nor do Python's caches, nor the cassettes."""
    read = files_read(monkeypatch)
    assert not [name for name in read if name.startswith(("conformance/cli/", "conformance/report/", "cassettes/"))]
    assert not [name for name in read if "__pycache__" in name]


def lay(folder: Path) -> Path:
    """Make a folder of two files, one of them deeper."""
    (folder / "market").mkdir(parents=True)
    (folder / "market" / "prices.json").write_bytes(b"{}")
    (folder / "budgets.yaml").write_bytes(b"a: 1\n")
    return folder


@pytest.mark.parametrize(
    ("change", "matters"),
    [
        pytest.param(lambda folder: (folder / "budgets.yaml").write_bytes(b"a: 2\n"), True, id="content"),
        pytest.param(lambda folder: (folder / "new.json").touch(), True, id="another file"),
        pytest.param(lambda folder: (folder / "budgets.yaml").rename(folder / "market" / "b"), True, id="moved"),
        pytest.param(lambda folder: (folder / "market" / "prices.json").unlink(), True, id="gone"),
        pytest.param(lambda folder: (folder / ".DS_Store").write_bytes(b"x"), False, id="hidden"),
        pytest.param(lambda folder: (folder / "__pycache__").mkdir(), False, id="Python's cache"),
        pytest.param(lambda folder: (folder / "budgets.yaml").touch(), False, id="a time"),
    ],
)
def test_a_digest_is_of_names_and_contents(tmp_path: Path, change: Callable[[Path], object], matters: bool) -> None:
    """The same files give the same digest wherever they lie; any other file, name or content gives another."""
    here, there = lay(tmp_path / "here" / "fixtures"), lay(tmp_path / "there" / "fixtures")
    assert digest([here]) == digest([there])

    change(there)

    assert (digest([here]) != digest([there])) is matters


def test_a_folder_can_be_left_out(tmp_path: Path) -> None:
    """What lies in a folder that is left out makes no difference."""
    folder = lay(tmp_path)
    before = digest([folder], [folder / "market"])

    (folder / "market" / "prices.json").write_bytes(b"[]")

    assert digest([folder], [folder / "market"]) == before
