"""Make a NautilusTrader version ready to run: one virtual environment per version, installed once, verified, cached."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from packaging.tags import parse_tag
from packaging.utils import parse_wheel_filename

from . import installations, pythons, versions
from .builds import OwnWheel
from .errors import DiskFull, EnvironmentDamaged, ProvisionError, ProvisionFailed, PythonMissing
from .index import PACKAGE, Lock, Wheel, locked, place_of
from .installations import Identity, Installation, cache_folder, installed, python_in
from .pythons import Interpreter
from .secrecy import without_secrets
from .uv import Progress, UvError, run_uv
from .versions import Selection, resolve, select

__all__ = ["Installation", "Selection", "cache_folder", "installed", "provision", "resolve", "select"]

_VERIFY = f"import importlib.metadata, {PACKAGE}; print(importlib.metadata.version({PACKAGE!r}))"
_VERIFY_WITHIN_S = 120


def provision(
    version: str | Selection,
    on_progress: Progress | None = None,
    *,
    python: str | None = None,
    index: str | None = None,
) -> Installation:
    """Return the installed version, installing it if it is not there or has been damaged.

    `version` is a selection, or whatever `select` takes, with `python` and `index` as there. Safe when several runs ask
    at once: one installs, the others wait and find it. `on_progress` gets, one line at a time, what is being waited
    for. Raises a `ProvisionError`.
    """
    tell = on_progress or _silent
    wanted = (
        version if isinstance(version, Selection) else select(version, python=python, index=index, on_progress=tell)
    )
    sha256 = OwnWheel(wanted.wheel, wanted.version, []).sha256() if wanted.wheel else None
    apart = wanted.place.index if wanted.place != place_of(wanted.version) else None
    folder = installations.folder_of(wanted.version, wanted.python, index=apart, sha256=sha256)
    with _lock(folder, wanted.version, tell):
        found = installations.read(folder)
        damage = [str(each) for each in installations.damage_of(folder)] if found else []
        if found is not None and not damage:
            installations.used(folder)
            return found
        if damage:
            tell(f"NautilusTrader {wanted.version} is installed but damaged, {damage[0]}: installing it again")
        try:
            return _install(wanted, folder, sha256, tell, again=bool(damage) or folder.exists())
        except ProvisionError as error:
            if damage:
                raise EnvironmentDamaged(wanted.version, str(folder), damage, str(error)) from error
            raise


def _install(wanted: Selection, folder: Path, sha256: str | None, tell: Progress, *, again: bool) -> Installation:
    version, partial = wanted.version, installations.beside(folder, installations.PARTIAL)
    base = pythons.interpreter(wanted.python)
    if base is None:
        raise PythonMissing(version, list(wanted.pythons or [wanted.python]), pythons.here())
    # What an interrupted run left behind.
    shutil.rmtree(partial, ignore_errors=True)
    tell(f"installing NautilusTrader {version} on Python {base.version}")
    try:
        # By path: asked for a version number, uv would try to download an interpreter.
        run_uv(["venv", "--quiet", "--no-project", "--relocatable", f"--python={base.path}", str(partial)])
        lock = _filled(wanted, python_in(partial), tell, again=again)
        tell(f"verifying NautilusTrader {version}")
        _verify(python_in(partial), version)
        wheel = _installed_wheel(partial, lock.wheels())
        installations.remove(folder)
        partial.rename(folder)
        identity = _identity(wanted, base, wheel, sha256, lock)
        installations.mark(folder, Installation(version, python_in(folder), _how(wanted), identity, wanted.pythons))
    except UvError as error:
        raise versions.explained(error, version, "installing it", wanted.place) from error
    except OSError as error:
        if error.errno == 28:
            raise DiskFull(str(folder.parent), shutil.disk_usage(folder.parent).free // 2**20) from error
        raise ProvisionFailed(version, "installing it", str(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    installation = installations.intact(folder)
    if installation is None:
        raise ProvisionFailed(version, "verification", f"files in {folder} changed right after installing them")
    return installation


def _filled(wanted: Selection, python: Path, tell: Progress, *, again: bool) -> Lock:
    """Install NautilusTrader and what it needs, exactly as it was looked up, and return what that was."""
    requirement = f"{PACKAGE} @ {wanted.wheel.as_uri()}" if wanted.wheel else f"{PACKAGE}=={wanted.version}"
    lock = locked(requirement, python, wanted.place, ["--prerelease=allow"] if wanted.place.index else [])
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        hashes = "".join(f" --hash=sha256:{each.sha256}" for each in lock.wheels() if each.sha256)
        pins = [f"{name}=={version}" for name, version in lock.dependencies().items()]
        file = Path(folder, "requirements.txt")
        file.write_text("\n".join([requirement + hashes, *pins]), encoding="utf-8")
        # uv links files from its cache: what damaged them here has damaged them there.
        fresh = ["--no-cache"] if again else []
        options = ["--no-deps", f"--only-binary={PACKAGE}", *wanted.place.options(alone=False), *fresh]
        run_uv(["pip", "install", f"--python={python}", *options, f"--requirements={file}"], on_progress=tell)
    return lock


def _identity(wanted: Selection, base: Interpreter, wheel: Wheel, sha256: str | None, lock: Lock) -> Identity:
    build = None
    if wanted.wheel:
        build = wanted.asked if wanted.asked != str(wanted.wheel) else wanted.wheel.name
    return Identity(wanted.version, base.version, wheel.name, sha256 or wheel.sha256, lock.dependencies(), build)


def _installed_wheel(environment: Path, offered: list[Wheel]) -> Wheel:
    """Return the one of the fitting wheels that uv took: the one whose tags the installed package names."""
    written = next(environment.glob(f"[Ll]ib*/**/site-packages/{PACKAGE}-*.dist-info/WHEEL"), None)
    text = written.read_text(encoding="utf-8") if written else ""
    tags = {tag for line in re.findall(r"^Tag: (\S+)", text, re.MULTILINE) for tag in parse_tag(line)}
    return next((each for each in offered if parse_wheel_filename(each.name)[3] & tags), offered[0])


def _verify(python: Path, version: str) -> None:
    """Import it once, which also compiles it, and see that it is what was asked for."""
    try:
        run = subprocess.run(
            [python, "-I", "-c", _VERIFY],
            env=without_secrets(os.environ),
            capture_output=True,
            text=True,
            timeout=_VERIFY_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProvisionFailed(version, "its first import", f"no end within {_VERIFY_WITHIN_S} s") from None
    if run.returncode != 0:
        raise ProvisionFailed(version, "its first import", run.stderr[-2000:])
    if run.stdout.strip() != version:
        raise ProvisionFailed(version, "verification", f"asked for {version}, got {run.stdout.strip()}")


@contextmanager
def _lock(folder: Path, version: str, tell: Progress) -> Iterator[None]:
    lock = FileLock(installations.beside(folder, installations.LOCK))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting for another run that installs NautilusTrader {version}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _how(wanted: Selection) -> str:
    said = run_uv(["--version"]).split()[1]
    index = versions.without_credentials(wanted.place.index) if wanted.place.index else "the configured package index"
    return f"uv {said}, {'a wheel of one’s own' if wanted.wheel else f'wheel from {index}'}"


def _silent(_: str) -> None:
    pass
