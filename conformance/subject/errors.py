"""What can go wrong with a subject, typed, so that each becomes the outcome it deserves.

`SubjectDied`, `SubjectHung` and `CommandRefused` are about the version under test, and so is `NotSupported`, which
counts neither for nor against it. The `ProvisionError`s are about the
environment, and `SubjectMisused` is about the suite: neither ever counts against the version.
"""

import signal


class SubjectError(Exception):
    """Anything wrong with a subject."""


#: The start of the process, and of a trader in it.
_STARTS = ("its start", "start")


class SubjectDied(SubjectError):  # noqa: N818
    """The subject's process ended by itself. `log_tail` are its last log lines, redacted.

    The first line, by which failures are told apart, names a start alone: which other command was under way when the
    process ended by what it heard of the venue is chance.
    """

    def __init__(self, during: str, returncode: int | None, log_tail: str) -> None:
        self.during = during
        self.returncode = returncode
        self.log_tail = log_tail
        starts = during in _STARTS
        when, further = (f" during {during}", "") if starts else ("", f"\n  | under way was {during}")
        super().__init__(f"the subject died{when}: {describe_exit(returncode)}{further}{_quoted(log_tail)}")


class SubjectHung(SubjectError):  # noqa: N818
    """The subject did not answer, or stop cleanly in time; its process is ended, the next trader gets a new one."""

    def __init__(self, op: str, seconds: float, log_tail: str, *, answered: bool = False) -> None:
        self.op = op
        self.seconds = seconds
        self.log_tail = log_tail
        what = "the trader did not stop cleanly" if answered else f"the subject did not answer {op!r}"
        super().__init__(f"{what} within {seconds:g} s and was killed{_quoted(log_tail)}")


class StopFailed(SubjectHung):
    """The node stopped, but ended with an error of its own, `raised`, in place of a clean stop."""

    def __init__(self, raised: str, seconds: float, log_tail: str) -> None:
        super().__init__("stop", seconds, log_tail, answered=True)
        self.raised = raised
        self.args = (f"the stop of the node ended with {raised}{_quoted(log_tail)}",)


class SubjectDoesNotStart(SubjectError):  # noqa: N818
    """The subject died or hung at its start in every case that tried, so that no other need try. `last` is how."""

    def __init__(self, cases: int, last: str) -> None:
        self.last = last
        super().__init__(
            f"the subject does not start\n{cases} cases have tried, and none has succeeded; the last: {last}"
        )


class CommandRefused(SubjectError):  # noqa: N818
    """The subject answered a command with an error, and lives."""

    def __init__(self, op: str, message: str, log_tail: str = "") -> None:
        self.op = op
        self.message = message
        self.log_tail = log_tail
        super().__init__(f"the subject refused {op!r}: {message}{_quoted(log_tail)}")


class NotSupported(SubjectError):  # noqa: N818
    """The installed version does not have what was asked for: a native field, a setting, an operation.

    `lacks` names it. The outcome of a case that meets it is `unsupported`, neither failed nor broken.
    """

    def __init__(self, version: str, lacks: str) -> None:
        self.version = version
        self.lacks = lacks
        super().__init__(f"NautilusTrader {version} has no {lacks}")


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
        hint = f"; the nearest {'is' if len(nearest) == 1 else 'are'} {' and '.join(nearest)}" if nearest else ""
        super().__init__(
            f"unknown NautilusTrader version {given!r}: {problem}{hint}. "
            "Give newest, stable, previous, nightly, an exact version such as 1.231.0, or a build of your own: "
            "a wheel file, a folder with wheels, a checkout, or git+URL@REVISION"
        )


class BuildFailed(ProvisionError):  # noqa: N818
    """A build of one's own that did not end with a wheel. `command` is what was run."""

    def __init__(self, source: str, command: str, detail: str) -> None:
        self.command = command
        super().__init__(f"{source} could not be built with: {command}{_quoted(detail)}")


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


class NoWheel(ProvisionError):  # noqa: N818
    """The version exists, but has no wheel for this platform, or for the Python that was asked for."""

    def __init__(self, version: str, platform: str, asked: str | None, pythons: list[str]) -> None:
        self.pythons = pythons
        wanted = f"for Python {asked}" if asked else "for any Python that this suite knows"
        remedy = f"; it has wheels for Python {_any_of(pythons, 'and')}: give one of these" if pythons else ""
        super().__init__(f"NautilusTrader {version} has no wheel {wanted} on {platform}{remedy}")


class PythonMissing(ProvisionError):  # noqa: N818
    """The version has wheels, but only for Pythons that this machine does not have and uv could not install."""

    def __init__(self, version: str, pythons: list[str], here: list[str]) -> None:
        self.version = version
        self.pythons = pythons
        super().__init__(
            f"NautilusTrader {version} needs Python {_any_of(pythons)}: this machine has {_any_of(here, 'and')}, "
            f"and uv could not install another. {how_to_get(pythons)}"
        )


class DiskFull(ProvisionError):  # noqa: N818
    """No space is left for the environment or for uv's cache."""

    def __init__(self, folder: str, free_mb: int) -> None:
        super().__init__(
            f"no space left to install a subject (about 1 GB) in {folder}: {free_mb} MB are free there. "
            "Free some, or set CONFORMANCE_CACHE to a folder on another disk"
        )


class MachineUnfit(ProvisionError):  # noqa: N818
    """The machine lacks something that every version needs. `faults` says what, and what to do."""

    def __init__(self, when: str, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(f"{when}: {'; '.join(faults)}")


class ProvisionFailed(ProvisionError):  # noqa: N818
    """Anything else that uv or the verification reported."""

    def __init__(self, version: str, step: str, detail: str) -> None:
        self.step = step
        super().__init__(f"NautilusTrader {version} could not be made ready, {step} failed{_quoted(detail)}")


class EnvironmentDamaged(ProvisionError):  # noqa: N818
    """Files of the environment are not as they were installed, so that nothing seen on it counts."""

    def __init__(self, version: str, folder: str, damage: list[str], why: str = "") -> None:
        self.damage = damage
        shown = ", ".join(damage[:3]) + (f" and {len(damage) - 3} more" if len(damage) > 3 else "")
        again = f"It could not be installed again: {why}" if why else "Run again: it is then installed again by itself"
        super().__init__(f"the environment of NautilusTrader {version} is damaged, in {folder}: {shown}. {again}")


def how_to_get(pythons: list[str]) -> str:
    """Return what to do to get one of these Pythons, newest first."""
    # The oldest of them is the one that other tools and versions are likeliest to take as well.
    return f"Install one: uv python install {pythons[-1]}, or pyenv install {pythons[-1]}"


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


def _any_of(pythons: list[str], word: str = "or") -> str:
    *most, last = sorted(pythons, key=lambda each: [int(part) for part in each.split(".")])
    return f"{', '.join(most)} {word} {last}" if most else last
