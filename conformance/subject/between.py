"""The versions between two, for which the indexes have a wheel that a Python of this machine can take."""

from packaging.version import Version

from . import pythons
from .errors import IndexUnreachable
from .index import CONFIGURED, NIGHTLY_INDEX_VARIABLE, Place, nightly_place, releases
from .uv import Progress, UvError
from .versions import explained


def versions_between(
    older: str,
    newer: str,
    tell: Progress,
    *,
    nightlies: bool = True,
    python: str | None = None,
    index: str | None = None,
) -> list[str]:
    """Return the releases and nightlies between two versions, oldest first, neither of the two among them.

    A nightly index that cannot be reached is reported and left out. Raises `IndexUnreachable` for the other, or another
    `ProvisionError`.
    """
    wanted = [python] if python else pythons.here()
    places = [Place(index) if index else CONFIGURED, *([nightly_place()] if nightlies and not index else [])]
    found: set[str] = set()
    for place in places:
        try:
            for series in wanted:
                found.update(releases(series, place, above=older, below=newer))
        except UvError as error:
            problem = explained(error, newer, "listing what is between", place)
            if place == nightly_place() and isinstance(problem, IndexUnreachable):
                tell(f"nightlies are left out, {place.index} cannot be reached ({NIGHTLY_INDEX_VARIABLE})")
                continue
            raise problem from error
    return sorted(found, key=Version)
