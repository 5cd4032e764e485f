"""Make a NautilusTrader version ready to run: one virtual environment per version, installed once, verified, cached."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from . import installations, versions
from .errors import DiskFull, ProvisionFailed
from .installations import Installation, cache_folder, installed, python_in
from .uv import Progress, UvError, run_uv
from .versions import PACKAGE, resolve

__all__ = ["Installation", "cache_folder", "installed", "provision", "resolve"]

_VERIFY = f"import importlib.metadata, {PACKAGE}; print(importlib.metadata.version({PACKAGE!r}))"
_VERIFY_WITHIN_S = 120


def provision(version: str, on_progress: Progress | None = None) -> Installation:
    """Return the installed version, installing it if it is not there or has been damaged.

    `version` is exact or a selector (see `resolve`). Safe when several runs ask at once: one installs, the others wait
    and find it. `on_progress` is told, one line at a time, what is being waited for. Raises a `ProvisionError`.
    """
    tell = on_progress or _silent
    exact = resolve(version)
    folder = installations.folder_of(exact)
    with _lock(folder, exact, tell):
        found = installations.intact(folder)
        if found is not None:
            return found
        if folder.exists():
            tell(f"NautilusTrader {exact} is installed but damaged: installing it again")
        return _install(exact, folder, tell, again=folder.exists())


def _install(version: str, folder: Path, tell: Progress, *, again: bool) -> Installation:
    partial = folder.with_name(folder.name + installations.PARTIAL)
    # What an interrupted run left behind.
    shutil.rmtree(partial, ignore_errors=True)
    tell(f"installing NautilusTrader {version}")
    options = [option.replace("--default-index=", "--index=") for option in versions.index_options(version)]
    try:
        # By path: asked for a version number, uv would try to download an interpreter.
        run_uv(["venv", "--quiet", "--no-project", "--relocatable", f"--python={_base_python()}", str(partial)])
        target = [f"--python={python_in(partial)}", f"--only-binary={PACKAGE}", *options]
        if again:
            # uv links files from its cache: what damaged them here has damaged them there.
            target.append("--no-cache")
        run_uv(["pip", "install", *target, f"{PACKAGE}=={version}"], on_progress=tell)
        tell(f"verifying NautilusTrader {version}")
        _verify(python_in(partial), version)
        installations.mark(partial, version, _how(options))
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except UvError as error:
        raise versions.explained(error, version, "installing it") from error
    except OSError as error:
        if error.errno == 28:
            raise DiskFull(str(folder.parent), shutil.disk_usage(folder.parent).free // 2**20) from error
        raise ProvisionFailed(version, "installing it", str(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    installation = installations.intact(folder)
    if installation is None:
        raise ProvisionFailed(version, "verification", f"files are missing in {folder} right after installing them")
    return installation


def _verify(python: Path, version: str) -> None:
    """Import it once, which also compiles it, and see that it is what was asked for."""
    try:
        run = subprocess.run(
            [python, "-I", "-c", _VERIFY], capture_output=True, text=True, timeout=_VERIFY_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProvisionFailed(version, "its first import", f"no end within {_VERIFY_WITHIN_S} s") from None
    if run.returncode != 0:
        raise ProvisionFailed(version, "its first import", run.stderr[-2000:])
    if run.stdout.strip() != version:
        raise ProvisionFailed(version, "verification", f"asked for {version}, got {run.stdout.strip()}")


@contextmanager
def _lock(folder: Path, version: str, tell: Progress) -> Iterator[None]:
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting for another run that installs NautilusTrader {version}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _base_python() -> str:
    """The interpreter under the suite's own virtual environment, which then need not outlive it."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _how(options: list[str]) -> str:
    index = next((option.partition("=")[2] for option in options if option.startswith("--index=")), None)
    return f"uv {run_uv(['--version']).split()[1]}, wheel from {index or 'the configured package index'}"


def _silent(_: str) -> None:
    pass
