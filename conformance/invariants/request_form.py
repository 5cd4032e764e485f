"""Invariant 5: the form of every signed request that the trader makes."""

from collections.abc import Iterator

from conformance.binance.client_order_id import FORM, NEW_ID_PARAMETERS
from conformance.binance.usdm import LOGON
from conformance.history.entries import Request
from conformance.invariants.order_acts import batch_is_readable
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

_DEFAULT_RECV_WINDOW_MS = 5000
_AHEAD_MS = 1000  # the venue takes a timestamp up to a second ahead of its own clock: binance-usdm, section 3


@invariant(5)
def requests_are_well_formed(reading: Reading) -> Iterator[Break]:
    """A signed request has a valid signature, a timestamp inside recvWindow, a client order id of the venue's form."""
    logged_on = False
    for request in reading.requests:
        where = f"#{request.id} {request.route}"
        if request.signature == "invalid":
            yield Break(f"invalid signature on {request.route}", where)
        # After `session.logon` a request of the WS API is signed by its connection.
        answer = reading.answers.get(request.id)
        logged_on = logged_on or (request.route == LOGON.route and answer is not None and answer.status == 200)
        by_connection = request.channel == "ws-api" and logged_on
        if request.endpoint is not None and request.endpoint.signed:
            if request.signature == "absent" and not by_connection:
                yield Break(f"no signature on {request.route}", where)
            yield from _without_time(request, where)
        yield from _outside_window(request, where)
        if not batch_is_readable(request):
            yield Break(f"no list of orders in {request.route}", where)
    for act in reading.acts():
        for name in NEW_ID_PARAMETERS:
            value = act.params.get(name)
            if value is not None and not FORM.match(value):
                yield Break(f"{name} is not of the venue's form", f"{act}: {value!r}")


def _without_time(request: Request, where: str) -> Iterator[Break]:
    if request.skew_ms is None:
        stamp = request.params.get("timestamp")
        what = "no timestamp" if stamp is None else "a timestamp that is no number"
        yield Break(f"{what} on {request.route}", f"{where}: {stamp!r}")


def _outside_window(request: Request, where: str) -> Iterator[Break]:
    skew_ms = request.skew_ms
    window = request.params.get("recvWindow", str(_DEFAULT_RECV_WINDOW_MS))
    if not window.isdecimal():
        yield Break(f"a recvWindow that is no number on {request.route}", f"{where}: {window!r}")
    elif skew_ms is not None and not -int(window) <= skew_ms < _AHEAD_MS:
        # The gateway writes timestamp − wall clock: what is old is negative.
        detail = f"{where}: {skew_ms} ms from the clock, recvWindow {window} ms"
        yield Break(f"timestamp outside recvWindow on {request.route}", detail)
