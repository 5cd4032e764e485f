"""Samples: each interval begins and ends where it is said to, and what is missing is named."""

import pytest

from conformance.latency.intervals import SERIES, Interval, OrderKind, Series
from conformance.latency.samples import MeasurementError, samples

from .ways import Ways

SUBMITTING = Series(OrderKind.MARKET, Interval.SUBMIT_TO_REQUEST)
HEARING = Series(OrderKind.MARKET, Interval.FRAME_TO_EVENT)


def filled(ways: Ways, order: str, start_us: int = 0) -> Ways:
    """Write the way of a market order: called at 100, requested at 700, filled at 2000, known at 2900."""
    return (
        ways.submit(order, start_us + 100)
        .request(order, start_us + 700)
        .frame(order, start_us + 1500, "NEW")
        .event(order, start_us + 1800, "OrderAccepted")
        .frame(order, start_us + 2000, "FILLED")
        .event(order, start_us + 2900, "OrderFilled", status="FILLED")
    )


def test_a_market_order_is_measured_to_its_fill() -> None:
    """Submit → request ends at the request, frame → event begins at the frame of the fill, not of the acceptance."""
    found = samples(filled(Ways(), "L-1").history, {OrderKind.MARKET: ["L-1"]})

    assert found[SUBMITTING].ns == (600_000,)
    assert found[HEARING].ns == (900_000,)


def test_a_limit_order_is_measured_to_its_acceptance() -> None:
    """A resting order's frame is that of its acceptance."""
    ways = Ways().submit("L-1", 0).request("L-1", 500).frame("L-1", 900, "NEW").event("L-1", 1000, "OrderAccepted")
    ways.frame("L-1", 2000, "CANCELED").event("L-1", 2300, "OrderCanceled")

    found = samples(ways.history, {OrderKind.LIMIT: ["L-1"]})

    assert found[Series(OrderKind.LIMIT, Interval.FRAME_TO_EVENT)].ns == (100_000,)


def test_only_the_named_orders_count() -> None:
    """Warm-up orders leave no sample, and the samples are in the order of the names."""
    ways = filled(filled(filled(Ways(), "warm-up"), "L-1", 10_000), "L-2", 20_000).request("L-2", 29_000)

    assert len(samples(ways.history, {OrderKind.MARKET: ["L-2", "L-1"]})[SUBMITTING].ns) == 2


def test_a_retried_request_counts_from_its_first_attempt() -> None:
    """What the interval measures is how soon the order was on the wire, whatever the venue then said."""
    ways = filled(Ways(), "L-1").request("L-1", 5000)

    assert samples(ways.history, {OrderKind.MARKET: ["L-1"]})[SUBMITTING].ns == (600_000,)


@pytest.mark.parametrize("method", ["POST", "WS"])
def test_both_generations_names_and_channels_are_known(method: str) -> None:
    """A 2.x trader puts a broker prefix before the id, and may place the order over the WS API."""
    wired = "x-aHRE4BCj-RL-1"
    ways = Ways().submit("L-1", 0).request(wired, 400, method=method)
    ways.frame(wired, 900, "FILLED").event("L-1", 1100, "OrderFilled", status="FILLED")

    found = samples(ways.history, {OrderKind.MARKET: ["L-1"]})

    assert (found[SUBMITTING].ns, found[HEARING].ns) == ((400_000,), (200_000,))


def test_what_is_not_the_orders_own_is_passed_over() -> None:
    """The suite's requests, upward messages, other events and text on the stream are nobody's latency."""
    ways = Ways().request("L-1", 1, by="suite").frame("L-1", 2, "FILLED", direction="up")
    ways.other_frame(3, "text").other_frame(4, {"e": "ACCOUNT_UPDATE"}).event("L-1", 5, "PositionOpened")

    assert samples(filled(ways, "L-1").history, {OrderKind.MARKET: ["L-1"]})[HEARING].ns == (900_000,)


def test_an_event_before_its_frame_is_counted_and_no_sample() -> None:
    """A trader that knows by the answer did not wait for the frame; a negative duration is never a figure."""
    ways = Ways().submit("L-1", 0).request("L-1", 400)
    ways.event("L-1", 800, "OrderFilled", status="FILLED").frame("L-1", 900, "FILLED")

    found = samples(ways.history, {OrderKind.MARKET: ["L-1"]})[HEARING]

    assert (found.ns, found.early) == ((), 1)


@pytest.mark.parametrize(
    ("ways", "missing"),
    [
        (Ways(), "order L-1 has no request"),
        (Ways().submit("L-1", None).request("L-1", 1), "order L-1 has no reply with ns_called"),
        (Ways().submit("L-1", 0).request("L-1", 1), "order L-1 has no event that makes it FILLED"),
        (
            Ways().submit("L-1", 0).request("L-1", 1).event("L-1", 2, "OrderFilled", status="FILLED"),
            "order L-1 has no frame with status FILLED",
        ),
    ],
)
def test_a_missing_record_is_named(ways: Ways, missing: str) -> None:
    """An order that lacks a stamp is no sample of zero but an error that says which."""
    with pytest.raises(MeasurementError, match=missing):
        samples(ways.history, {OrderKind.MARKET: ["L-1"]})


def test_clocks_that_are_not_one_are_found_out() -> None:
    """A request before its call shows that trader and gateway do not share a clock."""
    ways = Ways().submit("L-1", 5000).request("L-1", 1000)

    with pytest.raises(MeasurementError, match=r"4 ms before the native call; .* do not share a monotonic clock"):
        samples(ways.event("L-1", 2, "OrderFilled").frame("L-1", 1, "FILLED").history, {OrderKind.MARKET: ["L-1"]})


def test_keys_of_series_come_back() -> None:
    """A series is found again by its key, and nothing else is one."""
    assert [Series.of(series.key) for series in SERIES] == list(SERIES)
    with pytest.raises(ValueError, match="'stop' is not a valid OrderKind"):
        Series.of("stop/frame-to-event")
