"""The catalogue: every case by id, read by importing, without pytest and without running any."""

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.kit.catalogue import CatalogueError, contract, of_folders

CASE = '''
from conformance.kit import case

@case("{id}", rule="x")
async def test_{name}():
    """It MUST."""
    raise AssertionError("the catalogue runs nothing")
'''


def write(folder: Path, name: str, case_id: str) -> None:
    """Write a case module."""
    (folder / f"test_{name}.py").write_text(CASE.format(id=case_id, name=name))


def test_the_contract_is_listed() -> None:
    """Every case of the contract has a requirement with MUST or SHOULD, the group of its id, and a world."""
    cases = contract()

    assert len(cases) >= 73
    for case_id, case in cases.items():
        assert case.id == case_id
        assert "MUST" in case.requirement or "SHOULD" in case.requirement
        assert case_id.startswith(f"{case.group}-")
        assert "simulator" in case.worlds


def test_the_contract_is_listed_without_what_runs_it() -> None:
    """Listing the contract loads neither a web server nor a recorder: commands that only list stay quick."""
    heavy = ("aiohttp", "httpx", "vcr", "uv")
    code = "import sys; from conformance.kit.catalogue import contract; contract()"
    code += f"; print([module for module in {heavy} if module in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_cases_of_a_folder_are_listed(tmp_path: Path) -> None:
    """A folder's modules are read wherever they lie, and the folders in it too."""
    write(tmp_path, "stop", "STOP-010")
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", "limit", "LMT-010")

    cases = of_folders([tmp_path])

    assert {case_id: case.requirement for case_id, case in cases.items()} == {
        "LMT-010": "It MUST.",
        "STOP-010": "It MUST.",
    }
    assert cases["STOP-010"].place.startswith(str(tmp_path / "test_stop.py:"))


def test_a_folder_may_share_code_between_its_modules(tmp_path: Path) -> None:
    """A module of the folder is imported by its plain name, as pytest lets it be."""
    (tmp_path / "shared_by_cases.py").write_text("RULE = 'a rule'\n")
    source = CASE.format(id="STOP-010", name="stop").replace('rule="x"', "rule=RULE")
    (tmp_path / "test_stop.py").write_text("from shared_by_cases import RULE\n" + source)
    assert of_folders([tmp_path])["STOP-010"].rule == "a rule"


def test_two_cases_of_one_id_are_refused(tmp_path: Path) -> None:
    """Ids are permanent and never shared: both functions are named."""
    write(tmp_path, "stop", "STOP-010")
    write(tmp_path, "limit", "STOP-010")

    with pytest.raises(CatalogueError, match=r"case STOP-010 is both .*test_limit\.py.*test_stop\.py"):
        of_folders([tmp_path])


def test_a_case_that_is_imported_from_elsewhere_counts_once(tmp_path: Path) -> None:
    """A function that a module imports is the case of the module that defines it."""
    write(tmp_path, "stop", "STOP-010")
    (tmp_path / "test_again.py").write_text("from test_stop import test_stop\n")
    assert list(of_folders([tmp_path])) == ["STOP-010"]


def test_a_module_that_cannot_be_imported_is_told(tmp_path: Path) -> None:
    """The message says which module is broken and how."""
    (tmp_path / "test_broken.py").write_text("import no_such_module")

    with pytest.raises(
        CatalogueError, match=r"test_broken\.py cannot be imported: ModuleNotFoundError.*no_such_module"
    ):
        of_folders([tmp_path])


def test_a_folder_without_cases_is_told(tmp_path: Path) -> None:
    """A wrong folder is no empty contract."""
    with pytest.raises(CatalogueError, match=r"there is no test_\*\.py"):
        of_folders([tmp_path])
