"""Judging: a measurement against its budgets, and one version against another."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.latency.budgets import AgainstRule, Budget, Budgets
from conformance.latency.distribution import PERCENTILES, Distribution
from conformance.latency.intervals import SERIES, Series
from conformance.latency.measurement import Measurement, Role
from conformance.verdict.decision import Decision


@dataclass(frozen=True, slots=True)
class Finding:
    """One budget applied to one series of one version."""

    role: Role
    series: Series
    budget: Budget
    measured_ns: int
    limit_ns: int

    @property
    def held(self) -> bool:
        """Whether the measured percentile is within the ceiling."""
        return self.measured_ns <= self.limit_ns


@dataclass(frozen=True, slots=True)
class Ratio:
    """One percentile of one series: the measured version over the one it is measured against.

    `pooled` is the ratio over all samples, `median` the median of the rounds' own ratios.
    """

    series: Series
    percentile: str
    measured_ns: int
    against_ns: int
    pooled: float
    median: float
    decisive: bool
    """Whether the rule gives a verdict on this percentile; the others are there to be read."""
    factor: float

    @property
    def slower(self) -> bool:
        """Whether the measured version is slower beyond the factor, over all samples and in most rounds.

        Both, because a disturbance of the machine in one round moves the pool, but not the median of the rounds.
        """
        return self.decisive and min(self.pooled, self.median) > self.factor

    @property
    def faster(self) -> bool:
        """Whether it is faster beyond the factor, in the same sense."""
        return self.decisive and max(self.pooled, self.median) < 1 / self.factor

    @property
    def verdict(self) -> str:
        """The verdict in a word; nothing where the rule gives none."""
        if not self.decisive:
            return ""
        return "slower" if self.slower else "faster" if self.faster else "same"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a measurement comes to. Its exit code rests on the measured version; the other's budgets are for reading."""

    measurement: Measurement
    findings: Sequence[Finding]
    ratios: Sequence[Ratio] = ()
    rule: AgainstRule | None = None
    unmeasured: Sequence[tuple[Role, Series]] = field(default=())

    @property
    def decision(self) -> Decision:
        """Whether all is well: 0 within budgets, 1 beyond one or slower than the other, 2 not measured."""
        if self.unmeasured:
            return Decision.BROKEN
        return Decision.REGRESSED if self.reasons else Decision.UPGRADE

    @property
    def reasons(self) -> list[str]:
        """What speaks against the measured version, a sentence each; or what could not be measured."""
        measurement = self.measurement
        if self.unmeasured:
            return [
                f"{measurement.shown(role)} left no sample of {series.shown}: it knew from the venue's answer "
                "before the frame passed"
                for role, series in self.unmeasured
            ]
        beyond = [
            f"{measurement.shown(each.role)}: {each.series.shown} {each.budget.percentile} is "
            f"{each.measured_ns / 1e6:.3f} ms, beyond its budget of {each.limit_ns / 1e6:.3f} ms ({each.budget.shown}; "
            f"{each.budget.reason})"
            for each in self.findings
            if each.role is Role.MEASURED and not each.held
        ]
        slower = [
            f"{measurement.shown(Role.MEASURED)} is slower than {measurement.shown(Role.AGAINST)}: "
            f"{each.series.shown} {each.percentile} is {each.pooled:.2f} times as long (in the rounds' median "
            f"{each.median:.2f} times), beyond the factor {each.factor:g}"
            for each in self.ratios
            if each.slower
        ]
        return beyond + slower

    @property
    def headline(self) -> str:
        """The judgement as one sentence."""
        if self.unmeasured:
            return "not measured: part of the latency could not be seen"
        if any(each.role is Role.MEASURED and not each.held for each in self.findings):
            return "beyond a budget"
        if any(each.slower for each in self.ratios):
            return "within all budgets, but slower"
        return "within all budgets" + (", and not slower" if self.ratios else "")


def judge(measurement: Measurement, budgets: Budgets) -> Judgement:
    """Apply every budget to every version measured, and compare the two if there are two."""
    unmeasured = [
        (role, series) for role in measurement.roles for series in SERIES if not measurement.durations(role, series)
    ]
    if unmeasured:
        return Judgement(measurement, [], unmeasured=unmeasured)
    findings = [
        Finding(
            role,
            series,
            budget,
            measurement.distribution(role, series).at(budget.percentile),
            budget.limit_ns(measurement.unit_ns),
        )
        for role in measurement.roles
        for budget in budgets.entries
        for series in budget.series
    ]
    if len(measurement.roles) < len(Role):
        return Judgement(measurement, findings)
    ratios = [_ratio(measurement, series, name, budgets.against) for series in SERIES for name in PERCENTILES]
    return Judgement(measurement, findings, ratios, budgets.against)


def _ratio(measurement: Measurement, series: Series, percentile: str, rule: AgainstRule) -> Ratio:
    measured = measurement.distribution(Role.MEASURED, series).at(percentile)
    against = measurement.distribution(Role.AGAINST, series).at(percentile)
    return Ratio(
        series=series,
        percentile=percentile,
        measured_ns=measured,
        against_ns=against,
        pooled=measured / against,
        median=statistics.median(_round_ratios(measurement, series, percentile)),
        decisive=percentile in rule.percentiles,
        factor=float(rule.factor),
    )


def _round_ratios(measurement: Measurement, series: Series, percentile: str) -> list[float]:
    """Return the ratio of each pair of rounds, which ran one right after the other."""
    pairs = zip(measurement.rounds_of(Role.MEASURED), measurement.rounds_of(Role.AGAINST), strict=True)
    samples = [(one.series[series].ns, other.series[series].ns) for one, other in pairs]
    return [
        Distribution(one).at(percentile) / Distribution(other).at(percentile) for one, other in samples if one and other
    ]
