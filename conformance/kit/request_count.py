"""What a case has required of the trader's requests, kept so that it can be asked again when the case ends.

"Sent once" and "never sent" are true for as long as nobody sends again: a look in the middle of a case says little.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.binance.usdm import USDM
from conformance.history.record import Record

_PLACING = frozenset(endpoint.route for endpoint in USDM.doing("place", batch=False))


@dataclass(frozen=True, slots=True)
class RequestCount:
    """`count` requests on `route` with `params`, as required when the history had `since` records.

    `order` is the trader's own client order id that `params` name, or None.
    """

    count: int
    route: str
    params: Mapping[str, str]
    order: str | None
    since: int

    @property
    def binds(self) -> bool:
        """Whether it can be broken later: a question may be asked again at any time."""
        return not self.route.startswith("GET ") and not self.route.endswith(".status")

    def is_ended_by(self, record: Record) -> bool:
        """Whether this record is an act of the case that may rightly lead to another such request.

        One that names an order is ended by a later command about this order or all orders; where it is about placing
        the order, only by another submission of it. One that names none is ended by whatever the case does next: any
        command, a move of the market, a changing request of the suite, or the end of a connection that it asked for.
        """
        if record.seq < self.since:
            return False
        if self.order is None:
            asked = record.kind == "request" and record["by"] == "suite" and record["method"] != "GET"
            cut = record.kind == "fault" and record.get("event") == "close"
            return record.kind in ("command", "control") or asked or cut
        if record.kind != "command":
            return False
        if self.route in _PLACING or record["op"] == "submit":
            return bool(record["op"] == "submit" and record["order"]["client_order_id"] == self.order)
        named = [record.get("client_order_id"), *record.get("client_order_ids", ())]
        return record["op"] == "cancel_all" or self.order in named
