"""What the package indexes have, asked through uv: so the user's own settings, credentials and mirrors hold."""

import os
import sys
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.version import Version

from .pythons import PYTHONS
from .uv import UvError, run_uv

PACKAGE = "nautilus_trader"
NIGHTLY_INDEX = "https://packages.nautechsystems.io/simple"
NIGHTLY_INDEX_VARIABLE = "CONFORMANCE_NIGHTLY_INDEX"
_COMPILE = ("pip", "compile", "--no-header", "--no-annotate", "--quiet", f"--only-binary={PACKAGE}")
_PRERELEASES = "--prerelease=allow"


@dataclass(frozen=True, slots=True)
class Place:
    """Where wheels are looked for: the configured index, another index, or a folder of wheels."""

    index: str | None = None
    """None: the index that uv is configured with."""
    wheels: Path | None = None
    """Only the wheels in this folder."""

    def options(self, *, alone: bool) -> list[str]:
        """Return uv's options; `alone` when NautilusTrader is all that is asked for, else the rest comes as usual."""
        if self.wheels is not None:
            return ["--no-index", f"--find-links={self.wheels}"] if alone else [f"--find-links={self.wheels}"]
        if self.index is not None:
            return [f"--default-index={self.index}" if alone else f"--index={self.index}"]
        return []


CONFIGURED = Place()


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel file: its name, and its sha256 in hexadecimal digits, or None where the index does not say it."""

    name: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Lock:
    """All that an installation will consist of, as uv resolved it for one Python. `text` is a `pylock.toml`."""

    text: str

    def wheels(self) -> list[Wheel]:
        """Return NautilusTrader's wheels that fit."""
        mine = next(each for each in self._packages() if each["name"].replace("-", "_") == PACKAGE)
        files = [*mine.get("wheels", []), *filter(None, [mine.get("archive")])]
        return [Wheel(_file_name(each), each.get("hashes", {}).get("sha256")) for each in files]

    def dependencies(self) -> dict[str, str]:
        """Return the version of everything but NautilusTrader, by name."""
        packages = {each["name"]: str(each.get("version", "")) for each in self._packages()}
        return {name: version for name, version in packages.items() if name.replace("-", "_") != PACKAGE}

    def _packages(self) -> list[dict[str, Any]]:
        packages: list[dict[str, Any]] = tomllib.loads(self.text).get("packages", [])
        return packages


def nightly_place() -> Place:
    """Return where development wheels are: NautilusTrader's own index, or the one that the variable names."""
    return Place(os.environ.get(NIGHTLY_INDEX_VARIABLE, NIGHTLY_INDEX))


def place_of(version: str) -> Place:
    """Return the place of an exact version: development wheels are on NautilusTrader's own index."""
    parsed = Version(version)
    if parsed.is_devrelease or parsed.local or (parsed.pre and parsed.pre[0] == "a"):
        return nightly_place()
    return CONFIGURED


def newest(
    requirement: str, python: str, place: Place = CONFIGURED, *, prereleases: bool = True, lowest: bool = False
) -> str:
    """Return the newest version (or the lowest) that meets the requirement and has a wheel for that Python.

    Raises `UvError`.
    """
    options = [_PRERELEASES if prereleases else "--prerelease=disallow", *place.options(alone=True)]
    if lowest:
        options.append("--resolution=lowest")
    # uv takes the platform from the suite's Python, and only the version of another: that one need not be here.
    asked = ["--no-deps", f"--python={sys.executable}", f"--python-version={python}"]
    output = run_uv([*_COMPILE, *asked, *options, "-"], stdin=requirement)
    return output.strip().partition("==")[2].partition(";")[0].strip()


def newest_by_python(
    requirement: str, place: Place = CONFIGURED, *, prereleases: bool = True, pythons: Iterable[str] = PYTHONS
) -> tuple[dict[str, str], dict[str, UvError]]:
    """Return the newest version that meets the requirement for each Python, and what uv said for those without one."""
    asked = list(pythons)

    def ask(python: str) -> str | UvError:
        try:
            return newest(requirement, python, place, prereleases=prereleases)
        except UvError as error:
            return error

    with ThreadPoolExecutor(len(asked)) as pool:
        answers = dict(zip(asked, pool.map(ask, asked), strict=True))
    found = {python: answer for python, answer in answers.items() if isinstance(answer, str)}
    return found, {python: answer for python, answer in answers.items() if isinstance(answer, UvError)}


def releases(python: str, place: Place = CONFIGURED, *, above: str, below: str) -> list[str]:
    """Return all versions between two, oldest first, that have a wheel for that Python, neither end among them."""
    found: list[str] = []
    ceiling = below
    while True:
        # Not "<": that leaves out the candidates of a final release.
        try:
            ceiling = newest(f"{PACKAGE}>{above},<={ceiling},!={ceiling}", python, place)
        except UvError as error:
            if error.is_network or error.is_disk:
                raise
            return found[::-1]
        found.append(ceiling)


def locked(requirement: str, python: Path, place: Place = CONFIGURED, options: Sequence[str] = ()) -> Lock:
    """Return what installing the requirement for that interpreter comes to. Raises `UvError`."""
    where = [f"--python={python}", "--format=pylock.toml", *place.options(alone=False), *options]
    return Lock(run_uv([*_COMPILE, *where, "-"], stdin=requirement))


def _file_name(entry: dict[str, Any]) -> str:
    if "name" in entry:
        return str(entry["name"])
    return unquote(Path(urlsplit(str(entry.get("url") or entry["path"])).path).name)
