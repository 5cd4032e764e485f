"""The results file: one header, one line a case, one footer, as JSON lines.

The writer flushes each line, so that a crash leaves every case that ended, and no footer. The reader refuses a file
without its footer, because a gate that judges half a run passes what it has not seen.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Never, Self

import msgspec

from conformance.nearest import nearest
from conformance.verdict.outcomes import Outcome

FORMAT = 1
CASSETTES = "cassettes"
"""The name in `Header.versions` of what a run in the cassettes world replayed."""
KEPT_BY = "kept by"
"""The name in `Header.versions` of the version that kept the cache before the subject, in cases about an upgrade."""
CASES = "own cases"
"""The name in `Header.versions` of what the folders of cases hold, where they are not the contract's own."""
NAUTILUS, PROFILE = "--nautilus", "--profile"
"""The options in `Header.asked` of what was run, a version or a wheel, and how; of several profiles in one, all."""


class ResultsError(ValueError):
    """A results file that cannot be trusted; the message names the file, the line and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What was run, on what and where: two files compare only if suite revision and world agree."""

    suite_revision: str
    subject: str
    """The exact NautilusTrader version, such as `1.231.0`."""
    installed: str
    """How it was installed: `PyPI wheel`, `nightly index wheel`, …, with the overlay if there is one."""
    python: str
    world: str
    platform: str
    started: str
    """ISO 8601, UTC."""
    versions: dict[str, str] = field(default_factory=dict)
    """Name → version of what else decides the results, such as httpx or the cassettes' revision."""
    profile: str = ""
    """The name of the trader's configuration in the whole run."""
    profile_digest: str = ""
    """What it sets: two of the same name may differ."""
    profile_like: dict[str, str] = field(default_factory=dict)
    """Profile → the built-in one that it extends, for each that is not built in: its record of defects holds there."""
    tier: str = ""
    """How much of the contract was run."""
    subject_python: str = ""
    """The Python that ran NautilusTrader; `python` is the suite's own."""
    wheel: str = ""
    """The file that was installed, where it is known."""
    wheel_sha256: str = ""
    """Of that file, in hexadecimal digits, where the index says it."""
    build: str = ""
    """The path or revision of a build of one's own; empty for a release."""
    dependencies: dict[str, str] = field(default_factory=dict)
    """Package → version of what NautilusTrader was installed with."""
    overlays: dict[str, str] = field(default_factory=dict)
    """Module → digest of the package that was laid over the installed one."""
    asked: dict[str, list[str]] = field(default_factory=dict)
    """Option → values with which `conformance run` does the same again, beyond the defaults."""

    def __post_init__(self) -> None:
        if datetime.fromisoformat(self.started).utcoffset() is None:
            raise ValueError(
                f"started {self.started!r} has no time zone: give the time in UTC, such as …T12:00:00+00:00"
            )

    def recorded_in(self, profile: str = "") -> str:
        """Return the profile whose record of defects holds for the run, or for that one of its several profiles."""
        name = profile or self.profile
        return self.profile_like.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one case did: a failure has its signature, whatever else is not a pass has its reason."""

    id: str
    outcome: Outcome
    expected: bool
    seconds: float
    signature: str | None = None
    """The failure in a few words that are the same in every run: no times, ports, paths or generated ids."""
    defect: str | None = None
    """The id of the defect as which the failure is on record; None where it is not, or fails in another way."""
    reason: str | None = None
    lacks: str | None = None
    """The native fields that the run's profile sets and the version does not have; None where it has them all."""
    missing: str | None = None
    """The capabilities that the case needs and the version does not declare; None where it declares them all."""
    history: str | None = None
    """Path of the case's history, relative to the results file or absolute."""
    tight: str | None = None
    """What was waited for that took most of its deadline."""
    tight_share: float = 0.0
    """How much of its deadline that took, of 1."""
    repeated: int = 0
    """How often it was run again, the machine having kept the suite from running while it went wrong."""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("the case has an empty id")
        if not (0 <= self.seconds < math.inf and 0 <= self.tight_share < math.inf):
            raise ValueError(f"case {self.id} took {self.seconds} s; a duration is not negative, and a number")
        if self.outcome is Outcome.FAILED and not self.signature:
            raise ValueError(f"case {self.id} failed without a signature, so it cannot be compared with another run")
        if self.outcome in (Outcome.UNSUPPORTED, Outcome.DRIFTED, Outcome.BROKEN) and not self.reason:
            raise ValueError(f"case {self.id} is {self.outcome} without a reason")


