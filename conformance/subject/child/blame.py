"""Who caused an error: the trader, which counts against the version, or the suite, which must not.

Decided by where it was raised: in NautilusTrader or the factory by the trader, in this package by the suite.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

By = Literal["suite", "trader", "version"]
"""`version` for what the installed version does not have: neither a mistake nor a failure."""

_OURS = __name__.rpartition(".")[0]
_THEIRS = ("nautilus_trader", "factory")
_MISFITS = (AttributeError, TypeError, NameError)
"""What Python raises where our call does not fit what is installed: we have to learn the version's new names."""


class Refusal(Exception):  # noqa: N818  (it is an answer, not a fault of the program)
    """What the trader does not do as it stands; the text is the reply's error."""


class Misuse(Exception):  # noqa: N818
    """A command that makes no sense, whatever the version: the suite's own mistake; the text is the reply's error."""


def blame(error: BaseException) -> By:
    """Return who caused the error.

    It belongs to the innermost of the packages in its traceback; what was raised further down, in the standard library,
    say, belongs to who called that. An error without a frame of any is the trader's.
    """
    if isinstance(error, Unsupported):
        return "version"
    if isinstance(error, Refusal | Misuse):
        return "trader" if isinstance(error, Refusal) else "suite"
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(f"{_OURS}."):
            return "suite"
        if module.partition(".")[0] in _THEIRS:
            return "trader"
    return "trader"


class Unsupported(Exception):  # noqa: N818
    """What the installed version does not have at all: a native field, a setting or an operation, by its name."""

    def __init__(self, lacks: str, nearest: str | None = None) -> None:
        self.lacks = lacks
        self.nearest = nearest
        super().__init__(lacks if nearest is None else f"{lacks}; the nearest that it has is {nearest}")


@contextmanager
def answered_natively() -> Iterator[None]:
    """Take what a native call raises for the trader's refusal.

    Rust code leaves no frame in a traceback, so its errors look as if the line that called it had raised them.
    """
    try:
        yield
    except (Misuse, Unsupported, *_MISFITS):
        raise
    except Exception as error:
        if blame(error) == "trader":
            raise
        raise Refusal(f"{type(error).__name__}: {error}") from error
