"""The cache of installed subjects: a folder for each version and Python, trusted only while all its files are.

Beside each environment `NAME` lie `NAME.json`, which says what it is, and `NAME.files`, which says what it consisted of
when it was installed. They lie outside of it, so that what damages the environment does not damage the record of it.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from . import manifest
from .errors import EnvironmentDamaged
from .manifest import Damage

CACHE_VARIABLE = "CONFORMANCE_CACHE"
PARTIAL = ".partial"
LOCK = ".lock"
_MARKER, _FILES = ".json", ".files"


@dataclass(frozen=True, slots=True)
class Identity:
    """What exactly was installed: enough to install it again, and to see what differs between two results."""

    nautilus: str
    python: str
    """Exact version, such as 3.13.1."""
    wheel: str | None = None
    """The file name of NautilusTrader's wheel."""
    sha256: str | None = None
    """Of that file, in hexadecimal digits; None where the index does not say it."""
    dependencies: dict[str, str] = field(default_factory=dict)
    """The version of everything installed beside it, by name."""
    build: str | None = None
    """The path or revision of a build of one's own; None for a release."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A NautilusTrader ready to run: exact version, its interpreter, and how it was installed."""

    version: str
    python: Path
    how: str
    identity: Identity | None = None
    pythons: tuple[str, ...] = ()
    """The Pythons for which the index had a wheel on that day, newest first."""

    @property
    def name(self) -> str:
        """The name of the environment's folder, which tells this installation from all others in the cache."""
        return self.python.parents[1].name

    @property
    def series(self) -> str:
        """The Python that it runs on, such as 3.13."""
        return self.identity.python.rpartition(".")[0] if self.identity else ""


def cache_folder() -> Path:
    """Return the folder of the installed subjects: CONFORMANCE_CACHE, or the user's cache."""
    given = os.environ.get(CACHE_VARIABLE)
    root = Path(given) if given else platformdirs.user_cache_path("nautilus-binance-conformance")
    folder = root.absolute() / "subjects"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:
        # Where no folder can be made, as in /proc: an unusable HOME is the user's to mend, and no fault of the suite.
        raise NotADirectoryError(errno.ENOTDIR, "no folder can be made there", str(folder)) from error
    return folder


def folder_of(version: str, python: str, *, index: str | None = None, sha256: str | None = None) -> Path:
    """Return where the version is installed, or would be, for a Python such as 3.13.

    A version of another index, or of a wheel of one's own, has a folder of its own: it may differ under the same name.
    """
    apart = [sha256[:12]] if sha256 else []
    if index:
        apart.append(hashlib.sha256(index.encode()).hexdigest()[:8])
    return cache_folder() / "-".join([version, f"py{python}", *apart])


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def beside(environment: Path, ending: str) -> Path:
    """Return the path of what belongs to an environment and lies beside it."""
    return environment.with_name(environment.name + ending)


def installed() -> list[Installation]:
    """Return the subjects that are ready, for whatever Python, undamaged or not, by name."""
    markers = sorted(cache_folder().glob(f"*{_MARKER}"))
    return [found for marker in markers if (found := read(marker.with_name(marker.name.removesuffix(_MARKER))))]


def read(environment: Path) -> Installation | None:
    """Return what the folder was installed as, without a look at its files; None if it was never finished."""
    try:
        content: dict[str, Any] = json.loads(beside(environment, _MARKER).read_text(encoding="utf-8"))
        known = {each.name for each in fields(Identity)}
        identity = Identity(**{name: value for name, value in content["identity"].items() if name in known})
        how, pythons = str(content["how"]), tuple(str(each) for each in content["pythons"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Installation(identity.nautilus, python_in(environment), how, identity, pythons)


def intact(environment: Path) -> Installation | None:
    """Return the installation in the folder, or None if it was never finished or has been damaged since."""
    found = read(environment)
    return None if found is None or damage_of(environment) else found


def damage_of(environment: Path) -> list[Damage]:
    """Return every file of the environment, NautilusTrader's or another's, that is not as it was installed."""
    if not python_in(environment).exists():
        return [Damage(str(python_in(environment).relative_to(environment)), "missing")]
    try:
        return manifest.damage(environment, beside(environment, _FILES))
    except (OSError, ValueError) as error:
        return [Damage(beside(environment, _FILES).name, f"unreadable: {error}")]


def confirm_undamaged(installation: Installation) -> None:
    """Look whether the environment is still as it was installed: to be asked before a finding counts.

    Raises `EnvironmentDamaged`.
    """
    damage = damage_of(installation.python.parents[1])
    if damage:
        raise EnvironmentDamaged(installation.version, str(installation.python.parents[1]), [str(d) for d in damage])


def mark(environment: Path, installation: Installation) -> None:
    """Write what the folder is: from now on it counts as this version, as long as nothing in it changes."""
    manifest.write(environment, beside(environment, _FILES))
    assert installation.identity is not None
    content = {
        "identity": asdict(installation.identity),
        "how": installation.how,
        "pythons": list(installation.pythons),
    }
    partial = beside(environment, _MARKER + PARTIAL)
    partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    # Last, and at once: a folder with its marker is whole.
    partial.replace(beside(environment, _MARKER))


def remove(environment: Path) -> None:
    """Remove an environment and what lies beside it, its marker first; not its lock, which others may hold."""
    for ending in (_MARKER, _FILES, _MARKER + PARTIAL):
        beside(environment, ending).unlink(missing_ok=True)
    shutil.rmtree(environment, ignore_errors=True)


def used(environment: Path) -> None:
    """Note that the environment is used now: `conformance cache` shows and prunes by it."""
    os.utime(beside(environment, _MARKER))