@dataclass(frozen=True, slots=True)
class Footer:
    """How many cases had each outcome. Every outcome is named, also with 0."""

    counts: Mapping[Outcome, int]

    @classmethod
    def of(cls, cases: Mapping[str, CaseResult]) -> Self:
        """Count the given cases."""
        counted = Counter(case.outcome for case in cases.values())
        return cls({outcome: counted[outcome] for outcome in Outcome})


@dataclass(frozen=True, slots=True)
class Results:
    """One whole run, as read from its file; cases by id, in the order in which they ended."""

    header: Header
    cases: Mapping[str, CaseResult]
    footer: Footer
    path: Path | None = None

    def history_of(self, case_id: str) -> Path | None:
        """Return where the case's history lies, or None if the case has none or the file is gone."""
        case = self.cases.get(case_id)
        if case is None or case.history is None:
            return None
        found = (self.path.parent if self.path else Path()) / case.history
        return found if found.is_file() else None


class ResultsWriter:
    """Writes one results file, line by line. Only `close` writes the footer; every reader refuses a file without it."""

    def __init__(self, path: Path, header: Header) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")
        self._seal = hashlib.sha256()
        self._cases: dict[str, CaseResult] = {}
        self._write({"type": "header", "format": FORMAT, **asdict(header)})

    def write(self, case: CaseResult) -> None:
        """Append one case; a second result for the same id is an error of the writer's caller."""
        if case.id in self._cases:
            raise ValueError(f"case {case.id} already has a result in {self._file.name}; a case ends once in a run")
        self._cases[case.id] = case
        self._write({"type": "case", **asdict(case)})

    def close(self) -> Footer:
        """Write the footer and close the file; a second call does nothing."""
        footer = Footer.of(self._cases)
        if not self._file.closed:
            self._write({"type": "footer", "counts": footer.counts, "sha256": self._seal.hexdigest()})
            self._file.close()
        return footer

    def abandon(self) -> None:
        """Close the file without a footer: the run did not end, and what it saw must not be judged."""
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        # ASCII, because a text may hold what no encoding takes (a lone surrogate) or what some readers split lines at.
        text = json.dumps(line, allow_nan=False) + "\n"
        self._file.write(text)
        self._seal.update(text.encode())
        self._file.flush()


