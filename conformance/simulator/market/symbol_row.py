"""Reading one row of exchangeInfo: the rules of a symbol, or an error that names file, symbol and field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.words import SYMBOL_STATUSES
from conformance.simulator.numbers import parse_decimal


class ExchangeInfoError(ValueError):
    """An exchangeInfo, brackets or prices file that cannot be used; the message names file, symbol and field."""


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

    status = next((word for word in SYMBOL_STATUSES if word == raw.get("status", "TRADING")), None)
    if status is None:
        known = ", ".join(SYMBOL_STATUSES)
        raise ExchangeInfoError(f"{where}: {name}: expected one of {known} in 'status', found {raw.get('status')!r}")
    price, lot = filters.get("PRICE_FILTER", {}), filters.get("LOT_SIZE", {})
    market = filters.get("MARKET_LOT_SIZE", lot)
    percent, notional = filters.get("PERCENT_PRICE", {}), filters.get("MIN_NOTIONAL", {})
    return Symbol(
        name=name,
        pair=str(raw.get("pair", name)),
        status=status,
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
