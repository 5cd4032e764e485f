"""Reports of a measurement: every figure that decides is there, in each form."""

import json

from rich.console import Console

from conformance.latency.budgets import load_budgets
from conformance.latency.distribution import Distribution
from conformance.latency.intervals import SERIES
from conformance.latency.judging import Judgement, judge
from conformance.latency.measurement import Role
from conformance.latency.samples import Samples
from conformance.report.latency import latency_json, latency_markdown, print_latency

from .ways import measured_round, measurement


def slower() -> Judgement:
    """Return a version whose closing fills take four times as long as the other's."""
    rounds = [
        measured_round(role, number, closing_market_frame_to_event=2.0 if role is Role.MEASURED else 0.5)
        for number in (1, 2, 3)
        for role in Role
    ]
    return judge(measurement(*rounds, versions=("1.231.0", "1.226.0")), load_budgets())


def printed(judgement: Judgement) -> str:
    """Return what the terminal shows."""
    console = Console(width=160, record=True, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        print_latency(console, judgement)
    return capture.get()


def test_the_terminal_shows_figures_budgets_ratios_and_the_verdict() -> None:
    """A person sees each series of both versions, the ceilings, the ratio that decided, and the exit code."""
    shown = printed(slower())

    assert all(shown.count(series.shown) >= 3 for series in SERIES)
    assert "16 × calibration  held" in shown
    assert "4.00 / 4.00  4.00 / 4.00" in shown
    assert "within all budgets, but slower" in shown
    assert "1.231.0 is slower than 1.226.0: closing market frame → event p50 is 4.00 times as long" in shown
    assert shown.rstrip().endswith("exit code 1")


def test_one_version_alone_is_compared_with_nothing() -> None:
    """Without --against there is no table of ratios, and the verdict is about budgets alone."""
    shown = printed(judge(measurement(measured_round(Role.MEASURED, 1)), load_budgets()))

    assert "against" not in shown
    assert "within all budgets\nexit code 0" in shown


def test_a_percentile_that_cannot_be_told_is_marked() -> None:
    """A hundred samples have no p99.9 of their own: what is shown is the maximum, and the report says so."""
    shown = printed(judge(measurement(measured_round(Role.MEASURED, 1)), load_budgets()))

    assert "1.000*" in shown or "1.001*" in shown
    assert "too few samples to tell this percentile from the maximum: take more with --samples" in shown


def test_what_was_beyond_or_early_on_the_other_version_is_said() -> None:
    """It decides nothing, but whoever reads the ratios must know."""
    rounds = [measured_round(Role.MEASURED, 1), measured_round(Role.AGAINST, 1, limit_frame_to_event=60.0)]
    series = SERIES[1]
    early = {**rounds[0].series, series: Samples((1_000_000,) * 50, early=50)}
    judgement = judge(
        measurement(
            type(rounds[0])(number=1, role=Role.MEASURED, calibration_ns=[200_000], series=early),
            rounds[1],
            versions=("1.231.0", "1.226.0"),
        ),
        load_budgets(),
    )

    shown = printed(judgement)

    assert "1.226.0 is beyond a budget itself: limit frame → event p99 60." in shown
    assert f"1.231.0, {series.shown}: 50 orders left no sample" in shown


def test_markdown_has_the_same_tables() -> None:
    """The report beside the results is readable on a code host: every row has as many cells as its head."""
    text = latency_markdown(slower())

    assert text.startswith("## Latency of NautilusTrader 1.231.0 against NautilusTrader 1.226.0")
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
    assert "| closing market frame → event | 4.00 / 4.00 |" in text
    assert "1.001\\*" in text or "2.001\\*" in text or "\\* |" in text


def test_json_is_for_programs() -> None:
    """Durations are whole ns, the histograms can be read again, and decisions are by name."""
    told = json.loads(latency_json(slower()))

    assert (told["decision"], told["exit_code"]) == ("regressed", 1)
    assert told["versions"] == {"measured": "1.231.0", "against": "1.226.0"}
    assert len(told["series"]) == 2 * len(SERIES)
    first = told["series"][0]
    assert Distribution.decoded(first["hdrhistogram"]).percentiles() == first["percentiles_ns"]
    assert {each["verdict"] for each in told["comparison"]} == {"slower", "same", None}
    assert all(each["held"] for each in told["budgets"])


def test_what_was_not_measured_is_reported_without_figures() -> None:
    """A series without samples leaves its cells empty, and no report breaks over it."""
    whole = measured_round(Role.MEASURED, 1)
    unseen = type(whole)(
        number=1, role=Role.MEASURED, calibration_ns=[200_000], series={**whole.series, SERIES[0]: Samples((), early=9)}
    )
    judgement = judge(measurement(unseen), load_budgets())

    assert "exit code 2" in printed(judgement)
    assert json.loads(latency_json(judgement))["series"][0]["percentiles_ns"] == {}
    assert "(exit code 2)" in latency_markdown(judgement)
