"""The account that a program plays in: one position a symbol, or two in hedge mode, which others may close."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from conformance.explore.impossible import Impossible
from conformance.kit.venue import Venue
from conformance.subject.orders import OrderRequest, Side, market

#: In hedge mode: which of a symbol's two positions an order of this side opens or adds to.
_LEGS: dict[Side, str] = {"BUY": "LONG", "SELL": "SHORT"}


class TradedAccount:
    """Names the position that an order is for, where there are two; in one-way mode it names none."""

    def __init__(self, venue: Venue, *, hedged: bool = False) -> None:
        self._venue = venue
        self._hedged = hedged

    @property
    def config(self) -> dict[str, Any]:
        """What a trader of the account is configured with."""
        return {"hedge": True} if self._hedged else {}

    def named(self, request: OrderRequest, *, opened_by: Side | None = None) -> OrderRequest:
        """Return an order with the position that it is for.

        That is the one that its side opens, or, for an order that reduces or closes, the other; `opened_by` is the side
        that opens it where the order does not tell.
        """
        if not self._hedged:
            return request
        closes = request.reduce_only or request.close_position
        opens = opened_by or (_other(request.side) if closes else request.side)
        return request.but(position_id=f"BTCUSDT-PERP.BINANCE-{_LEGS[opens]}")

    def leg(self, side: Side) -> dict[str, str]:
        """Return the venue's parameters for another client's order, of the position that this side opens."""
        return {"positionSide": _LEGS[side], "reduceOnly": ""} if self._hedged else {}

    async def held(self) -> dict[str, str]:
        """Return which position there is, the larger of two, as acts of the venue name it; or raise `Impossible`."""
        row = await self._position()
        return {"position_side": row["position_side"]} if self._hedged else {}

    async def loses(self, quantity: str | None, name: str) -> None:
        """Close (`quantity` of) the position as another client would; raises `Impossible` where there is no such."""
        held = Decimal((await self._position())["signed_qty"])
        if quantity is not None and Decimal(quantity) >= abs(held):
            raise Impossible(f"the position is no more than {held}")
        opened: Side = "BUY" if held > 0 else "SELL"
        closing = market(_other(opened), quantity or f"{abs(held):f}", reduce_only=True)
        await self._venue.places(closing.named(name), **self.leg(opened))

    async def _position(self) -> Mapping[str, Any]:
        rows: Sequence[Mapping[str, Any]] = (await self._venue.books())["positions"]
        if not rows:
            raise Impossible("there is no position")
        return max(rows, key=lambda row: abs(Decimal(row["signed_qty"])))


def _other(side: Side) -> Side:
    return "SELL" if side == "BUY" else "BUY"
