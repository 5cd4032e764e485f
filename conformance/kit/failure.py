"""How a check says that a requirement was broken, and the signature by which the same failure is known again."""

import re
from collections.abc import Sequence

_VARIABLE = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{16,}\b|(?<![\w-])-?\d+(?:\.\d+)?\b", re.IGNORECASE)


class CheckError(AssertionError):
    """A requirement that does not hold.

    It says what it is `about`, what was `required` and what was `seen`, with the numbers of this run.
    `signature` says in stable words how it failed: no ids, times or prices, so that it is the same in every run and on
    every machine. Known failures are matched, and two subjects compared, by it.
    """

    def __init__(
        self,
        about: str,
        signature: str,
        *,
        required: str = "",
        seen: str = "",
        since: int | None = None,
        message: str = "",
    ) -> None:
        """`since` is how many entries the history had when the wait for it began; None where nothing was waited for."""
        compared = f"required {required}, seen {seen}" if required else ""
        super().__init__(message or ": ".join(filter(None, (about, compared))))
        self.about = about
        self.required = required
        self.seen = seen
        self.signature = signature
        self.since = since


class UnsupportedError(Exception):
    """The version lacks a capability that the case needs; says which."""


class UndeclaredError(UnsupportedError):
    """The version does not declare a capability that the case needs: known before the case begins, and of every run."""

    def __init__(self, version: str, missing: Sequence[str]) -> None:
        self.missing = ", ".join(missing)
        super().__init__(f"NautilusTrader {version} has no {self.missing}")


class ProfileUnsupportedError(UnsupportedError):
    """The version lacks native fields that the run's profile sets: nothing of it can be seen in that profile."""

    def __init__(self, version: str, fields: Sequence[str], profile: str) -> None:
        self.lacks = ", ".join(fields)
        super().__init__(f"NautilusTrader {version} has no {self.lacks}, which the profile {profile} sets")


class NotGivenError(UnsupportedError):
    """The run was not given what the case needs, whatever the version can do; says how to give it."""


def signature_of(error: BaseException) -> str:
    """Return the failure's signature: its own, or its first line with everything that varies between runs masked."""
    if isinstance(error, CheckError):
        return error.signature
    first_line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return f"{type(error).__name__}: {_VARIABLE.sub('#', first_line)}".removesuffix(": ")
