"""A stored measurement of latency (`latency.json`) as the page of a gate shows it."""

from pathlib import Path
from typing import Literal

import msgspec


class LatencyError(ValueError):
    """A measurement that cannot be shown beside these versions; the message says what to do."""


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """One percentile of one series on both versions; `verdict` is slower, faster, same, or None where undecided."""

    series: str
    percentile: str
    measured_ns: int
    against_ns: int
    ratio: float
    verdict: Literal["slower", "faster", "same"] | None

    @property
    def measured_ms(self) -> str:
        """The candidate's figure in ms."""
        return f"{self.measured_ns / 1e6:.3f}"

    @property
    def against_ms(self) -> str:
        """The baseline's figure in ms."""
        return f"{self.against_ns / 1e6:.3f}"


class LatencyShown(msgspec.Struct, frozen=True, kw_only=True):
    """What of a measurement is shown; its other fields are not read."""

    versions: dict[str, str]
    headline: str
    reasons: list[str]
    comparison: list[Ratio]


def read_latency(path: Path, baseline: str, candidate: str) -> LatencyShown:
    """Return the measurement of these two versions; raises `LatencyError` for another one, or none at all."""
    remedy = f"measure with `conformance latency --nautilus {candidate} --against {baseline}`"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=LatencyShown)
    except (OSError, msgspec.MsgspecError) as error:
        raise LatencyError(f"{path}: no measurement ({error}): {remedy}") from error
    if (found.versions.get("against"), found.versions.get("measured")) != (baseline, candidate):
        measured = " against ".join(found.versions.values())
        raise LatencyError(f"{path}: is of {measured}, and not of {candidate} against {baseline}: {remedy}")
    return found
