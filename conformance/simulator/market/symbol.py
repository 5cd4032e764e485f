"""A symbol and its rules, as exchangeInfo states them (section 15 of the reference)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.simulator.numbers import ZERO, parse_decimal

CONDITIONAL_TYPES = ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")
ORDER_TYPES = ("LIMIT", "MARKET", *CONDITIONAL_TYPES)


class ExchangeInfoError(ValueError):
    """An exchangeInfo, brackets or prices file that cannot be used; the message names file, symbol and field."""


@dataclass(slots=True, eq=False)
class Symbol:
    """One contract. Prices in quote currency, quantities in base; precisions are for display, steps are the rule."""

    name: str
    pair: str
    status: str
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


def read_symbol(raw: Mapping[str, Any], where: str) -> Symbol:
    """Return the symbol that a row of exchangeInfo describes; raises `ExchangeInfoError`."""
    name = raw.get("symbol")
    if not isinstance(name, str) or not name:
        raise ExchangeInfoError(f"{where}: a row of 'symbols' has no 'symbol'")
    filters = {row.get("filterType"): row for row in raw.get("filters", [])}

    def number(source: Mapping[str, Any], key: str, default: str | None = None) -> Decimal:
        value = source.get(key, default)
        found = parse_decimal(str(value)) if value is not None else None
        if found is None:
            raise ExchangeInfoError(f"{where}: {name}: expected a decimal in {key!r}, found {value!r}")
        return found

    def integer(key: str, default: int | None = None) -> int:
        value = raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ExchangeInfoError(f"{where}: {name}: expected an integer in {key!r}, found {value!r}")
        return value

    price, lot = filters.get("PRICE_FILTER", {}), filters.get("LOT_SIZE", {})
    market = filters.get("MARKET_LOT_SIZE", lot)
    percent, notional = filters.get("PERCENT_PRICE", {}), filters.get("MIN_NOTIONAL", {})
    return Symbol(
        name=name,
        pair=str(raw.get("pair", name)),
        status=str(raw.get("status", "TRADING")),
        contract_type=str(raw.get("contractType", "PERPETUAL")),
        base=str(raw.get("baseAsset", "")),
        quote=str(raw.get("quoteAsset", "USDT")),
        margin_asset=str(raw.get("marginAsset", raw.get("quoteAsset", "USDT"))),
        price_precision=integer("pricePrecision"),
        quantity_precision=integer("quantityPrecision"),
        min_price=number(price, "minPrice"),
        max_price=number(price, "maxPrice"),
        tick=number(price, "tickSize"),
        min_quantity=number(lot, "minQty"),
        max_quantity=number(lot, "maxQty"),
        step=number(lot, "stepSize"),
        market_min_quantity=number(market, "minQty"),
        market_max_quantity=number(market, "maxQty"),
        market_step=number(market, "stepSize"),
        max_orders=int(filters.get("MAX_NUM_ORDERS", {}).get("limit", 200)),
        min_notional=number(notional, "notional", "0"),
        multiplier_up=number(percent, "multiplierUp", "0"),
        multiplier_down=number(percent, "multiplierDown", "0"),
        trigger_protect=number(raw, "triggerProtect", "0.05"),
        market_take_bound=number(raw, "marketTakeBound", "0.05"),
        liquidation_fee=number(raw, "liquidationFee", "0.0125"),
        delivery_ms=integer("deliveryDate", 4133404800000),
        raw=dict(raw),
    )


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
