"""The suite's revision: two results compare only if the same suite wrote them."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_HOUSE = Path(__file__).resolve().parents[1]
#: What decides an outcome; reports and the command line do not.
_DECISIVE = ("cases", "checks", "gateway", "simulator", "subject", "worlds")


def suite_revision() -> str:
    """Return the version and a digest of all code that decides outcomes, such as `0.1.0+3f2a9c41d07b`.

    The digest is of the files themselves: an edited suite is another suite, with or without a commit.
    """
    digest = hashlib.sha256()
    factory = _HOUSE.parent / "factory"
    for folder in (*(_HOUSE / room for room in _DECISIVE), factory):
        for file in sorted(folder.rglob("*.py")):
            digest.update(str(file.relative_to(_HOUSE.parent)).encode())
            digest.update(file.read_bytes())
    try:
        release = version("nautilus-binance-conformance")
    except PackageNotFoundError:
        release = "0"
    return f"{release}+{digest.hexdigest()[:12]}"
