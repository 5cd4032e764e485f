"""The account's trades as the venue lists them, each with the order that made it: what a trader's figures rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from conformance.binance.client_order_id import own_id

type _Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade of the account: figures as `Decimal`, `time_ms` by the venue's clock, `order` the client order id."""

    trade: str
    order: str
    symbol: str
    side: str
    position_side: str
    price: Decimal
    quantity: Decimal
    commission: Decimal
    asset: str
    maker: bool
    time_ms: int

    @classmethod
    def of(cls, row: _Row, order: str) -> Self:
        """Read a row of userTrades."""
        return cls(
            trade=str(row["id"]),
            order=order,
            symbol=row["symbol"],
            side=row["side"],
            position_side=row["positionSide"],
            price=Decimal(row["price"]),
            quantity=Decimal(row["qty"]),
            commission=Decimal(row["commission"]),
            asset=row["commissionAsset"],
            maker=row["maker"],
            time_ms=int(row["time"]),
        )

    @property
    def signed(self) -> Decimal:
        """The quantity, negative for a sale."""
        return -self.quantity if self.side == "SELL" else self.quantity


def fills(trades: Iterable[_Row], orders: Iterable[_Row]) -> Sequence[Fill]:
    """Return the fills of rows of userTrades, oldest first, given the rows of allOrders that name their orders."""
    names = {row["orderId"]: own_id(row["clientOrderId"]) for row in orders}
    return [Fill.of(row, names.get(row["orderId"], "")) for row in sorted(trades, key=lambda row: int(row["id"]))]
