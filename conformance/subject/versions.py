"""Which NautilusTrader is meant: newest, previous, nightly, or an exact version that the index has."""

import os
import platform
import shutil
import sys
from collections.abc import Sequence

from packaging.version import InvalidVersion, Version

from .errors import DiskFull, IndexUnreachable, ProvisionError, ProvisionFailed, PythonTooOld, UnknownVersion
from .installations import cache_folder, installed
from .uv import UvError, run_uv

PACKAGE = "nautilus_trader"
NIGHTLY_INDEX = "https://packages.nautechsystems.io/simple"
NIGHTLY_INDEX_VARIABLE = "CONFORMANCE_NIGHTLY_INDEX"
SELECTORS = ("newest", "previous", "nightly")


def resolve(version: str) -> str:
    """Return the exact version that `version` means now.

    "newest" is the newest stable version of the index that uv is configured with, "previous" the stable one before it,
    "nightly" the newest development wheel of NautilusTrader's own index. An exact version comes back in normal form;
    it is looked up unless it is installed already. Raises `UnknownVersion`, `IndexUnreachable` or another
    `ProvisionError`.
    """
    if version == "newest":
        return newest(PACKAGE, version)
    if version == "previous":
        return newest(f"{PACKAGE}<{newest(PACKAGE, version)}", version)
    if version == "nightly":
        return newest(PACKAGE, version, index_options("nightly"))
    try:
        exact = str(Version(version))
    except InvalidVersion:
        raise UnknownVersion(version, "it is neither a version nor a selector", _similar(version)) from None
    if any(each.version == exact for each in installed()):
        return exact
    try:
        return newest(f"{PACKAGE}=={exact}", exact, index_options(exact))
    except UnknownVersion:
        raise UnknownVersion(version, "the index does not have it", _nearest(exact)) from None


def index_options(version: str) -> list[str]:
    """Return uv's options for the index that has the version: development wheels are on NautilusTrader's own."""
    if version != "nightly":
        parsed = Version(version)
        if not (parsed.is_devrelease or parsed.local or (parsed.pre and parsed.pre[0] == "a")):
            return []
    return ["--prerelease=allow", f"--default-index={nightly_index()}"]


def nightly_index() -> str:
    """Return the URL of the index with development wheels."""
    return os.environ.get(NIGHTLY_INDEX_VARIABLE, NIGHTLY_INDEX)


def newest(requirement: str, asked: str, options: Sequence[str] = ()) -> str:
    """Return the newest version that meets the requirement and has a wheel for this Python."""
    arguments = ["pip", "compile", "--no-deps", "--no-header", "--no-annotate", "--quiet", f"--python={sys.executable}"]
    try:
        output = run_uv([*arguments, f"--only-binary={PACKAGE}", *options, "-"], stdin=requirement)
    except UvError as error:
        raise explained(error, asked, "looking it up") from error
    return output.strip().partition("==")[2].partition(";")[0].strip()


def explained(error: UvError, version: str, step: str) -> ProvisionError:
    """Return what uv's error means for the person who asked for the version."""
    if error.is_disk:
        folder = cache_folder()
        return DiskFull(str(folder), shutil.disk_usage(folder).free // 2**20)
    if error.is_network:
        selected = version == "nightly" or (version not in SELECTORS and bool(index_options(version)))
        ready = [each.version for each in installed()]
        if selected:
            return IndexUnreachable(nightly_index(), error.cause, ready, told_by=NIGHTLY_INDEX_VARIABLE)
        return IndexUnreachable("the package index", error.cause, ready)
    if error.is_no_wheel:
        return PythonTooOld(version, platform.python_version(), f"it has no wheel for {platform.platform()}")
    if error.is_unknown_version:
        return UnknownVersion(version, "the index does not have it", [])
    return ProvisionFailed(version, step, error.detail)


def _nearest(version: str) -> list[str]:
    """The versions right below and right above; none where the index cannot say."""
    found = []
    for comparison, options in (("<", []), (">", ["--resolution=lowest"])):
        try:
            requirement = f"{PACKAGE}{comparison}{version}"
            found.append(newest(requirement, version, [*options, *index_options(version), "--prerelease=allow"]))
        except ProvisionError:
            continue
    return found


def _similar(text: str) -> list[str]:
    return [selector for selector in SELECTORS if text[:3].lower() == selector[:3]]
