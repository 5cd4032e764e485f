"""The Pythons that a subject can run on: found on this machine, in pyenv's and uv's folders too, or installed by uv."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .uv import Progress, UvError, run_uv

#: Newest first; the oldest is the oldest that the suite itself runs on. A version's wheels say which of them it takes.
PYTHONS = ("3.15", "3.14", "3.13", "3.12")
_FULL = re.compile(r"(\d+\.\d+)\.(\d+)")
_PROBE = "import platform; print(platform.python_implementation(), platform.python_version())"
_PROBE_WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that starts: its series, such as 3.13, its exact version, and where it is."""

    series: str
    version: str
    path: Path


def on_machine() -> dict[str, list[Path]]:
    """Return the CPythons that seem to be here by series, the most trusted path first. Starts none, so it is quick."""
    found: dict[str, list[Path]] = {}
    for series, path in _places():
        paths = found.setdefault(series, [])
        if path not in paths:
            paths.append(path)
    return found


def here() -> list[str]:
    """Return the series of CPython on this machine that matter, oldest first."""
    return [series for series in reversed(PYTHONS) if series in on_machine()]


def interpreter(series: str) -> Interpreter | None:
    """Return an interpreter of that series, such as 3.13, that is on this machine and starts, if there is one."""
    for path in on_machine().get(series, []):
        found = _started(path)
        if found is not None and found.series == series:
            return found
    return None


def install(series: str, tell: Progress) -> Interpreter | None:
    """Have uv install that series for all of this user's programs; None where uv may not or cannot, in uv's words."""
    tell(f"installing Python {series} by uv")
    retries = os.environ.get("UV_HTTP_RETRIES", "1")
    try:
        run_uv(["python", "install", series], also={"UV_HTTP_RETRIES": retries})
    except UvError as error:
        tell(f"Python {series} is not installed: {error.cause}")
        return None
    return interpreter(series)


def _places() -> Iterator[tuple[str, Path]]:
    # Under the suite's own virtual environment, which the subject's then need not outlive.
    own = Path(getattr(sys, "_base_executable", None) or sys.executable)
    yield f"{sys.version_info.major}.{sys.version_info.minor}", own
    for folder, name in _uv_folders():
        yield name, folder / "bin" / f"python{name}"
    # Behind pyenv, `python3.13` on the PATH is a script that fails until that version is selected.
    for folder in _newest_first(_pyenv_root() / "versions"):
        full = _FULL.fullmatch(folder.name)
        if full and (path := folder / "bin" / f"python{full[1]}").exists():
            yield full[1], path
    for place in filter(None, os.environ.get("PATH", "").split(os.pathsep)):
        for series in PYTHONS:
            path = Path(place, f"python{series}")
            if os.access(path, os.X_OK) and not _is_script(path):
                yield series, path


def _uv_folders() -> Iterator[tuple[Path, str]]:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    given = os.environ.get("UV_PYTHON_INSTALL_DIR")
    for folder in _newest_first(Path(given) if given else data / "uv" / "python"):
        full = re.match(r"cpython-(\d+\.\d+)\.\d+-", folder.name)
        if full and (folder / "bin" / f"python{full[1]}").exists():
            yield folder, full[1]


def _pyenv_root() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _newest_first(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if each.is_dir()), key=_numbers, reverse=True)


def _numbers(folder: Path) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", folder.name)]


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def _started(path: Path) -> Interpreter | None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        run = subprocess.run(
            [path, "-I", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_PROBE_WITHIN_S,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    implementation, _, version = run.stdout.strip().partition(" ")
    full = _FULL.match(version)
    if run.returncode != 0 or implementation != "CPython" or full is None:
        return None
    return Interpreter(full[1], version, path)
