"""How a check says that a requirement was broken, and the signature by which the same failure is known again."""

import re

_VARIABLE = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{16,}\b|(?<![\w-])-?\d+(?:\.\d+)?\b", re.IGNORECASE)


class CheckError(AssertionError):
    """A requirement that does not hold.

    `signature` says in stable words how it failed: no ids, times or prices, so that it is the same in every run and on
    every machine. Known failures are matched, and two subjects compared, by it.
    """

    def __init__(self, message: str, signature: str) -> None:
        super().__init__(message)
        self.signature = signature


class UnsupportedError(Exception):
    """The version lacks a capability that the case needs; says which."""


class NotGivenError(UnsupportedError):
    """The run was not given what the case needs, whatever the version can do; says how to give it."""


def signature_of(error: BaseException) -> str:
    """Return the failure's signature: its own, or its first line with everything that varies between runs masked."""
    if isinstance(error, CheckError):
        return error.signature
    first_line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return f"{type(error).__name__}: {_VARIABLE.sub('#', first_line)}".removesuffix(": ")
