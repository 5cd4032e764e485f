"""Trades: those of the account, and those that everyone sees."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.model.order import Order


@dataclass(frozen=True, slots=True)
class Trade:
    """One fill of an order of the account."""

    id: int
    order: Order
    price: Decimal
    quantity: Decimal
    realised: Decimal
    commission: Decimal
    commission_asset: str
    time_ms: int
    maker: bool


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """A trade on the public tape. `buyer_is_maker`: the buyer's order was resting."""

    id: int
    price: Decimal
    quantity: Decimal
    time_ms: int
    buyer_is_maker: bool
