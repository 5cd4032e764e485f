"""The rows of a snapshot: an order, a position and a balance as trader and venue show them, figures as strings."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One row of the trader's or the venue's books; fields that only one version has are kept under `more`."""

    more: Mapping[str, Any] = {}

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Self:
        """Read a row; raises `msgspec.ValidationError`, which names the field that is wrong."""
        known = {name: value for name, value in line.items() if name in cls.__struct_fields__}
        more = {name: value for name, value in line.items() if name not in known}
        return msgspec.convert({**known, "more": more} if more else known, cls)


class OrderRow(Row, frozen=True, kw_only=True):
    """An order. Of the venue's only open ones are shown; None is what a side does not tell."""

    client_order_id: str
    venue_order_id: str | None = None
    status: str | None = None
    symbol: str | None = None
    side: str | None = None
    type: str | None = None
    quantity: str | None = None
    filled_qty: str | None = None
    price: str | None = None
    trigger_price: str | None = None
    time_in_force: str | None = None
    expire_time_ms: int | None = None
    trigger_type: str | None = None
    activation_price: str | None = None
    callback_rate: str | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    close_position: bool | None = None
    position_side: str | None = None
    open: bool | None = None
    inflight: bool | None = None
    trade_ids: Sequence[str] = ()


class PositionRow(Row, frozen=True, kw_only=True):
    """An open position; a short's `signed_qty` is negative. `position_side` is the venue's: BOTH, LONG or SHORT."""

    symbol: str
    signed_qty: str
    position_id: str | None = None
    side: str | None = None
    position_side: str | None = None
    avg_px_open: str | None = None


class BalanceRow(Row, frozen=True, kw_only=True):
    """A currency's balance; `available` is what the venue would let a trader use."""

    currency: str
    total: str
    free: str | None = None
    locked: str | None = None
    available: str | None = None
