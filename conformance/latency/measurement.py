"""A stored measurement: one header, one line a round, one footer, as JSON lines; refused without its footer.

Everything that is judged and reported is computed from here, so a stored measurement can be judged again by other
budgets.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.latency.calibration import unit_ns
from conformance.latency.distribution import Distribution
from conformance.latency.intervals import Series
from conformance.latency.samples import Samples

FORMAT = 1


class StoredMeasurementError(ValueError):
    """A measurement file that cannot be trusted; the message names file, line and remedy."""


class Role(StrEnum):
    """Which of the two versions of a run."""

    MEASURED = "measured"
    AGAINST = "against"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What was measured, with what and where."""

    versions: Mapping[Role, str]
    """The exact NautilusTrader version of each role; one role alone if nothing was measured against."""
    rounds: int
    """Rounds of each version, taken in turns."""
    samples: int
    """Orders of each kind and version, warm-ups not counted."""
    suite_revision: str
    python: str
    platform: str
    cpus: int
    started: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of one version: its samples, and the calibration loop's round trips in ns just before it."""

    number: int
    role: Role
    calibration_ns: Sequence[int]
    series: Mapping[Series, Samples]
    history: str = ""
    """Path of the round's history, relative to the measurement."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A whole measurement of one version, or of two in turns."""

    header: Header
    rounds: Sequence[Round]

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that were measured, the measured version first."""
        return tuple(role for role in Role if role in self.header.versions)

    def version(self, role: Role) -> str:
        """Return the exact version of a role."""
        return self.header.versions[role]

    def shown(self, role: Role) -> str:
        """Return a role's version as reports write it."""
        return shown_as(self.header.versions, role)

    def rounds_of(self, role: Role) -> list[Round]:
        """Return one role's rounds in their order."""
        return [each for each in self.rounds if each.role is role]

    def durations(self, role: Role, series: Series) -> list[int]:
        """Return all durations of a series in ns, round after round."""
        return [ns for each in self.rounds_of(role) if series in each.series for ns in each.series[series].ns]

    def early(self, role: Role, series: Series) -> int:
        """Return how many orders of a series left no sample because the trader knew before the frame passed."""
        return sum(each.series[series].early for each in self.rounds_of(role) if series in each.series)

    def distribution(self, role: Role, series: Series) -> Distribution:
        """Return the distribution of a series over all rounds."""
        return Distribution(self.durations(role, series))

    @property
    def unit_ns(self) -> int:
        """The calibration unit of this machine in this run, in ns; one for both versions, which share the machine."""
        return unit_ns([each.calibration_ns for each in self.rounds])


class MeasurementWriter:
    """Writes one measurement, line by line, so that a reader can follow; `close` completes it."""

    def __init__(self, path: Path, header: Header) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")
        self._rounds: list[Round] = []
        self._header = header
        self._line("header", format=FORMAT, **asdict(header))

    def write(self, each: Round) -> None:
        """Append one round."""
        self._rounds.append(each)
        self._line(
            "round",
            number=each.number,
            role=each.role,
            calibration_ns=list(each.calibration_ns),
            series={series.key: {"ns": list(found.ns), "early": found.early} for series, found in each.series.items()},
            history=each.history,
        )

    def so_far(self) -> Measurement:
        """Return what was written so far."""
        return Measurement(self._header, self._rounds)

    def close(self) -> None:
        """Write the footer if every round is there; otherwise no reader will take the file."""
        written = Counter(each.role for each in self._rounds)
        if all(written[role] == self._header.rounds for role in self._header.versions):
            self._line("footer", rounds=len(self._rounds))
        self._file.close()

    def _line(self, kind: str, **data: Any) -> None:
        self._file.write(json.dumps({"type": kind, **data}) + "\n")
        self._file.flush()


def shown_as(versions: Mapping[Role, str], role: Role) -> str:
    """Return a role's version; with the role, where a version is measured against itself to see how noisy that is."""
    alike = len(versions) > 1 and len(set(versions.values())) == 1
    return f"{versions[role]} ({role})" if alike else versions[role]


def rounds_written(path: Path) -> int:
    """Return how many rounds a measurement that is still being written has so far."""
    if not path.is_file():
        return 0
    whole_lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return sum(line.startswith('{"type": "round"') for line in whole_lines)


def read_measurement(path: Path) -> Measurement:
    """Load a whole measurement; raises `StoredMeasurementError` for one that was cut, edited or never finished."""
    remedy = "measure again: conformance latency"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StoredMeasurementError(f"{path}: cannot be read ({error}); {remedy}") from error
    header: Header | None = None
    rounds: list[Round] = []
    for number, line in enumerate(lines, start=1):
        try:
            raw = json.loads(line)
            kind = raw.pop("type")
            if kind == "header":
                header = _header(raw)
            elif kind == "round":
                rounds.append(_round(raw))
            elif kind == "footer" and header is not None and raw["rounds"] == len(rounds) and number == len(lines):
                return Measurement(header, rounds)
            else:
                raise ValueError(f"a {kind} line is not expected here")
        except (ValueError, KeyError, TypeError) as error:
            raise StoredMeasurementError(
                f"{path}:{number}: not a line of a measurement ({error}); the file was cut or edited: {remedy}"
            ) from error
    raise StoredMeasurementError(f"{path}: has no footer after {len(rounds)} rounds, so it did not end; {remedy}")


def _header(raw: dict[str, Any]) -> Header:
    if raw.pop("format") != FORMAT:
        raise ValueError(f"written by another revision of the suite, this one reads format {FORMAT}")
    versions = {Role(role): str(version) for role, version in raw.pop("versions").items()}
    return Header(versions=versions, **raw)


def _round(raw: dict[str, Any]) -> Round:
    series = {Series.of(key): Samples(tuple(found["ns"]), found["early"]) for key, found in raw.pop("series").items()}
    return Round(role=Role(raw.pop("role")), series=series, **raw)
