"""How an order stands at the venue, in the trader's words, so that both can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

#: The venue's states of orders and algo orders as the trader calls them. What the venue never had, it has rejected.
_STATUS = {"": "REJECTED", "NEW": "ACCEPTED", "EXPIRED_IN_MATCH": "EXPIRED"}
_FIGURES = ("price", "quantity", "filled_qty")


@dataclass(frozen=True, slots=True)
class Standing:
    """One order at the venue; an empty `state` means that the venue has none. Figures are decimal strings."""

    client_order_id: str
    state: str = ""
    price: str = "0"
    quantity: str = "0"
    filled_qty: str = "0"
    changed_ms: int = field(default=0, repr=False, compare=False)
    """When it last changed, by the venue's clock: the time of its latest fill, or of its end."""

    @classmethod
    def of_order(cls, row: Mapping[str, Any]) -> Self:
        """Read a row of the order endpoints."""
        figures = row["price"], row["origQty"], row["executedQty"]
        return cls(row["clientOrderId"], row["status"], *figures, changed_ms=_changed_ms(row))

    @classmethod
    def of_algo(cls, row: Mapping[str, Any]) -> Self:
        """Read a row of the Algo service."""
        figures = row["price"], row["quantity"], "0"
        return cls(row["clientAlgoId"], row["algoStatus"], *figures, changed_ms=_changed_ms(row))

    def __str__(self) -> str:
        """Return it in the words and the order of a row of the trader's books, above which it is shown."""
        if not self.state:
            return "no such order"
        return f"status {self.status} quantity {self.quantity} filled_qty {self.filled_qty} price {self.price}"

    @property
    def status(self) -> str:
        """The state in the trader's words."""
        return _STATUS.get(self.state, self.state)

    def is_shown_by(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the trader's books shows the order as it stands."""
        return row.get("status") == self.status and not self._other_figures(row)

    def difference_from(self, row: Mapping[str, Any]) -> str:
        """Say what is different in a row of the trader's books, without figures."""
        shown = row.get("status", "unknown")
        if shown != self.status:
            return f"{shown}, at the venue {self.status if self.state else 'there is none'}"
        return f"{shown} with another {' and '.join(self._other_figures(row))} than the venue's"

    def _other_figures(self, row: Mapping[str, Any]) -> list[str]:
        if not self.state:
            return []
        return [name for name in _FIGURES if Decimal(getattr(self, name)) != Decimal(row.get(name) or "0")]


def _changed_ms(row: Mapping[str, Any]) -> int:
    return int(row.get("updateTime") or 0)
