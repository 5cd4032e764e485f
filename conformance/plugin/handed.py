"""What the controlling process hands its workers: to find it out again would take each of them a third of a second."""

import pickle
from typing import Any, NamedTuple

import pytest

from conformance.subject.installations import Installation
from conformance.verdict.defects import Defects

_INPUT = "conformance_handed"
_HANDED = pytest.StashKey["Handed"]()


class Handed(NamedTuple):
    """What is the same for every worker of a run."""

    installation: Installation
    """The subject's environment, which the controlling process has seen undamaged, and looks at again at the end."""
    defects: Defects
    """What is on record, in a sound form."""


def hand(workerinput: dict[str, Any], handed: Handed) -> None:
    """Put it into what pytest-xdist gives a worker to begin with."""
    workerinput[_INPUT] = pickle.dumps(handed)


def handed_to(config: pytest.Config) -> Handed | None:
    """Return what this process was handed; None where it is no worker, and finds things out itself."""
    packed = getattr(config, "workerinput", {}).get(_INPUT)
    if packed is None:
        return None
    if _HANDED not in config.stash:
        config.stash[_HANDED] = pickle.loads(packed)
    return config.stash[_HANDED]


def speaks_for_all(config: pytest.Config) -> bool:
    """Whether this process says what is wrong with what all workers have alike: the only process, or the first."""
    return bool(getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0")
