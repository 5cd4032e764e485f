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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uv
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, platform_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from .errors import BuildFailed, UnknownVersion
from .index import PACKAGE
from .installations import cache_folder
from .pythons import PYTHONS, on_machine
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
        return _fitting(asked, _built(_fetched(asked, tell), asked, tell))
    place = Path(asked).expanduser().absolute()
    if place.is_dir():
        project = _project(place)
        return _fitting(asked, _built(project, asked, tell) if project else sorted(place.glob("*.whl")))
    if place.is_file():
        return _fitting(asked, [place])
    checkout, at, revision = asked.rpartition("@")
    if at and Path(checkout).is_dir():
        source = f"git+{Path(checkout).absolute().as_uri()}@{revision}"
        return _fitting(asked, _built(_fetched(source, tell), asked, tell))
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


def _fetched(asked: str, tell: Progress) -> Path:
    """Fetch `git+URL@REVISION` and return the project in its checkout."""
    url, at, revision = asked.removeprefix("git+").rpartition("@")
    if not at or "/" in revision:
        raise UnknownVersion(asked, "it does not say which revision: git+URL@REVISION", [])
    folder = _builds_folder() / f"source-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    if not (folder / ".git").is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        _run(["git", "init", "--quiet", str(folder)], asked, tell)
    _run(["git", "-C", str(folder), "fetch", "--quiet", "--depth=1", url, revision], asked, tell)
    _run(["git", "-C", str(folder), "checkout", "--quiet", "--force", "FETCH_HEAD"], asked, tell)
    project = _project(folder)
    if project is None:
        raise UnknownVersion(asked, "no pyproject.toml of NautilusTrader is in that revision", [])
    return project


def _built(project: Path, asked: str, tell: Progress) -> list[Path]:
    """Build the project for the newest Python here that it takes."""
    python = _python_for(project)
    if python is None:
        raise BuildFailed(asked, "no command", f"none of the Pythons here is one that {project} takes")
    work = Path(tempfile.mkdtemp(prefix="building-", dir=_builds_folder()))
    try:
        command = [uv.find_uv_bin(), "build", "--wheel", f"--python={python}", f"--out-dir={work}", str(project)]
        _run(command, asked, tell)
        return [_kept(file) for file in sorted(work.glob("*.whl"))]
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _kept(wheel: Path) -> Path:
    """Move the wheel to a place of its own, which a later build of the same checkout leaves alone."""
    with wheel.open("rb") as file:
        folder = _builds_folder() / hashlib.file_digest(file, "sha256").hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    return wheel.replace(folder / wheel.name)


def _python_for(project: Path) -> Path | None:
    content = _pyproject(project)
    asked = content.get("project", {}).get("requires-python", "")
    try:
        wanted = SpecifierSet(str(asked))
    except InvalidSpecifier:
        wanted = SpecifierSet("")
    here = on_machine()
    return next((here[each][0] for each in PYTHONS if each in here and wanted.contains(f"{each}.99")), None)


def _builds_folder() -> Path:
    folder = cache_folder().with_name("builds")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: list[str], asked: str, tell: Progress) -> None:
    shown = shlex.join(command)
    tell(f"running {shown}")
    last: deque[str] = deque(maxlen=_LINES_SHOWN)
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")}
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
