"""Causes: which request or control a frame followed, so that a replay can release it after the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.binance.route import logical_id

# Keeping a session alive changes nothing that the venue would push an event about.
_PLUMBING = ("/listenKey", "userDataStream.", "session.")
_READS = ("order.status", "account.", "v2/account.", "depth", "ticker.")
_CLIENT_IDS = ("newClientOrderId", "origClientOrderId", "clientAlgoId", "origClientOrderIdList")
_VENUE_IDS = ("orderId", "algoId", "orderIdList")
_EVENT_IDS = ("c", "caid", "i", "aid", "ai")
# The venue itself decides on these, so that another order's request may be the cause.
_UNCOMMANDED = frozenset({"EXPIRED_IN_MATCH"})


def is_plumbing(path: str) -> bool:
    """Say whether a request (HTTP path or WS API method) only keeps the session alive."""
    return any(mark in path for mark in _PLUMBING)


def is_write(method: str, path: str) -> bool:
    """Say whether a request may change orders, positions or settings at the venue."""
    if is_plumbing(path):
        return False
    return not path.startswith(_READS) if method == "WS" else method != "GET"


def event_ids(event: Any) -> frozenset[str]:
    """Return the client and venue order ids an event of the user stream names, client ids in their logical form."""
    body = event.get("o", event) if isinstance(event, Mapping) else {}
    if not isinstance(body, Mapping):
        return frozenset()
    return frozenset(logical_id(str(body[key])) for key in _EVENT_IDS if body.get(key))


@dataclass
class Causes:
    """The writes and controls of one session in order, and which of them an event followed.

    An event that names an order followed the latest of: the trader's latest write that names it or names no order at
    all (cancel all), the latest act of the suite, be it a control or a request of its own. Every other event followed
    the latest write or control, whatever it was.
    """

    latest: int = 0
    _latest_of_suite: int = 0
    _sweeping: int = 0
    _named: dict[str, int] = field(default_factory=dict)

    def request(self, number: int, by: str, method: str, path: str, params: Mapping[str, str]) -> None:
        """Note a request as it passes."""
        if not is_write(method, path):
            return
        self.latest = number
        if by == "suite":
            self._latest_of_suite = number
        ids = _request_ids(params)
        if not ids:
            self._sweeping = number
        for value in ids:
            self._named[value] = number

    def control(self, number: int) -> None:
        """Note an act on the venue that was no request."""
        self.latest = self._latest_of_suite = number

    def of(self, event: Any) -> int:
        """Return the number of the request or control that `event` followed, 0 where there was none yet."""
        ids = event_ids(event)
        body = event.get("o") if isinstance(event, Mapping) else None
        uncommanded = isinstance(body, Mapping) and body.get("X") in _UNCOMMANDED
        known = [self._named[value] for value in ids if value in self._named]
        if not known or uncommanded:
            return self.latest
        return max(*known, self._sweeping, self._latest_of_suite)


def _request_ids(params: Mapping[str, str]) -> set[str]:
    ids: set[str] = set()
    for key in (*_CLIENT_IDS, *_VENUE_IDS):
        value = params.get(key, "")
        if key.endswith("List"):
            ids.update(logical_id(part.strip(' "')) for part in value.strip("[]").split(",") if part)
        elif value:
            ids.add(logical_id(value))
    return ids
