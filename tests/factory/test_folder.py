"""The folder: copied under another name it still works; importing it is cheap; without NautilusTrader it says so."""

import runpy
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import factory

FOLDER = Path(factory.__file__).parent


def test_a_copy_under_another_name_works(tmp_path: Path, python: Callable[..., Any], secrets: dict[str, str]) -> None:
    """Copied into another project as `binance_setup`, the folder builds a node and explains a rejection, alone."""
    shutil.copytree(FOLDER, tmp_path / "binance_setup", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import sys
import binance_setup as setup
from binance_setup.installed import GENERATION
clients = setup.create_binance_exec_client(testnet=True, leverages={"BTCUSDT": 5}, margin_types={"BTCUSDT": "CROSS"})
create = setup.create_tradingnode_config if GENERATION == 1 else setup.create_livenode_builder
create(exec_clients=clients)
assert setup.explain_rejection(-2019).category == "insufficient_margin"
for name in setup.__all__:
    getattr(setup, name)
assert not [each for each in sys.modules if each.split(".")[0] in ("factory", "conformance")]
print("worked")
"""

    done = python(script, path=tmp_path, environ=secrets)

    assert done.stdout == "worked\n", done.stderr


def test_importing_the_folder_loads_no_nautilus_trader(python: Callable[..., Any]) -> None:
    """The import is cheap, and explaining a rejection stays so."""
    done = python("import sys, factory; factory.explain_rejection(-1007); print('nautilus_trader' in sys.modules)")

    assert done.stdout == "False\n", done.stderr


def test_every_public_name_is_found_and_listed() -> None:
    """`__all__`, `dir()` and the loading of names agree."""
    for name in factory.__all__:
        assert getattr(factory, name).__name__ == name
        assert name in dir(factory)


def test_a_name_that_does_not_exist_is_answered_with_those_that_do() -> None:
    """A misspelt name is an AttributeError that lists the public ones."""
    with pytest.raises(AttributeError, match=r"no attribute 'create_exec_client'; it has .*create_binance_exec_client"):
        factory.create_exec_client  # noqa: B018


def test_without_nautilus_trader_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is named, with the command that installs it."""
    monkeypatch.setitem(sys.modules, "nautilus_trader", None)

    with pytest.raises(ImportError, match=r"needs nautilus_trader .*pip install nautilus_trader"):
        runpy.run_path(str(FOLDER / "installed.py"))


def test_the_folder_imports_itself_relatively_and_nothing_foreign() -> None:
    """Every import is relative, of the standard library, or of nautilus_trader."""
    import ast

    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported = [node.module or ""]
            else:
                continue
            for name in imported:
                assert name.split(".")[0] in sys.stdlib_module_names | {"nautilus_trader"}, f"{file.name}: {name}"
