"""The cache of installed subjects: a folder per version and Python, trusted only with its marker and all its files."""

import csv
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

CACHE_VARIABLE = "CONFORMANCE_CACHE"
MARKER = "subject.json"
PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Installation:
    """A NautilusTrader ready to run: exact version, its interpreter, and how it was installed."""

    version: str
    python: Path
    how: str


def cache_folder() -> Path:
    """Return the folder of the installed subjects: CONFORMANCE_CACHE, or the user's cache."""
    given = os.environ.get(CACHE_VARIABLE)
    root = Path(given) if given else platformdirs.user_cache_path("nautilus-binance-conformance")
    folder = root.absolute() / "subjects"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def folder_of(version: str) -> Path:
    """Return where the version is installed, or would be, for the Python that runs the suite."""
    return cache_folder() / f"{version}-py{sys.version_info.major}.{sys.version_info.minor}"


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def installed() -> list[Installation]:
    """Return the subjects that are ready for this Python, undamaged or not, by name."""
    markers = sorted(cache_folder().glob(f"*-py{sys.version_info.major}.{sys.version_info.minor}/{MARKER}"))
    return [found for marker in markers if (found := _read(marker.parent)) is not None]


def intact(environment: Path) -> Installation | None:
    """Return the installation in the folder, or None if it was never finished or has been damaged since.

    Every file that NautilusTrader's wheel brought is looked at for its size, and every package for its presence: that
    takes milliseconds, where importing takes seconds.
    """
    found = _read(environment)
    if found is None or not python_in(environment).exists():
        return None
    packages = _packages(environment)
    if sorted(packages) != _marker(environment)["packages"]:
        return None
    record = next((path / "RECORD" for name, path in packages.items() if name.startswith("nautilus_trader-")), None)
    if record is None or not record.is_file():
        return None
    return found if all(_unchanged(record.parents[1], row) for row in _rows(record)) else None


def mark(environment: Path, version: str, how: str) -> None:
    """Write the marker: from now on the folder counts as this version, as long as nothing in it changes."""
    content = {"version": version, "how": how, "packages": sorted(_packages(environment))}
    (environment / MARKER).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _read(environment: Path) -> Installation | None:
    try:
        marker = _marker(environment)
        return Installation(str(marker["version"]), python_in(environment), str(marker["how"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _marker(environment: Path) -> dict[str, Any]:
    marker: dict[str, Any] = json.loads((environment / MARKER).read_text(encoding="utf-8"))
    return marker


def _packages(environment: Path) -> dict[str, Path]:
    return {path.name: path for path in environment.glob("[Ll]ib*/**/site-packages/*.dist-info")}


def _rows(record: Path) -> Iterator[list[str]]:
    with record.open(newline="", encoding="utf-8") as lines:
        yield from csv.reader(lines)


def _unchanged(site_packages: Path, row: list[str]) -> bool:
    """A row of RECORD is path, hash, size; compiled files and RECORD itself have no size."""
    path, _, size = row
    if not size or path.endswith(".pyc"):
        return True
    try:
        return (site_packages / path).stat().st_size == int(size)
    except OSError:
        return False
