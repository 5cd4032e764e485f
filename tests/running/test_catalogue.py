"""The catalogue: what pytest collects, by id, without running any case."""

from pathlib import Path

import pytest

from conformance.running import catalogue
from conformance.running.catalogue import collect
from conformance.running.errors import CatalogueError
from conformance.running.pytest_run import base_command

CASE = """
import pytest

@pytest.mark.case(id="{id}", requirement="It MUST.", worlds=["simulator"])
def test_{name}():
    raise AssertionError("the catalogue runs nothing")
"""


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cases in the place of the suite's."""
    # The suite's own expectations speak of cases that these are not.
    options = ["-c", "/dev/null", "--rootdir", str(tmp_path), "--expectations", str(tmp_path / "none.yaml")]
    command = [*base_command()[:-1], *options, str(tmp_path)]
    monkeypatch.setattr(catalogue, "base_command", lambda _folders: command)
    return tmp_path


def write(folder: Path, name: str, case_id: str) -> None:
    """Write a case module."""
    text = CASE.format(id=case_id, name=name)
    (folder / f"test_{name}.py").write_text(text)


def test_the_suites_own_cases_are_listed() -> None:
    """Every case of the contract has an id, a requirement with MUST or SHOULD, a group and a world."""
    cases = collect()

    assert len(cases) > 10
    for case_id, case in cases.items():
        assert case["id"] == case_id
        assert "MUST" in case["requirement"] or "SHOULD" in case["requirement"]
        assert case["group"]
        assert case["worlds"]


def test_cases_are_read_from_their_markers(cases: Path) -> None:
    """A case is listed with what its marker says, and not run."""
    write(cases, "stop", "STOP-010")

    assert {key: case["requirement"] for key, case in collect().items()} == {"STOP-010": "It MUST."}


def test_two_cases_of_one_id_are_refused(cases: Path) -> None:
    """Ids are permanent and never shared: both functions are named."""
    write(cases, "stop", "STOP-010")
    write(cases, "limit", "STOP-010")

    with pytest.raises(CatalogueError, match=r"case STOP-010 is both .*test_limit\.py.*test_stop\.py"):
        collect()


def test_a_case_that_cannot_be_imported_is_told(cases: Path) -> None:
    """pytest's own words say which module is broken and how."""
    (cases / "test_broken.py").write_text("import no_such_module")

    with pytest.raises(CatalogueError, match="no_such_module"):
        collect()
