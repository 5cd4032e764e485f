"""The origin of a frame: which request or control it followed, so that a replay can release it after the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.binance.client_order_id import PARAMETERS, case_id
from conformance.binance.events import OrderUpdate, read_event
from conformance.binance.usdm import writes

_CLIENT_IDS = (*PARAMETERS, "origClientOrderIdList")
_VENUE_IDS = ("orderId", "algoId", "orderIdList")
# The venue itself decides on these, so that another order's request may be the cause.
_UNCOMMANDED = frozenset({"EXPIRED_IN_MATCH"})


def event_ids(event: Any) -> frozenset[str]:
    """Return the client and venue order ids an event of the user stream names, client ids in their logical form."""
    told = read_event(event)
    return frozenset(case_id(each) for each in told.ids) if told is not None else frozenset()


@dataclass
class FrameOrigins:
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
        if not writes(method, path):
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
        told = read_event(event)
        uncommanded = isinstance(told, OrderUpdate) and told.status in _UNCOMMANDED
        known = [self._named[value] for value in ids if value in self._named]
        if not known or uncommanded:
            return self.latest
        return max(*known, self._sweeping, self._latest_of_suite)


def _request_ids(params: Mapping[str, str]) -> set[str]:
    ids: set[str] = set()
    for key in (*_CLIENT_IDS, *_VENUE_IDS):
        value = params.get(key, "")
        if key.endswith("List"):
            ids.update(case_id(part.strip(' "')) for part in value.strip("[]").split(",") if part)
        elif value:
            ids.add(case_id(value))
    return ids
