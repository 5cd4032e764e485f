"""Builds of one's own: a wheel file, a folder with wheels, a checkout, or a git revision that is built here."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uv
from filelock import FileLock
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, platform_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from .errors import BuildFailed, UnknownVersion
from .index import PACKAGE
from .installations import cache_folder
from .pythons import PYTHONS, here, interpreter
from .secrecy import without_secrets
from .uv import Progress

_PROJECT = canonicalize_name(PACKAGE)
_LINES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class OwnWheel:
    """A NautilusTrader wheel on this machine: the version in its name, and the Pythons that it fits, newest first."""

    path: Path
    version: str
    pythons: list[str]

    def sha256(self) -> str:
        """Return the file's sha256 in hexadecimal digits."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def is_own(asked: str) -> bool:
    """Whether a build of one's own is asked for, and not a version of an index."""
    try:
        Version(asked)
    except InvalidVersion:
        return asked.endswith(".whl") or asked.startswith("git+") or bool({"/", os.sep} & set(asked)) or asked == "."
    return False


def wheels(asked: str, tell: Progress) -> list[OwnWheel]:
    """Return the wheels of the newest version at that place that fit this platform; a revision is built first.

    Raises `UnknownVersion` for a place that has none, and `BuildFailed`.
    """
    if asked.startswith("git+"):
        return _fitting(asked, _of_revision(asked, tell))
    place = Path(asked).expanduser().absolute()
    if place.is_dir():
        project = _project(place)
        return _fitting(asked, _of_checkout(project, asked, tell) if project else sorted(place.glob("*.whl")))
    if place.is_file():
        return _fitting(asked, [place])
    checkout, at, revision = asked.rpartition("@")
    if at and Path(checkout).is_dir():
        return _fitting(asked, _of_revision(f"git+{Path(checkout).absolute().as_uri()}@{revision}", tell))
    raise UnknownVersion(asked, f"there is neither a file nor a folder {place}", [])


def _fitting(asked: str, files: list[Path]) -> list[OwnWheel]:
    found: list[OwnWheel] = []
    others: list[str] = []
    for file in files:
        try:
            name, version, _, tags = parse_wheel_filename(file.name)
        except (InvalidWheelFilename, InvalidVersion) as error:
            others.append(str(error))
            continue
        pythons = [python for python in PYTHONS if any(_fits(tag, python) for tag in tags)]
        if name != _PROJECT:
            others.append(f"{file.name} is a wheel of {name}")
        elif not pythons:
            others.append(f"{file.name} fits none of Python {', '.join(PYTHONS)} on this platform")
        else:
            found.append(OwnWheel(file, str(version), pythons))
    if not found:
        raise UnknownVersion(asked, "; ".join(others) or "no NautilusTrader wheel is in that folder", [])
    newest = max(Version(each.version) for each in found)
    return [each for each in found if Version(each.version) == newest]


def _fits(tag: Tag, python: str) -> bool:
    if tag.platform != "any" and tag.platform not in set(platform_tags()):
        return False
    if tag.interpreter == "py3":
        return True
    made_for = re.fullmatch(r"cp3(\d+)", tag.interpreter)
    if made_for is None or tag.abi.endswith("t"):
        return False
    minor = int(python.partition(".")[2])
    return minor >= int(made_for[1]) if tag.abi == "abi3" else minor == int(made_for[1])


def _project(folder: Path) -> Path | None:
    """Return the project of NautilusTrader in a checkout: its root in 1.x, `python` in 2.x."""
    for place in (folder, folder / "python"):
        content = _pyproject(place)
        name = content.get("project", content.get("tool", {}).get("poetry", {})).get("name")
        if name and canonicalize_name(str(name)) == _PROJECT:
            return place
    return None


def _pyproject(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _of_revision(asked: str, tell: Progress) -> list[Path]:
    """Return the wheel of `git+URL@REVISION`; a commit is built once for each Python, because that takes long."""
    url, at, revision = asked.removeprefix("git+").rpartition("@")
    if not at or "/" in revision:
        raise UnknownVersion(asked, "it does not say which revision: git+URL@REVISION", [])
    folder = _builds_folder() / f"source-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    git = ["git", "-C", str(folder)]
    with FileLock(folder.with_name(folder.name + ".lock")):
        if not (folder / ".git").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            _run(["git", "init", "--quiet", str(folder)], asked, tell)
        _run([*git, "fetch", "--quiet", "--depth=1", url, revision], asked, tell)
        _run([*git, "checkout", "--quiet", "--force", "FETCH_HEAD"], asked, tell)
        commit = _run([*git, "rev-parse", "HEAD"], asked, tell)
        project = _project(folder)
        if project is None:
            raise UnknownVersion(asked, "no pyproject.toml of NautilusTrader is in that revision", [])
        python = _python_for(project, asked)
        ready = _builds_folder() / f"{commit[:16]}-{python.name}"
        if not ready.is_dir():
            with _building(project, python, asked, tell) as built:
                built.rename(ready)
        return sorted(ready.glob("*.whl"))


def _of_checkout(project: Path, asked: str, tell: Progress) -> list[Path]:
    """Return the wheel of a checkout as it lies there, at a place where a later build of it leaves it alone."""
    with _building(project, _python_for(project, asked), asked, tell) as built:
        for wheel in built.glob("*.whl"):
            with wheel.open("rb") as file:
                folder = _builds_folder() / hashlib.file_digest(file, "sha256").hexdigest()[:16]
            folder.mkdir(exist_ok=True)
            return [wheel.replace(folder / wheel.name)]
    return []


@contextmanager
def _building(project: Path, python: Path, asked: str, tell: Progress) -> Iterator[Path]:
    """Build the project, and give the folder with its wheel, which goes unless it is moved away."""
    work = Path(tempfile.mkdtemp(prefix="building-", dir=_builds_folder()))
    try:
        command = [uv.find_uv_bin(), "build", "--wheel", f"--python={python}", f"--out-dir={work}", str(project)]
        _run(command, asked, tell)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _python_for(project: Path, asked: str) -> Path:
    """Return the newest Python here that the project takes."""
    wanted = str(_pyproject(project).get("project", {}).get("requires-python", ""))
    try:
        specifier = SpecifierSet(wanted)
    except InvalidSpecifier:
        specifier = SpecifierSet("")
    for series in PYTHONS:
        found = interpreter(series) if specifier.contains(f"{series}.99") else None
        if found is not None:
            return found.path
    raise BuildFailed(asked, "no command", f"{project} takes Python {wanted}: this machine has {', '.join(here())}")


def _builds_folder() -> Path:
    folder = cache_folder().with_name("builds")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: list[str], asked: str, tell: Progress) -> str:
    """Run a command, tell it and its output line by line, and return its last line."""
    shown = shlex.join(command)
    tell(f"running {shown}")
    last: deque[str] = deque(maxlen=_LINES_SHOWN)
    passed_on = without_secrets(os.environ, installing=True).items()
    environment = {name: value for name, value in passed_on if name not in ("VIRTUAL_ENV", "UV_PYTHON")}
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                last.append(line.rstrip())
                tell(line.strip())
    except OSError as error:
        raise BuildFailed(asked, shown, str(error)) from error
    if process.returncode != 0:
        raise BuildFailed(asked, shown, "\n".join(last))
    return last[-1] if last else ""
