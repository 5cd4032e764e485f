"""What a request can meet in place of the venue's answer.

The fates are those of binance-usdm, section 5, and what a network does: an answer that the venue did not
write itself says nothing about what became of the request.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.gateway.faults.armed import Faults
from conformance.gateway.faults.request_faults import RequestFault
from conformance.kit.axes import AxisValue

UNKNOWN_ERROR = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
TIMEOUT = {"code": -1007, "msg": "Timeout waiting for response from backend server. Send status unknown."}
UNEXPECTED = {
    "code": -1006,
    "msg": "An unexpected response was received from the message bus. Execution status unknown.",
}


@dataclass(frozen=True, kw_only=True)
class Fate(AxisValue):
    """What a request meets in place of the venue's answer; `meets` arms it as a fault."""

    meets: Callable[..., RequestFault]


def _answered(status: int, body: object) -> Callable[..., RequestFault]:
    return lambda faults, routes, **how: faults.answer(routes, status, body, **how)


def _cut_off(faults: Faults, routes: Sequence[str], **how: Any) -> RequestFault:
    return faults.drop(routes, **how)


UNKNOWN = Fate(name="503", words='is answered 503 "Unknown error"', meets=_answered(503, UNKNOWN_ERROR))
CUT_OFF = Fate(name="reset-before", words="is cut off before the venue has it", meets=_cut_off)
#: Those that a socket can meet as well: its frames are whole, and no proxy puts a page in their place.
OF_SOCKETS = (
    Fate(name="408", words="is answered 408 (-1007)", meets=_answered(408, TIMEOUT)),
    Fate(name="1006", words="is answered 400 (-1006)", meets=_answered(400, UNEXPECTED)),
    UNKNOWN,
    CUT_OFF,
    Fate(name="reset-after", words="is cut off before its answer", meets=_cut_off),
    Fate(name="hang", words="is never answered", meets=lambda faults, routes, **how: faults.hang(routes, **how)),
)
FATES = (
    *OF_SOCKETS,
    Fate(
        name="502",
        words="is answered 502 with a page",
        meets=lambda faults, routes, **how: faults.garble(routes, status=502, **how),
    ),
    Fate(
        name="truncated",
        words="is answered by half",
        meets=lambda faults, routes, processed, **how: faults.truncate(routes, **how),  # noqa: ARG005 - always processed
    ),
    Fate(
        name="page",
        words="is answered 200 with a page",
        meets=lambda faults, routes, **how: faults.garble(routes, **how),
    ),
)
#: Answers that say that a request was not executed: it may be sent again.
THROTTLED = Fate(
    name="1008",
    words="is answered 503 (-1008)",
    meets=_answered(503, {"code": -1008, "msg": "Request throttled by system-level protection. Please try again."}),
)
NOT_EXECUTED = (
    THROTTLED,
    Fate(
        name="unavailable",
        words='is answered 503 "Service Unavailable."',
        meets=_answered(503, {"code": -1000, "msg": "Service Unavailable."}),
    ),
    Fate(
        name="1001",
        words="is answered 503 (-1001)",
        meets=_answered(
            503, {"code": -1001, "msg": "Internal error; unable to process your request. Please try again."}
        ),
    ),
)
#: What a question can meet: every one of these says nothing of the order that is asked for.
FAILURES = (
    *(fate for fate in FATES if fate.name not in ("reset-after", "truncated", "1006")),
    Fate(name="429", words="is answered 429", meets=_answered(429, {"code": -1003, "msg": "Too many requests."})),
    Fate(
        name="1021",
        words="is answered 400 (-1021)",
        meets=_answered(400, {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}),
    ),
)
