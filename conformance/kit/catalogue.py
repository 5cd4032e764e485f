"""The catalogue: every case that exists, by id, read by importing the case modules; runs nothing."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from types import ModuleType

from conformance.kit.metadata import Case, cases_of

CONTRACT = "conformance.cases"
"""The package of the contract's own case modules."""


class CatalogueError(RuntimeError):
    """The cases cannot be listed: a module does not import, or two cases have one id."""


@cache
def contract() -> dict[str, Case]:
    """Return the cases of the contract by id, in the order of its modules."""
    package = importlib.import_module(CONTRACT)
    modules = (found.name for found in pkgutil.iter_modules(package.__path__) if found.name.startswith("test_"))
    names = [f"{CONTRACT}.{module}" for module in sorted(modules)]
    return by_id(case for name in names for case in _cases(name, partial(importlib.import_module, name)))


def of_folders(folders: Sequence[Path]) -> dict[str, Case]:
    """Return the cases of the modules `test_*.py` in some folders, and the folders in them, by id."""
    files = [file for folder in folders for file in _modules(folder)]
    return by_id(case for path in files for case in _cases(str(path), partial(_load, path)))


def by_id(cases: Iterable[Case]) -> dict[str, Case]:
    """Return the cases by id; raises `CatalogueError` for two of one id, which names both."""
    found: dict[str, Case] = {}
    for case in cases:
        other = found.setdefault(case.id, case)
        if other is not case:
            raise CatalogueError(f"case {case.id} is both {other.place} and {case.place}: ids are unique")
    return found


def _modules(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("test_*.py"))
    if not folder.is_dir():
        raise CatalogueError(f"{folder}: there is no such folder")
    if not found:
        raise CatalogueError(f"{folder}: there is no test_*.py with cases in it")
    return found


def _load(path: Path) -> ModuleType:
    """Import a module from its file, its folder first on the path, as pytest does."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    # Before it is executed: a dataclass looks its own module up.
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def _cases(name: str, load: Callable[[], ModuleType]) -> Iterator[Case]:
    try:
        module = load()
    except Exception as error:
        raise CatalogueError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
    for test in vars(module).values():
        # A function that another module has imported is that module's, not its own.
        if getattr(test, "__module__", None) == module.__name__:
            yield from cases_of(test)
