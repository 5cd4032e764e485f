"""What can go wrong with a subject, typed, so that each becomes the outcome it deserves.

`SubjectDied`, `SubjectHung` and `CommandRefused` are about the version under test. The `ProvisionError`s are about the
environment, and `SubjectMisused` is about the suite: neither ever counts against the version.
"""

import signal


class SubjectError(Exception):
    """Anything wrong with a subject."""


class SubjectDied(SubjectError):  # noqa: N818
    """The subject's process ended by itself. `log_tail` are its last log lines, redacted."""

    def __init__(self, during: str, returncode: int | None, log_tail: str) -> None:
        self.during = during
        self.returncode = returncode
        self.log_tail = log_tail
        super().__init__(f"the subject died during {during}: {describe_exit(returncode)}{_quoted(log_tail)}")


class SubjectHung(SubjectError):  # noqa: N818
    """The subject did not answer, or stop cleanly, in time; its process is ended, the next trader gets a new one."""

    def __init__(self, op: str, seconds: float, log_tail: str, *, answered: bool = False) -> None:
        self.op = op
        self.seconds = seconds
        self.log_tail = log_tail
        what = "the trader did not stop cleanly" if answered else f"the subject did not answer {op!r}"
        super().__init__(f"{what} within {seconds:g} s and was killed{_quoted(log_tail)}")


class CommandRefused(SubjectError):  # noqa: N818
    """The subject answered a command with an error, and lives."""

    def __init__(self, op: str, message: str, log_tail: str = "") -> None:
        self.op = op
        self.message = message
        self.log_tail = log_tail
        super().__init__(f"the subject refused {op!r}: {message}{_quoted(log_tail)}")


class SubjectMisused(Exception):  # noqa: N818
    """The suite's own mistake: a command that makes no sense, or an error in the suite's code inside the subject."""

    def __init__(self, op: str, message: str, log_tail: str = "") -> None:
        self.op = op
        self.message = message
        self.log_tail = log_tail
        super().__init__(f"the suite's own mistake in {op!r}: {message}{_quoted(log_tail)}")


class ProvisionError(SubjectError):
    """A subject that could not be made ready: the environment's fault, not the version's."""


class UnknownVersion(ProvisionError):  # noqa: N818
    """A version that the index does not have, or text that is no version."""

    def __init__(self, given: str, problem: str, nearest: list[str]) -> None:
        self.given = given
        self.nearest = nearest
        hint = f"; the nearest are {', '.join(nearest)}" if nearest else ""
        super().__init__(
            f"unknown NautilusTrader version {given!r}: {problem}{hint}. "
            "Give newest, previous, nightly, or an exact version such as 1.231.0"
        )


class IndexUnreachable(ProvisionError):  # noqa: N818
    """The package index cannot be reached. `told_by` is how another is named."""

    def __init__(
        self, index: str, detail: str, ready: list[str], *, told_by: str = "UV_DEFAULT_INDEX, or uv.toml"
    ) -> None:
        self.index = index
        self.ready = ready
        offline = f"; installed already, and usable without it: {', '.join(ready)}" if ready else ""
        super().__init__(
            f"cannot reach {index}: {detail}{offline}. Check the network, or name an index that can be reached "
            f"({told_by})"
        )


class PythonTooOld(ProvisionError):  # noqa: N818
    """The version does not run on this Python."""

    def __init__(self, version: str, python: str, detail: str) -> None:
        super().__init__(
            f"NautilusTrader {version} does not install on Python {python}: {detail}. "
            "Run the suite with a Python that it supports"
        )


class DiskFull(ProvisionError):  # noqa: N818
    """No space is left for the environment or for uv's cache."""

    def __init__(self, folder: str, free_mb: int) -> None:
        super().__init__(
            f"no space left to install a subject (about 1 GB) in {folder}: {free_mb} MB are free there. "
            "Free some, or set CONFORMANCE_CACHE to a folder on another disk"
        )


class ProvisionFailed(ProvisionError):  # noqa: N818
    """Anything else that uv or the verification reported."""

    def __init__(self, version: str, step: str, detail: str) -> None:
        self.step = step
        super().__init__(f"NautilusTrader {version} could not be made ready, {step} failed{_quoted(detail)}")


def describe_exit(returncode: int | None) -> str:
    """Return an exit code as a person says it."""
    if returncode is None:
        return "its end was not seen"
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"killed by signal {-returncode}"


def _quoted(text: str) -> str:
    return "\n" + "\n".join(f"  | {line}" for line in text.splitlines()) if text.strip() else ""