def read_results(path: Path) -> Results:
    """Return the run stored in `path`.

    Raises `ResultsError` for a file that is missing, cut, continued after its footer, of another format, or whose
    footer has no checksum or disagrees with its cases.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ResultsError(f"{path}: there is no such results file; write one with `conformance run`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path}: cannot be read ({error}); write it again with `conformance run`") from error
    return _Reader(path).read(text)


def results_in(folder: Path) -> list[Path]:
    """Return the results files in a folder; raises `ResultsError` for a folder without any."""
    found = sorted(folder.glob("*.jsonl"))
    if not found:
        raise ResultsError(f"{folder}: there are no results (*.jsonl) in it; write some with `conformance matrix`")
    return found


class _Reader:
    """One pass over the lines of one file; `self._line` is where an error would be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = 0
        self._before = 0

    def read(self, text: str) -> Results:
        lines = self._parsed(text)
        header = self._header(next(lines, None))
        cases: dict[str, CaseResult] = {}
        footer: Footer | None = None
        for line in lines:
            if footer is not None:
                raise self._error(f"a {line.get('type')!r} line after the footer", "nothing", "two runs were joined")
            match line.get("type"):
                case "case":
                    case = self._record(CaseResult, line)
                    if case.id in cases:
                        raise self._error(f"a second result for case {case.id}", "one a case", "two runs were joined")
                    cases[case.id] = case
                case "footer":
                    footer = self._footer(line, cases, text[: self._before])
                case other:
                    raise self._error(f"a line of type {other!r}", "'case' or 'footer'", "the file was edited")
        if footer is None:
            raise self._error(f"the end of the file after {len(cases)} cases", "the footer", "the run did not end")
        return Results(header, cases, footer, self._path)

    def cases(self, text: str) -> list[CaseResult]:
        """Return the cases among whole lines."""
        return [self._record(CaseResult, line) for line in self._parsed(text) if line.get("type") == "case"]

    def _parsed(self, text: str) -> Iterator[dict[str, Any]]:
        for self._line, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
            try:
                # Not by msgspec, which takes no lone surrogate; a trader's own words may hold one.
                parsed = json.loads(line, parse_constant=_no_number)
            except ValueError as error:
                raise self._error(f"{line[:60]!r} ({error})", "a JSON object", "the file was cut or edited") from None
            if not isinstance(parsed, dict):
                raise self._error(f"{line[:60]!r}", "a JSON object", "the file was edited")
            yield parsed
            self._before += len(line) + 1

    def _header(self, line: dict[str, Any] | None) -> Header:
        if line is None:
            raise self._error("an empty file", "a header", "the run died before its first case")
        if line.get("type") != "header":
            raise self._error(f"a line of type {line.get('type')!r}", "the header", "this may be no results file")
        if line.get("format") != FORMAT:
            raise self._error(
                f"format {line.get('format')!r}", f"format {FORMAT}", "another revision of the suite wrote it"
            )
        return self._record(Header, line)

    def _footer(self, line: Mapping[str, Any], cases: Mapping[str, CaseResult], before: str) -> Footer:
        footer = Footer.of(cases)
        if "sha256" not in line:
            raise self._error(
                "a footer without a checksum", "the sha256 of the lines before it", "it cannot be checked"
            )
        if line["sha256"] != hashlib.sha256(before.encode()).hexdigest():
            raise self._error(
                "a checksum that does not fit the lines before it", "the one of these lines", "one was edited"
            )
        if line.get("counts") != dict(footer.counts):
            raise self._error(f"counts {line.get('counts')}", f"{dict(footer.counts)}", "lines were lost or edited")
        return footer

    def _record[T: (Header, CaseResult)](self, kind: type[T], line: Mapping[str, Any]) -> T:
        """Return the line as `kind`; what only another revision of the suite knows is refused."""
        known = {each.name for each in fields(kind)}
        for name in line:
            if name not in known | {"type", "format"}:
                raise self._error(f"a field {name!r}{nearest(name, known)}", "the fields of this format", "")
        try:
            return msgspec.convert(line, kind)
        except msgspec.ValidationError as error:
            raise self._error(f"a {line['type']} line ({error})", "a sound one", "it was edited") from None

    def _error(self, found: str, expected: str, cause: str) -> ResultsError:
        cause = f"; {cause}" if cause else ""
        return ResultsError(
            f"{self._path}:{self._line}: found {found}, expected {expected}{cause}: write the file again with "
            "`conformance run`"
        )


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is not a number")


class ResultsTail:
    """Follows a results file that another process is writing: `poll` returns the cases that ended since the last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def poll(self) -> list[CaseResult]:
        """Return the newly written cases. A line that is not yet whole waits for the next call."""
        if not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(self._position)
            grown = file.read()
        whole = grown[: grown.rfind(b"\n") + 1]
        self._position += len(whole)
        return _Reader(self._path).cases(whole.decode())
