"""A symbol and its rules, as exchangeInfo states them (section 15 of the reference)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.simulator.model.words import SymbolStatus
from conformance.simulator.numbers import ZERO


@dataclass(slots=True, eq=False)
class Symbol:
    """One contract. Prices in quote currency, quantities in base; precisions are for display, steps are the rule."""

    name: str
    pair: str
    status: SymbolStatus
    contract_type: str
    base: str
    quote: str
    margin_asset: str
    price_precision: int
    quantity_precision: int
    min_price: Decimal
    max_price: Decimal
    tick: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    step: Decimal
    market_min_quantity: Decimal
    market_max_quantity: Decimal
    market_step: Decimal
    max_orders: int
    min_notional: Decimal
    multiplier_up: Decimal
    multiplier_down: Decimal
    trigger_protect: Decimal
    market_take_bound: Decimal
    liquidation_fee: Decimal
    delivery_ms: int
    raw: dict[str, Any]

    @property
    def is_delivery(self) -> bool:
        """Whether the contract has an end: it settles on its delivery date and pays no funding."""
        return "QUARTER" in self.contract_type or "DELIVERY" in self.contract_type

    def described(self) -> dict[str, Any]:
        """Return the symbol's row of exchangeInfo, with its present status."""
        return {**self.raw, "status": self.status}


@dataclass(frozen=True, slots=True)
class Bracket:
    """A leverage bracket: up to `cap` of notional (quote), at most `leverage`, at this maintenance ratio."""

    number: int
    leverage: int
    floor: Decimal
    cap: Decimal
    ratio: Decimal
    cum: Decimal


# What applies to a symbol that the brackets file does not name.
DEFAULT_BRACKETS = (
    Bracket(1, 125, ZERO, Decimal(50_000), Decimal("0.004"), ZERO),
    Bracket(2, 50, Decimal(50_000), Decimal(1_000_000), Decimal("0.01"), Decimal(300)),
    Bracket(3, 20, Decimal(1_000_000), Decimal(20_000_000), Decimal("0.025"), Decimal(15_300)),
    Bracket(4, 5, Decimal(20_000_000), Decimal(100_000_000), Decimal("0.1"), Decimal(1_515_300)),
    Bracket(5, 1, Decimal(100_000_000), Decimal(500_000_000), Decimal("0.5"), Decimal(41_515_300)),
)
