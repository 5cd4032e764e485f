"""Reports of a measurement: percentiles, budgets and the comparison, for a terminal, as Markdown, and for programs."""

import json
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from conformance.latency.distribution import PERCENTILES
from conformance.latency.intervals import SERIES, Interval
from conformance.latency.judging import Finding, Judgement, Ratio
from conformance.latency.measurement import Role
from conformance.verdict.decision import Decision

_STYLES = {Decision.UPGRADE: "bold green", Decision.REGRESSED: "bold red", Decision.BROKEN: "bold magenta"}
_VERDICT_STYLES = {"slower": "bold red", "faster": "green", "same": ""}
_WHERE = {
    Interval.SUBMIT_TO_REQUEST: "from the strategy's native call to the request's arrival at the gateway",
    Interval.FRAME_TO_EVENT: "from the venue's ORDER_TRADE_UPDATE at the gateway to the event in the strategy",
}


def print_latency(console: Console, judgement: Judgement) -> None:
    """Print percentiles, budgets, the comparison if there is one, and the judgement with its exit code."""
    console.print(_table("HdrHistogram percentiles in ms", _PERCENTILE_HEADS, _percentile_rows(judgement)))
    if judgement.findings:
        console.print(
            _table(
                f"budgets of {judgement.measurement.shown(Role.MEASURED)}, in ms",
                _BUDGET_HEADS,
                _budget_rows(judgement),
            )
        )
    if judgement.ratios:
        console.print(_table(_comparison_title(judgement), _RATIO_HEADS, _ratio_rows(judgement)))
    console.print()
    for line in _notes(judgement):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(f"[{_STYLES[judgement.decision]}]{escape(judgement.headline)}[/]", highlight=False)
    for reason in judgement.reasons:
        console.print(f"  {reason}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"exit code {int(judgement.decision)}", highlight=False)


def latency_markdown(judgement: Judgement) -> str:
    """Return the report as Markdown."""
    header = judgement.measurement.header
    title = " against ".join(f"NautilusTrader {header.versions[role]}" for role in judgement.measurement.roles)
    lines = [
        f"## Latency of {title}",
        "",
        f"**{judgement.headline}** (exit code {int(judgement.decision)})",
        "",
        *(f"- {reason}" for reason in judgement.reasons),
        "",
        *_markdown_table("Percentiles in ms", _PERCENTILE_HEADS, _percentile_rows(judgement)),
    ]
    if judgement.findings:
        lines += _markdown_table(
            f"Budgets of {judgement.measurement.shown(Role.MEASURED)}, in ms", _BUDGET_HEADS, _budget_rows(judgement)
        )
    if judgement.ratios:
        lines += _markdown_table(_comparison_title(judgement), _RATIO_HEADS, _ratio_rows(judgement))
    lines += [*(f"- {line}" for line in _notes(judgement)), ""]
    lines.append(
        f"{header.started}, suite {header.suite_revision}, Python {header.python}, {header.platform}, "
        f"{header.cpus} CPUs"
    )
    return "\n".join(lines) + "\n"


def latency_json(judgement: Judgement) -> str:
    """Return the report for programs: durations in ns, histograms in HdrHistogram's own encoding."""
    measurement = judgement.measurement
    header = measurement.header
    return json.dumps(
        {
            "versions": {str(role): version for role, version in header.versions.items()},
            "decision": judgement.decision.name.lower(),
            "exit_code": int(judgement.decision),
            "headline": judgement.headline,
            "reasons": judgement.reasons,
            "calibration_ns": measurement.unit_ns,
            "rounds": header.rounds,
            "samples": header.samples,
            "suite_revision": header.suite_revision,
            "platform": header.platform,
            "started": header.started,
            "series": [
                {
                    "series": series.key,
                    "role": role,
                    "version": measurement.version(role),
                    "count": distribution.count,
                    "percentiles_ns": distribution.percentiles() if distribution.count else {},
                    "hdrhistogram": distribution.encoded,
                }
                for series in SERIES
                for role in measurement.roles
                for distribution in [measurement.distribution(role, series)]
            ],
            "budgets": [_budget_object(each) for each in judgement.findings],
            "comparison": [_ratio_object(each) for each in judgement.ratios],
        },
        indent=2,
    )


_PERCENTILE_HEADS = ("series", "version", *PERCENTILES, "samples")
_BUDGET_HEADS = ("series", "percentile", "measured", "ceiling", "as given", "")
_RATIO_HEADS = ("series", *PERCENTILES, "")


def _percentile_rows(judgement: Judgement) -> Iterator[Sequence[str]]:
    measurement = judgement.measurement
    for series in SERIES:
        for role in measurement.roles:
            distribution = measurement.distribution(role, series)
            cells = [
                f"{_ms(distribution.at(name))}{'' if distribution.resolves(name) else '*'}"
                if distribution.count
                else ""
                for name in PERCENTILES
            ]
            yield series.shown, measurement.shown(role), *cells, str(distribution.count)


def _budget_rows(judgement: Judgement) -> Iterator[Sequence[str]]:
    for each in judgement.findings:
        if each.role is not Role.MEASURED:
            continue
        yield (
            each.series.shown,
            each.budget.percentile,
            _ms(each.measured_ns),
            _ms(each.limit_ns),
            each.budget.shown,
            "held" if each.held else "beyond",
        )


def _ratio_rows(judgement: Judgement) -> Iterator[Sequence[str]]:
    for series in SERIES:
        ratios = {each.percentile: each for each in judgement.ratios if each.series == series}
        cells = [f"{ratios[name].pooled:.2f} / {ratios[name].median:.2f}" for name in PERCENTILES]
        yield series.shown, *cells, _verdict(list(ratios.values()))


def _verdict(ratios: Sequence[Ratio]) -> str:
    """Return the verdict on a series: the worst of its decisive percentiles."""
    verdicts = {each.verdict for each in ratios if each.decisive}
    return next((verdict for verdict in ("slower", "same", "faster") if verdict in verdicts), "")


def _comparison_title(judgement: Judgement) -> str:
    shown = judgement.measurement.shown
    return f"{shown(Role.MEASURED)} against {shown(Role.AGAINST)}: ratio / median of the rounds' ratios"


def _notes(judgement: Judgement) -> Iterator[str]:
    """Yield what one must know to read the figures."""
    measurement = judgement.measurement
    for interval, where in _WHERE.items():
        yield f"{interval.shown}: {where}"
    turns = " in turns" if len(measurement.roles) > 1 else ""
    yield (
        f"calibration: {_ms(measurement.unit_ns)} ms a round trip; {measurement.header.rounds} rounds of each version"
        f"{turns}, one order after another, on the simulator through the gateway"
    )
    distributions = [measurement.distribution(role, series) for role in measurement.roles for series in SERIES]
    if any(not each.resolves(name) for each in distributions for name in PERCENTILES):
        yield "* too few samples to tell this percentile from the maximum: take more with --samples"
    if judgement.rule is not None:
        yield (
            f"slower: beyond {judgement.rule.factor} times at {' or '.join(judgement.rule.percentiles)}, "
            "over all samples and in the median of the rounds"
        )
    for each in judgement.findings:
        if each.role is Role.AGAINST and not each.held:
            yield (
                f"{measurement.shown(each.role)} is beyond a budget itself: {each.series.shown} "
                f"{each.budget.percentile} {_ms(each.measured_ns)} ms, ceiling {_ms(each.limit_ns)} ms"
            )
    for role in measurement.roles:
        for series in SERIES:
            if early := measurement.early(role, series):
                yield (
                    f"{measurement.shown(role)}, {series.shown}: {early} orders left no sample, the trader knew from "
                    "the venue's answer before the frame passed"
                )


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, no_wrap=True, justify="left" if number < 2 or not head else "right")
    for cells in rows:
        style = "bold red" if cells[-1] == "beyond" else _VERDICT_STYLES.get(cells[-1], "")
        table.add_row(*(Text(cell, style=style) for cell in cells))
    return table


def _markdown_table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> list[str]:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("*", "\\*") for cell in cells) + " |"

    return [f"### {title}", "", row(heads), "|" + "---|" * len(heads), *map(row, rows), ""]


def _budget_object(finding: Finding) -> dict[str, object]:
    return {
        "series": finding.series.key,
        "role": finding.role,
        "percentile": finding.budget.percentile,
        "measured_ns": finding.measured_ns,
        "limit_ns": finding.limit_ns,
        "budget": finding.budget.shown,
        "reason": finding.budget.reason,
        "held": finding.held,
    }


def _ratio_object(ratio: Ratio) -> dict[str, object]:
    return {
        "series": ratio.series.key,
        "percentile": ratio.percentile,
        "measured_ns": ratio.measured_ns,
        "against_ns": ratio.against_ns,
        "ratio": ratio.pooled,
        "rounds_median": ratio.median,
        "verdict": ratio.verdict or None,
    }


def _ms(ns: int) -> str:
    return f"{ns / 1e6:.3f}"
