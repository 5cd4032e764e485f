"""What a case has required of the trader's requests, kept so that it can be asked again when the case ends.

"Sent once" and "never sent" hold until something is sent again, so a count in the middle of a case proves little.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.binance.usdm import CHANGE_LEVERAGE, USDM
from conformance.history.entries import Command, Control, Entry, FaultApplied, Request

#: What a barrier asks for: an event of no consequence.
_LEADS_TO_NOTHING = (CHANGE_LEVERAGE.route,)
_PLACING = frozenset({*(each.route for each in USDM.doing("place", batch=False)), "place", "place order", "place stop"})


@dataclass(frozen=True, slots=True)
class RequestCount:
    """`count` requests on `route` with `params`, as required when the history had `since` entries.

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

    def is_ended_by(self, entry: Entry) -> bool:
        """Whether this entry is an act of the case that may rightly lead to another such request.

        One that names an order is ended by a later command about this order or all orders; where it is about placing
        the order, only by another submission of it. One that names none is ended by whatever the case does next: any
        command, a move of the market, a changing request of the suite, or the end of a connection that it asked for.
        """
        if entry.seq < self.since:
            return False
        if self.order is None:
            asked = isinstance(entry, Request) and entry.by == "suite" and entry.method != "GET"
            asked = asked and not (isinstance(entry, Request) and entry.route in _LEADS_TO_NOTHING)
            cut = isinstance(entry, FaultApplied) and entry.event == "close"
            return isinstance(entry, Command | Control) or asked or cut
        if not isinstance(entry, Command):
            return False
        if self.route in _PLACING or entry.op == "submit":
            return entry.op == "submit" and self.order in entry.orders
        return entry.op == "cancel_all" or self.order in entry.orders
