"""Orders' ways written by hand: histories with every stamp chosen, and measurements made of them."""

from typing import Any, Literal

from conformance.history.entries import AskedOrder, By, Command, Entry, Event, Frame, Reply, Request
from conformance.history.history import History
from conformance.latency.intervals import SERIES, Series
from conformance.latency.measurement import Header, Measurement, Role, Round
from conformance.latency.samples import Samples

MS = 1_000_000


class Ways:
    """A history of orders whose stamps are given in microseconds."""

    def __init__(self) -> None:
        self.history = History()
        self._commands = 0

    def submit(self, order: str, called_us: int | None) -> "Ways":
        """Submit an order; `called_us` is when the trader's process made the native call."""
        self._commands += 1
        self._put(Command(n=self._commands, op="submit", order=AskedOrder(client_order_id=order)))
        called_ns = None if called_us is None else called_us * 1000
        self._put(Reply(n=self._commands, ok=True, ns_called=called_ns))
        return self

    def request(self, order: str, us: int, *, by: By = "trader", method: str = "POST") -> "Ways":
        """Write down the order's arrival at the gateway."""
        path = "order.place" if method == "WS" else "/fapi/v1/order"
        self._put(Request(id=1, by=by, method=method, path=path, params={"newClientOrderId": order}), us)
        return self

    def frame(self, order: str, us: int, status: str, direction: Literal["down", "up"] = "down") -> "Ways":
        """Write down the passing of an ORDER_TRADE_UPDATE."""
        data = {"e": "ORDER_TRADE_UPDATE", "o": {"c": order, "X": status}}
        self._put(Frame(connection=1, channel="user", direction=direction, data=data), us)
        return self

    def other_frame(self, us: int, data: Any) -> "Ways":
        """Write down any other message of the stream."""
        self._put(Frame(connection=1, channel="user", data=data), us)
        return self

    def event(self, order: str, us: int, name: str, **more: Any) -> "Ways":
        """Write down the strategy's event."""
        self._put(Event(name=name, client_order_id=order, **more), us)
        return self

    def _put(self, entry: Entry, us: int = 0) -> None:
        self.history.append(entry, at_ns=us * 1000)


def header(*versions: str, rounds: int) -> Header:
    """Return a header of one version, or of two against each other."""
    return Header(
        versions=dict(zip(Role, versions, strict=False)),
        rounds=rounds,
        samples=100 * rounds,
        suite_revision="0.1.0+abc",
        python="3.12.1",
        platform="test",
        cpus=2,
        started="2026-11-22T08:00:00+00:00",
    )


def measured_round(role: Role, number: int, ms: float = 1.0, **series_ms: float) -> Round:
    """Return a round in which every series takes `ms`, but those given by their key with `/` and `-` as `_`."""

    def duration(series: Series) -> int:
        return int(series_ms.get(series.key.replace("/", "_").replace("-", "_"), ms) * MS)

    return Round(
        number=number,
        role=role,
        calibration_ns=[200_000] * 5,
        series={series: Samples((duration(series),) * 100) for series in SERIES},
        history=f"histories/{role}-{number}.jsonl",
    )


def measurement(*rounds: Round, versions: tuple[str, ...] = ("1.231.0",)) -> Measurement:
    """Return a whole measurement of these rounds."""
    return Measurement(header(*versions, rounds=len(rounds) // len(versions)), rounds)
