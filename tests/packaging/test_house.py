"""The house's own rules, beside the directions that the import checker holds (pyproject.toml)."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for folder in ("conformance", "factory") for path in (ROOT / folder).rglob("*.py"))
ALL = [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]

#: Where paths of the venue stand: its language, the venue as the simulator plays it, and the contract.
PATHS_STAND_IN = ("conformance/binance/", "conformance/simulator/", "conformance/cases/")
#: Who reads and writes events by the venue's letters: its language, and the venue itself. Cases look at frames as they
#: are. The subject has a protocol of its own, whose `n` is the number of a command.
LETTERS_STAND_IN = (*PATHS_STAND_IN, "conformance/subject/", "conformance/kit/trader_entries.py")


def named(path: Path) -> str:
    """Return a file's path in the repository."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """Return the dotted name of a file's module; a package's is that of its `__init__`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.AST:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text())


def imports_of(path: Path, tree: ast.AST, modules: Mapping[str, Path]) -> set[str]:
    """Return every module of ours that a file imports: at its top, in its functions and for types alike."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (above, node.module)))
            submodules = {f"{source}.{alias.name}" for alias in node.names}
            found |= submodules & modules.keys() or {source}
    return (found & modules.keys()) - {module_of(path)}


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of one circle, the first one again at its end; [] where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def letters_read(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that read a field of one letter out of a mapping."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                pass
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
                pass
            case _:
                continue
        if len(name) == 1:
            yield node.lineno


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, without its parameters and its docstring, which a reader may pass over."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


def test_no_module_imports_itself_by_way_of_others() -> None:
    """There is no circle of imports, counting those within functions, those for types alone and those of packages."""
    modules = {module_of(path): path for path in CODE}
    imports = {name: imports_of(path, tree_of(path), modules) for name, path in modules.items()}

    assert sum(map(len, imports.values())) > 1_000, "the imports are not read any more"
    assert circle(imports) == []


@pytest.mark.parametrize(
    ("way", "source"),
    [
        ("at the top", "from conformance.kit.trader import Trader"),
        (
            "for types",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from conformance.kit.trader import Trader",
        ),
        ("in a function", "def late():\n    import conformance.kit.trader"),
        ("of its package", "from conformance.kit import trader"),
        ("relatively", "from .trader import Trader"),
    ],
)
def test_every_way_to_import_counts(way: str, source: str) -> None:
    """Whichever way a module imports another that imports it, the circle is found."""
    order, trader = ROOT / "conformance/kit/order.py", ROOT / "conformance/kit/trader.py"
    modules = {module_of(path): path for path in (order, trader)}
    imports = {
        "conformance.kit.order": imports_of(order, ast.parse(source), modules),
        "conformance.kit.trader": imports_of(trader, ast.parse("from conformance.kit.order import Order"), modules),
    }

    assert set(circle(imports)) == modules.keys(), way


def test_files_are_short() -> None:
    """No file has more than 400 lines."""
    lines = {named(path): len(path.read_text().splitlines()) for path in ALL}

    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_functions_are_short() -> None:
    """No function has a body of more than 40 lines."""
    bodies = {
        f"{named(path)}:{node.lineno} {node.name}": length(node)
        for path in CODE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: count for name, count in bodies.items() if count > 40} == {}


def test_paths_of_the_venue_stand_in_its_language() -> None:
    """Code names an endpoint by what it does: its path stands in `binance/`, the simulator and the cases alone."""
    literals = [
        f"{named(path)}:{node.lineno} {node.value}"
        for path in CODE
        if not named(path).startswith(PATHS_STAND_IN)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"([A-Z]+ )?/fapi/", node.value)
    ]

    assert literals == []


def test_events_are_read_in_one_place() -> None:
    """Nobody but the venue's language reads an event by its letters."""
    readers = [
        f"{named(path)}:{line}"
        for path in CODE
        if not named(path).startswith(LETTERS_STAND_IN)
        for line in letters_read(tree_of(path))
    ]

    assert readers == []
