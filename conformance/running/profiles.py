"""The profiles that a run is asked for, looked at before anything is installed or run."""

from collections import Counter
from collections.abc import Sequence

from conformance.datafile import DataFileError
from conformance.running.errors import RunRefusedError
from conformance.subject.profiles import Profile, load


def check_profiles(asked: Sequence[str]) -> list[Profile]:
    """Return the profiles of these names and files.

    Raises `RunRefusedError` for one that cannot be read, naming file, line, field and the nearest word, and for two of
    one name, because nothing would tell their cases apart.
    """
    try:
        profiles = [load(each) for each in asked]
    except DataFileError as error:
        raise RunRefusedError(f"--profile: {error}") from error
    name, times = Counter(each.name for each in profiles).most_common(1)[0]
    if times > 1:
        raise RunRefusedError(
            f"--profile: {times} are called {name!r}: give each file a name of its own, or name one once"
        )
    return profiles
