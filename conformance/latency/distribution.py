"""The distribution of one series' durations, as an HdrHistogram."""

from collections.abc import Iterable, Mapping
from typing import Self

from hdrh.histogram import HdrHistogram

PERCENTILES: Mapping[str, float] = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}
"""What is reported, by name."""
_LONGEST_NS = 60_000_000_000
_SIGNIFICANT_FIGURES = 3


class Distribution:
    """Durations in ns, kept to three significant figures from 1 ns to a minute. Empty ones have no percentiles."""

    def __init__(self, durations_ns: Iterable[int]) -> None:
        self._histogram = HdrHistogram(1, _LONGEST_NS, _SIGNIFICANT_FIGURES)
        for ns in durations_ns:
            if ns > _LONGEST_NS:
                raise ValueError(f"a duration of {ns / 1e9:g} s: nothing that takes over a minute is a latency")
            self._histogram.record_value(max(ns, 1))

    @classmethod
    def decoded(cls, encoded: str) -> Self:
        """Return the distribution of an `encoded` text, which any HdrHistogram tool can also read."""
        found = cls(())
        found._histogram.decode_and_add(encoded)
        return found

    @property
    def count(self) -> int:
        """How many durations there are."""
        return int(self._histogram.get_total_count())

    def at(self, percentile: str) -> int:
        """Return the duration in ns at a named percentile; raises KeyError for a name that is not in `PERCENTILES`."""
        asked = PERCENTILES[percentile]
        if not self.count:
            raise ValueError("no durations were measured, so there is no percentile")
        return int(self._histogram.get_value_at_percentile(asked))

    def resolves(self, percentile: str) -> bool:
        """Say whether there are enough durations to tell the percentile from the maximum."""
        beyond = 1 - PERCENTILES[percentile] / 100
        return percentile == "max" or round(self.count * beyond, 9) >= 1

    def percentiles(self) -> dict[str, int]:
        """Return all named percentiles in ns."""
        return {name: self.at(name) for name in PERCENTILES}

    @property
    def encoded(self) -> str:
        """The histogram in HdrHistogram's own compressed form (V2, base64), so that runs can be added up later."""
        encoded = self._histogram.encode()
        return encoded.decode() if isinstance(encoded, bytes) else str(encoded)
