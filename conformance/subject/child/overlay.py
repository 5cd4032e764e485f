"""Lay a folder of patched modules over an installed package, in this process only.

`nautilus_trader.adapters.binance=DIR` makes every module of that package come from DIR where DIR has it, and from the
installed folder where it has not; the installed files are never touched.
"""

import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

_SUFFIXES = tuple(importlib.machinery.all_suffixes())


class OverlayError(ValueError):
    """An overlay that cannot take effect; the message says why and what was expected."""


class Overlay(MetaPathFinder):
    """Finds the modules below `package` in `folder` first, then where they are installed."""

    def __init__(self, package: str, folder: Path) -> None:
        if not folder.is_dir():
            raise OverlayError(f"overlay {package}={folder}: no such folder")
        self.package = package
        self.folder = folder
        installed = importlib.util.find_spec(package)
        if installed is None or not installed.submodule_search_locations:
            raise OverlayError(f"overlay {package}={folder}: {package} is not an installed package")
        self.installed = Path(next(iter(installed.submodule_search_locations)))
        self.files = sorted(self._replacing())
        if not self.files:
            raise OverlayError(
                f"overlay {package}={folder}: the folder holds none of the package's modules; "
                f"expected files as in {self.installed}, such as {self._example()}"
            )

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a module of the package, from the overlay where it has the module."""
        if fullname != self.package and not fullname.startswith(self.package + "."):
            return None
        relative = Path(*fullname.removeprefix(self.package).strip(".").split("."))
        places = [self.folder / relative, self.installed / relative]
        package = next((place / "__init__.py" for place in places if (place / "__init__.py").is_file()), None)
        if package is not None:
            # Both folders are searched for what is below: that is the fall-back for files the overlay lacks.
            locations = [str(place) for place in places if place.is_dir()]
            return importlib.util.spec_from_file_location(fullname, package, submodule_search_locations=locations)
        parents = [str(place.parent) for place in places if place.parent.is_dir()]
        return importlib.machinery.PathFinder.find_spec(fullname, parents)

    def _replacing(self) -> Iterator[str]:
        for file in self.folder.rglob("*"):
            relative = file.relative_to(self.folder)
            if file.name.endswith(_SUFFIXES) and (self.installed / relative.parent).is_dir():
                yield relative.as_posix()

    def _example(self) -> str:
        return next((file.name for file in sorted(self.installed.glob("[!_]*.py"))), "__init__.py")


def lay(overlays: Sequence[str]) -> dict[str, list[str]]:
    """Install `MODULE=DIR` overlays before their packages are imported; return the files each one brings."""
    brought: dict[str, list[str]] = {}
    for text in overlays:
        package, _, folder = text.partition("=")
        overlay = Overlay(package, Path(folder))
        loaded = [name for name in sys.modules if name == package or name.startswith(package + ".")]
        for name in loaded:  # find_spec of a package imports its parents, never the package's own modules
            raise OverlayError(f"overlay {package}={folder}: {name} was imported before the overlay was laid")
        sys.meta_path.insert(0, overlay)
        brought[package] = overlay.files
    return brought
