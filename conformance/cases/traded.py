"""What several orders have traded, bought and sold by turns: the order of the trades decides the entry price."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from conformance.kit import Side

#: No two trades within a millisecond, in which none is before the other.
A_MINUTE_MS = 60_000
RULE = "Position Information V3, entryPrice; Account Trade List: id and time say which trade came first"


@dataclass(frozen=True)
class Deal:
    """An order, and its one trade, at a price that lies `percent` from where the market begins."""

    side: Side
    quantity: str
    percent: int
    part: str | None = None
    """What is traded of it, where it stays open."""

    def turned(self) -> "Deal":
        """Return the same on the other side."""
        return replace(self, side=_OTHER[self.side], percent=-self.percent)


_OTHER: Mapping[Side, Side] = {"BUY": "SELL", "SELL": "BUY"}
#: Bought and sold by turns at prices that lie far apart: made in nearly any other order, they come to another price.
DEALS: tuple[Deal, ...] = (
    Deal("BUY", "0.010", -1),
    Deal("BUY", "0.010", -5),
    Deal("SELL", "0.012", 3),
    Deal("BUY", "0.010", -2),
    Deal("SELL", "0.009", 6),
    Deal("BUY", "0.004", -7),
    Deal("SELL", "0.005", 2),
)


def priced(deal: Deal, began: Decimal) -> Decimal:
    """Return the price of a deal, given where the market began."""
    return (began * (100 + deal.percent) / 100).quantize(Decimal("0.1"))
